"""`bad-config`: a ConfigMap value that the program cannot read."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class BadConfigFault(Fault):
    """A unit where a bare number belongs."""

    name = "bad-config"
    summary = "a value of ConfigMap payment-config becomes unreadable, then payment-service is restarted"
    expects = "a changed ConfigMap value makes the container exit"

    async def break_(self, hands: Hands) -> None:
        """Change the value and restart."""
        await hands.edit("ConfigMap", "payment-config", {"/data/timeout-seconds": "5 seconds"})
        await hands.restart("payment-service")
