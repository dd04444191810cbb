"""What stands until somebody sees to it, in sentences that are read on the pager: what is stopped, and how it is lifted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from helmward.core.text import one_line, stopped
from helmward.door.ledger import EVERYTHING, Kill, Ledger
from helmward.door.store import Stored

_LONGEST = 300  # characters of a reason

_WORKS = {
    "": "Nothing is done, approved, healed or undone; watching, explaining and reading go on.",
    "actor": "It calls no tool any more, to read or to change; all others go on.",
    "tool": "It changes nothing, whoever asks; all other tools go on.",
    "system": "No tool changes anything there; reading goes on.",
}
"""What a kill means, by what it is of ("": of everything)."""


def notices(ledger: Ledger, filed: bool, temporary: Iterable[Stored]) -> Iterator[str]:
    """What stands until somebody sees to it: the kill switch, broken glass, temporary changes of what a controller owns."""
    if filed:
        yield f"All changes are stopped by the file KILL in the data folder. {_WORKS['']} Remove the file to lift it."
    for kill in sorted(ledger.kills.values(), key=lambda one: one.scope != EVERYTHING):
        yield _stopped(kill)
    for plan, approver in ledger.unreviewed.items():
        yield f"{approver} broke the glass for {plan}; somebody else looks at it and says `helmward review {plan}`."
    for one in temporary:
        seconds = one.plan.override_seconds or 0.0
        yield f"{one.plan.id} overrides a controller for {seconds / 60:g} minutes, then it is taken back: {one.plan.title}."


def _stopped(kill: Kill) -> str:
    """What is stopped, by whom, since when and why; what that means; and how it is lifted."""
    kind, _, name = ("", "", "") if kill.scope == EVERYTHING else kill.scope.partition(":")
    what, words = (f"{kind.capitalize()} {name} is", f"--{kind} {name}") if kind else ("All changes are", "all")
    since, why = f"{kill.time.astimezone(UTC):%Y-%m-%d %H:%M} UTC", stopped(one_line(kill.reason, _LONGEST))
    lift = f"`helmward revive {words} --reason …` by an administrator lifts it."
    return f"{what} stopped by {kill.by} since {since}: {why} {_WORKS[kind]} {lift}"
