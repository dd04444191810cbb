"""`probe`: a readiness probe that asks for a path the program does not have."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class ProbeFault(Fault):
    """The path of another team's service."""

    name = "probe"
    summary = "the readiness probe of frontend asks for a path that does not exist"
    expects = "the readiness probe fails: its path does not exist"

    async def break_(self, hands: Hands) -> None:
        """Change the path."""
        field = "/spec/template/spec/containers/[name=frontend]/readinessProbe/httpGet/path"
        await hands.edit("Deployment", "frontend", {field: "/readyz"})
