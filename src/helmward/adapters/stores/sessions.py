"""Sessions of the console as rows: whose they are and how long they last; never a token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, String, Table, delete, insert, select

from helmward.adapters.stores.state import State, metadata

_TEXTS, _NUMBERS = ("id", "kind", "name", "token", "source", "browser"), ("own", "started", "until")
_sessions = Table(
    "sessions",
    metadata,
    *(Column(name, String, primary_key=name == "id", nullable=False) for name in _TEXTS),
    *(Column(name, BigInteger, nullable=False) for name in _NUMBERS),
)


class SessionRow(NamedTuple):
    """A session of the actor `kind` `name`, who came with the token of this id; `own`: made for it, by a password. `source` is
    the address they came from, `browser` what it calls itself. Times in Unix seconds."""

    id: str
    kind: str
    name: str
    token: str
    source: str
    browser: str
    own: int
    started: int
    until: int


class SessionRows:
    """Each call is one transaction; it blocks, and raises StateError with a sentence."""

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> list[SessionRow]:
        """Every row, the earliest first."""
        with self._state.read() as connection:
            found = connection.execute(select(_sessions).order_by(_sessions.c.started)).mappings()
            return [SessionRow(**row) for row in found]

    def add(self, row: SessionRow) -> None:
        """A new one. A loss of power may take it back."""
        with self._state.begin(durable=False) as connection:
            connection.execute(insert(_sessions).values(row._asdict()))

    def drop(self, ids: Iterable[str]) -> None:
        """Take these out, for good."""
        with self._state.begin() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.id.in_(list(ids))))
