"""`oom`: a memory limit below what the program needs."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import SET, Hands


class OomFault(Fault):
    """Somebody saved too much."""

    name = "oom"
    summary = "the memory limit of user-service is below what it needs"
    expects = "the container is killed at its memory limit"

    async def break_(self, hands: Hands) -> None:
        """Lower the limit."""
        field = "/spec/template/spec/containers/[name=user-service]/resources/limits/memory"
        await hands.edit("Deployment", "user-service", {field: "96Mi"}, SET)
