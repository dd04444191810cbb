"""`scale-zero`: a service that others need has no pods."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class ScaleZeroFault(Fault):
    """Scaled down for the night, needed in the morning."""

    name = "scale-zero"
    summary = "payment-service is scaled to zero while frontend needs it"
    expects = "a workload that others depend on has zero replicas"

    async def break_(self, hands: Hands) -> None:
        """Scale down."""
        await hands.edit("Deployment", "payment-service", {"/spec/replicas": 0})
