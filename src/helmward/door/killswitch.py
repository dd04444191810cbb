"""The kill switch: everything, one actor, one tool, one system. It rests on a record and on a file, on nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.audit import Entry
from helmward.door.ledger import EVERYTHING, Ledger

FILE = "KILL"
"""A file of this name in the data folder kills everything, whatever it holds; it works when nothing else does."""

_KINDS = ("actor", "tool", "system")


class Killed(DeniedError):
    """The kill switch is on for this."""


def scope_of(kind: str, name: str) -> str:
    """A scope's text: `all`, or `actor:NAME`. Raises UsageError."""
    if kind == EVERYTHING:
        return EVERYTHING
    if kind not in _KINDS or not name.strip():
        raise UsageError("Kill everything (all), or one actor, one tool or one system by its name.")
    return f"{kind}:{name.strip()}"


class KillSwitch:
    """Read before each mint."""

    def __init__(self, ledger: Ledger, data_dir: Path) -> None:
        self._ledger, self._file = ledger, data_dir / FILE

    async def kill(self, by: Actor, scope: str, reason: str) -> None:
        """On, at once. Raises AuditError where it cannot be recorded: then put the file there."""
        await self._ledger.record(Entry(actor=by, action="kill.set", target=scope, reason=reason))

    async def revive(self, by: Actor, scope: str, reason: str) -> None:
        """Off. Raises UsageError where it is not on, or where the file holds it on."""
        if scope == EVERYTHING and self.filed:
            raise UsageError(f"The file {self._file} holds the kill switch on; remove it first.")
        if scope not in self._ledger.kills:
            raise UsageError(
                f"The kill switch is not on for {one_line(scope, 80)}; `helmward kill --list` shows where it is."
            )
        await self._ledger.record(Entry(actor=by, action="kill.lift", target=scope, reason=reason))

    @property
    def filed(self) -> bool:
        """True if the file is there, or cannot be looked for."""
        try:
            self._file.lstat()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def standing(self) -> Iterator[str]:
        """The scopes that are killed."""
        if self.filed and EVERYTHING not in self._ledger.kills:
            yield EVERYTHING
        yield from sorted(self._ledger.kills)

    def check(self, *, tool: str, system: str, actors: tuple[str, ...]) -> None:
        """Raises Killed where the switch is on for any of these."""
        if self.filed:
            raise Killed(f"The kill switch is on: there is a file {self._file}.")
        for scope in (EVERYTHING, f"tool:{tool}", f"system:{system}", *(f"actor:{name}" for name in actors)):
            kill = self._ledger.kills.get(scope)
            if kill is not None:
                what = "everything" if scope == EVERYTHING else scope.replace(":", " ", 1)
                why = f" ({kill.reason})" if kill.reason else ""
                raise Killed(f"{kill.by} pulled the kill switch for {one_line(what, 80)}{one_line(why, 200)}.")
