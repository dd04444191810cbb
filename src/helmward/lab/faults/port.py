"""`port`: a Service that sends to a port where nobody listens."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class PortFault(Fault):
    """The wrong number in targetPort."""

    name = "port"
    summary = "the targetPort of Service payment-service is one that no container has"
    expects = "the Service sends to a port that the containers do not open"

    async def break_(self, hands: Hands) -> None:
        """Change the port."""
        await hands.edit("Service", "payment-service", {"/spec/ports/[name=http]/targetPort": 9090})
