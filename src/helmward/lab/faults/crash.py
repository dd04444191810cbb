"""`crash`: an argument the program cannot parse."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class CrashFault(Fault):
    """A number written as a word."""

    name = "crash"
    summary = "user-service gets an argument it cannot parse and exits with code 1"
    expects = "the container exits with an error its log explains"

    async def break_(self, hands: Hands) -> None:
        """Set the arguments."""
        field = "/spec/template/spec/containers/[name=user-service]/args"
        await hands.edit("Deployment", "user-service", {field: ["--workers=two"]})
