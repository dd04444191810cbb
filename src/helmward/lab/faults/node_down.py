"""`node-down`: a node drops off the network."""

from __future__ import annotations

from collections import Counter

from helmward.core.errors import HelmwardError
from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.client import path_of
from helmward.lab.faults.base import KUBE, Fault
from helmward.lab.faults.hands import Hands


class NodeDownFault(Fault):
    """The cable of the node that runs most of the shop."""

    name = "node-down"
    summary = "the node that runs most of the shop's pods drops off the network"
    expects = "a node is not ready: its kubelet stopped reporting"
    engines = KUBE

    async def break_(self, hands: Hands) -> None:
        """Pull the cable."""
        pods = await hands.client.list_all(path_of("Pod", NAMESPACE))
        nodes = Counter(pod["spec"]["nodeName"] for pod in pods if pod["spec"].get("nodeName"))
        if not nodes:
            raise HelmwardError("No pod of the shop is on a node yet: wait until the lab is healthy.")
        hands.unplug(min(nodes, key=lambda node: (-nodes[node], node)))
