"""The parts that identity works with, and the hands of somebody who can write anything in the data folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from helmward.adapters.stores.state import State
from helmward.core.keys import key
from helmward.core.nouns import Actor, Scope
from helmward.door.audit import AuditLog
from helmward.door.audit.replay import replay
from helmward.door.identity import Account, Identity, Minted, NewAccount, NewToken
from helmward.door.identity.points import Reached, nothing
from helmward.door.ledger import ROOMS, Ledger
from helmward.guard.secrets import mask_value

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
EVERYWHERE = Scope()
ADMIN = Actor(name="root", kind="user", roles=("admin",), token="tok-0")


class Room:
    """A data folder and its keys. `now` is what the clock shows."""

    def __init__(self, data: Path, keys: Path, now: datetime = NOW) -> None:
        self.data, self.keys, self.now = data, keys, now
        self.reached: Reached = nothing
        for folder in (data, keys):
            folder.mkdir(exist_ok=True)
        self._open()

    def _open(self) -> None:
        self.audit = AuditLog(self.data / "audit", self.keys, lambda: self.now, mask_value)
        self.ledger = Ledger(self.audit, lambda: self.now, list(replay(self.data / "audit", self.keys, ROOMS)))
        self.state = State(self.data / "state.db")
        self.identity = Identity(self.state, self.ledger, key(self.keys, "identity.key"), self.reached)

    def close(self) -> None:
        self.audit.close()
        self.state.close()

    def again(self) -> None:
        """As after a restart."""
        self.close()
        self._open()

    def token(
        self,
        name: str = "bob",
        *roles: str,
        kind: str = "user",
        lasts: timedelta | None = None,
        scope: Scope = EVERYWHERE,
    ) -> Minted:
        wish = NewToken(name, roles or ("viewer",), kind, scope, self.now + lasts if lasts else None)
        return self.identity.create(ADMIN, wish, self.now)

    def actor(
        self, name: str, *roles: str, kind: str = "user", scope: Scope = EVERYWHERE, password: str | None = None
    ) -> Account:
        return self.identity.accounts.add(ADMIN, NewAccount(name, kind, roles, scope, password), self.now)

    def who(self, minted: Minted) -> Actor:
        return self.identity.check(minted.text, self.now)

    # ---- the attacker's hands ----

    def rows(self, table: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.data / "state.db")) as raw:
            raw.row_factory = sqlite3.Row
            return [dict(row) for row in raw.execute(f"SELECT * FROM {table}")]

    def forge(self, table: str, row: Mapping[str, Any]) -> None:
        """Put a row there, in place of one with the same key."""
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.sql(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", *row.values())

    def sql(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.data / "state.db")) as raw, raw:
            raw.execute(statement, values)
