"""Tells people that somebody wrote into the data folder: at the start, and whenever they ask."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from helmward.adapters.stores.state import State
from helmward.core.keys import key
from helmward.door.audit import Entry
from helmward.door.audit.replay import replay
from helmward.door.identity import Identity
from helmward.door.integrity import mismatches, token_mismatches
from helmward.door.ledger import ROOMS, Ledger
from helmward.door.store import Store
from helmward.house.auditing import HELMWARD

IDENTITY_KEY = "identity.key"
_NAMED = 50  # sentences that a record holds
_SETTLED = 0.5  # seconds within which a row follows its record
_log = logging.getLogger(__name__)


def look_into(data_dir: Path, key_dir: Path, now: datetime) -> list[str]:
    """What in a data folder is not as its audit log says, in sentences; a server may run there meanwhile. Blocks.

    Raises AuditError where the log does not hold, HelmwardError where the state cannot be read."""
    found = _looked_into(data_dir, key_dir, now)
    if found:
        time.sleep(_SETTLED)  # a row that is being written is no mismatch
        again = _looked_into(data_dir, key_dir, now)
        found = [sentence for sentence in found if sentence in again]
    return found


def _looked_into(data_dir: Path, key_dir: Path, now: datetime) -> list[str]:
    path = data_dir / "state.db"
    ledger = Ledger(None, lambda: now, replay(data_dir / "audit", key_dir, ROOMS))
    if not path.exists():
        return [f"The state {path} is gone."] if ledger.tokens or ledger.proposed else []
    state = State(path)
    try:
        store, keyed = Store(state, ""), (key_dir / IDENTITY_KEY).exists()
        rows = [*map(str, mismatches(ledger, store))]
        if keyed:
            identity = Identity(state, ledger, key(key_dir, IDENTITY_KEY))
            rows += [*map(str, token_mismatches(ledger, identity.tokens(now))), *identity.tampered(now)]
        return rows
    finally:
        state.close()


class Integrity:
    """`at_start`: what was found before anything ran, in sentences; that of the workflows' file too."""

    def __init__(
        self, ledger: Ledger, store: Store, identity: Identity, data_dir: Path, clock: Callable[[], datetime]
    ) -> None:
        self._ledger, self._store, self._identity, self._data, self._clock = ledger, store, identity, data_dir, clock
        self.at_start: tuple[str, ...] = ()

    async def start(self) -> None:
        """Look, before any run goes on; what is found is logged and audited. Raises AuditError."""
        from helmward.workflow.integrity import FILE, workflow_mismatches

        rows = await asyncio.to_thread(self._look)
        runs = await asyncio.to_thread(workflow_mismatches, self._ledger, self._data / FILE)
        self.at_start = (*rows, *map(str, runs))
        for sentence in self.at_start:
            _log.warning("The data folder is not as the audit log says: %s", sentence)
        if self.at_start:
            details = {"count": len(self.at_start), "found": list(self.at_start[:_NAMED])}
            reason = "the data folder is not as the audit log says"
            await self._ledger.record(
                Entry(actor=HELMWARD, action="integrity.check", outcome="failed", reason=reason, details=details)
            )

    async def look(self) -> list[str]:
        """What is not as the log says: now, and at the start. A row that is being written is no mismatch."""
        found = await asyncio.to_thread(self._look)
        if found:
            await asyncio.sleep(_SETTLED)
            again = await asyncio.to_thread(self._look)
            found = [sentence for sentence in found if sentence in again]
        return list(dict.fromkeys((*self.at_start, *found)))

    def _look(self) -> list[str]:
        now = self._clock()
        found = mismatches(self._ledger, self._store) + token_mismatches(self._ledger, self._identity.tokens(now))
        return [*map(str, found), *self._identity.tampered(now)]
