"""What the door works with. The composition root makes one, and gives the writers' factory to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from helmward.core.mandate import Mandate, Written
from helmward.core.notices import NotificationEvent
from helmward.core.nouns import Actor, Finding, Resource
from helmward.core.plans import Plan
from helmward.core.settings_changes import ChangeSettings
from helmward.door.audit import AuditLog
from helmward.door.judge import Judge
from helmward.door.killswitch import KillSwitch
from helmward.door.ledger import Ledger
from helmward.door.limits import Limits
from helmward.door.points import Reached, nothing
from helmward.door.store import Store
from helmward.door.tool import Reader
from helmward.door.toolbox import Toolbox

P = ParamSpec("P")
R = TypeVar("R")


class OneWrite(Protocol):
    """A writer: good for one write under its mandate."""

    async def write(self) -> Written:
        """Make it, or find that it was made."""
        ...

    def revoke(self) -> None:
        """It writes no more."""
        ...


class Findings(Protocol):
    """What explains, as the door needs it: what is wrong now."""

    def around(self, resource: Resource) -> Mapping[str, Finding]:
        """Findings at high or above on this object, its workload, and on what depends on it, by id."""
        ...

    def standing(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these findings that still stand."""
        ...


def nobody(_plan: Plan, _event: NotificationEvent, _text: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Means:
    """Everything by name. `tell` tells people; `valid` says whether an actor's credential still holds; `made` looks whether a
    write was made; `writer` mints, for a mandate and what is asked right before each sending (it raises: then nothing is
    sent)."""

    audit: AuditLog
    ledger: Ledger
    store: Store
    toolbox: Toolbox
    judge: Judge
    limits: Limits
    kills: KillSwitch
    settings: ChangeSettings
    reader: Reader
    rehearse: Callable[[Mandate], Awaitable[dict[str, Any]]]
    made: Callable[[Mandate], Awaitable[bool]]
    writer: Callable[[Mandate, Callable[[], None]], OneWrite]
    world: Any
    findings: Findings
    valid: Callable[[Actor], bool]
    mask: Callable[[str], str]
    reached: Reached = nothing
    tell: Callable[[Plan, NotificationEvent, str], None] = nobody


async def stored(function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """A database call, off the event loop."""
    return await asyncio.to_thread(function, *arguments, **named)
