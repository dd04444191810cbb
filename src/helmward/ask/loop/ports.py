"""What the loop needs of the running house: hands that look, that propose, and that note what a model tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

from helmward.ask.loop.answers import Proposed
from helmward.core.errors import DeniedError
from helmward.core.model import Offered

Refusal = Literal[
    "not-offered", "malformed", "mistake", "denied", "repeated", "too-many", "guard", "withheld", "budget"
]
"""Why a call was not made, or not answered."""


class Withheld(DeniedError):
    """The guards held back what a tool found: that is no fault of who called it."""


class ReplyBlocked(DeniedError):
    """The guards behind the port blocked what the model said or asked for; it may try again, differently."""


class Found(NamedTuple):
    """What a tool answered: a JSON object, and what of it is plain text ("": nothing)."""

    data: Mapping[str, Any]
    text: str = ""


class Attempt(NamedTuple):
    """A call that a model asked for; `rule` says why it was refused ("": it is about to be made), `why` in a sentence."""

    tool: str
    arguments: Mapping[str, Any] | None
    rule: Refusal | Literal[""] = ""
    why: str = ""


class Hands(Protocol):
    """Everything a model can do, in the name of one actor."""

    def offered(self) -> tuple[Offered, ...]:
        """The tools that read, as this actor may see them."""
        ...

    def changes(self) -> tuple[Offered, ...]:
        """The changes that this actor may ask for."""
        ...

    def going(self) -> None:
        """Raises DeniedError once the kill switch is on, or the actor's credential has ended."""
        ...

    async def note(self, attempt: Attempt) -> None:
        """Durable in the audit log when it returns. Raises AuditError: then nothing is done."""
        ...

    async def look(self, name: str, arguments: Mapping[str, Any]) -> Found:
        """Call a tool that reads. Raises HelmwardError with a sentence: wrong arguments, denied, failed; Withheld."""
        ...

    async def propose(self, name: str, arguments: Mapping[str, Any], incident: str | None) -> Proposed:
        """A plan that waits for people, or is refused; it never runs by itself. Raises HelmwardError."""
        ...
