"""`unschedulable`: a pod that asks for more processors than any node has."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import SET, Hands


class UnschedulableFault(Fault):
    """Cores where millicores were meant."""

    name = "unschedulable"
    summary = "user-service asks for 64 processors, which no node has"
    expects = "no node has the processors that the pod asks for"

    async def break_(self, hands: Hands) -> None:
        """Ask for too much."""
        field = "/spec/template/spec/containers/[name=user-service]/resources/requests/cpu"
        await hands.edit("Deployment", "user-service", {field: "64"}, SET)
