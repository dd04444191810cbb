"""`missing-key`: a ConfigMap loses a key that a container reads."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class MissingKeyFault(Fault):
    """A clean-up took one key too many; the next start finds out."""

    name = "missing-key"
    summary = "a key that frontend reads is taken out of its ConfigMap, then frontend is restarted"
    expects = "a key that the container needs is not in its ConfigMap"

    async def break_(self, hands: Hands) -> None:
        """Take the key away and restart."""
        await hands.edit("ConfigMap", "frontend-config", {"/data/checkout": None})
        await hands.restart("frontend")
