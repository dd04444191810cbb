"""The stand-in kubelet of the whole lab: its nodes, the pods bound to them, the pod network and the log servers."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from helmward.lab.cast.network import Network
from helmward.lab.cast.registry import Registry
from helmward.lab.client import Client, path_of
from helmward.lab.kubelet import node_objects
from helmward.lab.kubelet.logs import LogServer
from helmward.lab.kubelet.node import Node
from helmward.lab.kubelet.node_client import NodeClient
from helmward.lab.kubelet.pace import Pace

SWITCHES = "nodes-off"


def switch(folder: Path, node: str) -> Path:
    """The file that takes a node of the lab in `folder` off the network while it exists."""
    return folder / SWITCHES / node


class Kubelet:
    """Runs `nodes` nodes on the API server of `kubeconfig`; `token` guards their log servers, None trusts loopback."""

    def __init__(
        self,
        kubeconfig: Path,
        folder: Path,
        registry: Registry,
        *,
        nodes: int = 3,
        pace: Pace | None = None,
        token: str | None = None,
    ) -> None:
        pace = pace or Pace()
        self._client = Client.from_kubeconfig(kubeconfig, "kubelet")
        self._clients = [NodeClient.from_kubeconfig(kubeconfig, "kubelet") for _ in range(nodes)]
        self._network = Network(self._client)
        self._nodes = {}
        for number, client in enumerate(self._clients, 1):
            off = switch(folder, node_objects.name(number))
            node = Node(number, client, self._network, registry, pace, off)
            self._nodes[node.name] = node
        self._servers = [LogServer(node.pod, node.online, token) for node in self._nodes.values()]
        self.guarded = token is not None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Register the nodes and take over their pods. Raises ApiError when the API server refuses."""
        for node, server in zip(self._nodes.values(), self._servers, strict=True):
            await node.register(await server.start())
        runs = [self._network.run(), self._follow_pods(), *(node.run() for node in self._nodes.values())]
        self._tasks = [asyncio.create_task(run) for run in runs]

    async def stop(self) -> None:
        """Kill every process and leave the objects as they are."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for server in self._servers:
            await server.stop()
        for client in (self._client, *self._clients):
            await client.close()

    def node(self, name: str) -> Node:
        """The node of that name; raises KeyError."""
        return self._nodes[name]

    def failure(self) -> BaseException | None:
        """Why a part of the kubelet ended by itself, if one did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                return task.exception()
        return None

    async def _follow_pods(self) -> None:
        async for event, pod in self._client.follow(path_of("Pod")):
            if event == "SYNCED":
                continue
            node = self._nodes.get(pod["spec"].get("nodeName", ""))
            if node is not None:
                node.tell(event, pod)
