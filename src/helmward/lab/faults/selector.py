"""`selector`: a Service that selects no pod."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class SelectorFault(Fault):
    """The label was renamed in the Service alone."""

    name = "selector"
    summary = "the selector of Service user-service matches no pod"
    expects = "the Service selects no pod"

    async def break_(self, hands: Hands) -> None:
        """Change the selector."""
        await hands.edit("Service", "user-service", {"/spec/selector/app": "users"})
