"""One node of the lab: its Node object, lease and heartbeat, its pods, and the switch that takes it off the network."""

from __future__ import annotations

import asyncio
import itertools
import traceback
from pathlib import Path

import aiohttp

from helmward.lab.cast.network import Network
from helmward.lab.cast.registry import Registry
from helmward.lab.client import ApiError, Json, path_of
from helmward.lab.kubelet import node_objects, words
from helmward.lab.kubelet.container import Surroundings
from helmward.lab.kubelet.events import Recorder
from helmward.lab.kubelet.images import ImageStore
from helmward.lab.kubelet.node_client import NodeClient
from helmward.lab.kubelet.pace import Pace
from helmward.lab.kubelet.pod import PodWorker
from helmward.lab.kubelet.times import now_micro

_RENEW_SECONDS = (
    10.0  # a quarter of nodeLeaseDurationSeconds, which is 40 (pkg/kubelet/apis/config/v1beta1/defaults.go)
)
_REPORT_SECONDS = 300.0  # nodeStatusReportFrequency
_LOOK_SECONDS = 0.2
_RETRY_SECONDS = 0.2


class Node:
    """The kubelet of node `number` (1, 2 …). While `switch` exists as a file, the node is off the network."""

    def __init__(
        self, number: int, client: NodeClient, network: Network, registry: Registry, pace: Pace, switch: Path
    ) -> None:
        self.name = node_objects.name(number)
        self.online = client.online
        self._client = client
        self._network = network
        self._pace = pace
        self._switch = switch
        self._events = Recorder(client, self.name, pace)
        images = ImageStore(client, registry, self._events, pace)
        self._around = Surroundings(images, self._events, network, pace)
        self._addresses = (f"10.244.{number}.{host}" for host in itertools.cycle(range(2, 255)))
        self._workers: dict[str, PodWorker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changes: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()

    async def register(self, port: int) -> None:
        """Create the Node, or take over the one there is; `port` serves its logs."""
        node = node_objects.node(self.name, port)
        try:
            await self._client.create(node)
        except ApiError as error:
            if error.status != 409:
                raise
            await self._client.patch(
                path_of("Node", name=self.name), {"metadata": {"labels": node_objects.labels(self.name)}}
            )
            await self._client.patch(path_of("Node", name=self.name, subresource="status"), {"status": node["status"]})
        self._events.node("Normal", words.NODE_STARTING.reason, words.NODE_STARTING.say())

    def tell(self, event: str, pod: Json) -> None:
        """A change of a pod that is bound to this node."""
        self._changes.put_nowait((event, pod))

    def pod(self, namespace: str, name: str) -> PodWorker | None:
        """The worker of a pod, by name."""
        for worker in self._workers.values():
            metadata = worker.pod["metadata"]
            if (metadata["namespace"], metadata["name"]) == (namespace, name):
                return worker
        return None

    async def run(self) -> None:
        """Until cancelled; then every process is killed and nothing is written any more."""
        try:
            await asyncio.gather(
                self._events.run(), self._renew(), self._report(), self._watch_switch(), self._take_changes()
            )
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _take_changes(self) -> None:
        while True:
            event, pod = await self._changes.get()
            await self.online.wait()
            self._take(event, pod)

    def _take(self, event: str, pod: Json) -> None:
        uid = pod["metadata"]["uid"]
        worker = self._workers.get(uid)
        if event == "DELETED":
            if uid in self._tasks:
                self._tasks[uid].cancel()
        elif worker is not None:
            worker.update(pod)
        else:
            worker = PodWorker(self._client, self._around, pod, node_objects.ADDRESS, self._next_address)
            self._workers[uid] = worker
            self._tasks[uid] = asyncio.create_task(worker.run())
            self._tasks[uid].add_done_callback(lambda task: self._forget(uid, task))

    def _next_address(self) -> str:
        return next(address for address in self._addresses if not self._network.has(address))

    def _forget(self, uid: str, task: asyncio.Task[None]) -> None:
        self._workers.pop(uid, None)
        self._tasks.pop(uid, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A pod whose worker fails is the lab's own bug: say so where `lab up` runs, the other pods go on.
            traceback.print_exception(error)

    async def _renew(self) -> None:
        path = path_of("Lease", "kube-node-lease", self.name)
        while True:
            try:
                if await self._client.find(path) is None:
                    await self._client.create(node_objects.lease(self.name))
                else:
                    await self._client.patch(path, {"spec": {"renewTime": now_micro()}})
            except (ApiError, aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                await self._pace.pass_(_RENEW_SECONDS)

    async def _report(self) -> None:
        while True:
            await self._pace.pass_(_REPORT_SECONDS)
            await self._report_status()

    async def _report_status(self) -> None:
        path = path_of("Node", name=self.name)
        try:
            node = await self._client.get(path)
            conditions, was_ready = node_objects.conditions(node)
            await self._client.patch(f"{path}/status", {"status": {"conditions": conditions}})
        except (ApiError, aiohttp.ClientError, TimeoutError):
            return
        if not was_ready:
            event = words.NODE_STATUS.reason
            self._events.node("Normal", event, words.NODE_STATUS.say(node=self.name, event=event))

    async def _watch_switch(self) -> None:
        while True:
            off = self._switch.exists()
            if off and self.online.is_set():
                self.online.clear()
            elif not off and not self.online.is_set():
                self.online.set()
                await self._report_status()
                for worker in self._workers.values():
                    worker.resend()
            await asyncio.sleep(_LOOK_SECONDS)
