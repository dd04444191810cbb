"""The kill switch: everything, one actor, one tool, one system. It rests on a record and on a file, on nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.audit import AuditError, Entry
from helmward.door.ledger import EVERYTHING, Ledger

FILE = "KILL"
"""A file of this name in the data folder kills everything, whatever it holds; it works when nothing else does."""

DRAIN = 5.0
"""Seconds for which a kill waits for writes that were sent before it."""

_KINDS = ("actor", "tool", "system")
_HOUSE = Actor(name="helmward", kind="service")


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
        self._writing: set[asyncio.Future[None]] = set()
        self._noticed = False

    async def kill(self, by: Actor, scope: str, reason: str) -> None:
        """On, at once; returns when what was sent before has been answered. Raises AuditError where it cannot be recorded."""
        try:
            await self._ledger.record(Entry(actor=by, action="kill.set", target=scope, reason=reason))
        except AuditError as error:
            raise AuditError(f"{error} To stop everything nevertheless, make the file {self._file}.") from None
        if self._writing:
            await asyncio.wait(self._writing, timeout=DRAIN)

    async def notice(self) -> None:
        """A file that appeared voids what waits, as any kill does; where nothing can be recorded, the file alone stops all."""
        if not self.filed:
            self._noticed = False
        elif not self._noticed:
            with suppress(AuditError):
                await self._ledger.record(Entry(actor=_HOUSE, action="kill.file", target=EVERYTHING))
                self._noticed = True

    async def revive(self, by: Actor, scope: str, reason: str) -> None:
        """Off. Raises UsageError where it is not on, or where the file holds it on."""
        if scope == EVERYTHING and self.filed:
            raise UsageError(f"The file {self._file} holds the kill switch on; remove it first.")
        if scope not in self._ledger.kills:
            raise UsageError(
                f"The kill switch is not on for {one_line(scope, 80)}; `helmward kill --list` shows where it is."
            )
        await self._ledger.record(Entry(actor=by, action="kill.lift", target=scope, reason=reason))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A write is made inside; a kill waits for it."""
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writing.add(ended)
        try:
            yield
        finally:
            self._writing.discard(ended)
            ended.set_result(None)

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

    def check_reader(self, actor: str) -> None:
        """Raises Killed where the switch is on for this actor: they do nothing more. The others may read, or nobody could
        see what goes on while everything is stopped."""
        kill = self._ledger.kills.get(f"actor:{actor}")
        if kill is not None:
            why = f" ({one_line(kill.reason, 200)})" if kill.reason else ""
            raise Killed(f"{kill.by} pulled the kill switch for actor {one_line(actor, 80)}{why}.")

    def check(self, *, tool: str, system: str, actors: tuple[str, ...]) -> None:
        """Raises Killed where the switch is on for any of these."""
        if self.filed:
            raise Killed(f"The kill switch is on: there is a file {self._file}.")
        for scope in (EVERYTHING, f"tool:{tool}", f"system:{system}", *(f"actor:{name}" for name in actors)):
            kill = self._ledger.kills.get(scope)
            if kill is not None:
                what = "everything" if scope == EVERYTHING else scope.replace(":", " ", 1)
                why = f" ({one_line(kill.reason, 200)})" if kill.reason else ""
                raise Killed(f"{kill.by} pulled the kill switch for {one_line(what, 80)}{why}.")
