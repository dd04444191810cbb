"""`liveness`: a liveness probe that kills a healthy program again and again."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class LivenessFault(Fault):
    """The probe asks for a path the program does not have."""

    name = "liveness"
    summary = "the liveness probe of user-service asks for a path that does not exist, so it is restarted for ever"
    expects = "the liveness probe fails and the container is restarted"

    async def break_(self, hands: Hands) -> None:
        """Change the path."""
        field = "/spec/template/spec/containers/[name=user-service]/livenessProbe/httpGet/path"
        await hands.edit("Deployment", "user-service", {field: "/health/live"})
