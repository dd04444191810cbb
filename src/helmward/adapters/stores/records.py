"""Incidents and changes as rows: an id, a time to find them by, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Column, LargeBinary, String, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from helmward.adapters.stores.state import State, metadata

_incidents = Table(
    "incidents",
    metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("changed", String, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)
_changes = Table(
    "changes",
    metadata,
    Column("id", String, primary_key=True),
    Column("time", String, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)


class IncidentRow(NamedTuple):
    """An incident's row; `data` is its JSON."""

    id: str
    state: str
    changed: str
    data: bytes


class ChangeRow(NamedTuple):
    """A change's row; `data` is its JSON."""

    id: str
    time: str
    data: bytes


class Records:
    """Reads and writes both tables. Each call is one transaction."""

    def __init__(self, state: State) -> None:
        self._state = state

    def save(self, incidents: Iterable[IncidentRow], changes: Iterable[ChangeRow]) -> None:
        """Write incidents (replacing what they were) and changes (those already there stay)."""
        incident_rows = [row._asdict() for row in incidents]
        change_rows = [row._asdict() for row in changes]
        if not incident_rows and not change_rows:
            return
        with self._state.begin() as connection:
            if incident_rows:
                statement = insert(_incidents)
                fresh = {name: statement.excluded[name] for name in ("state", "changed", "data")}
                connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh), incident_rows)
            if change_rows:
                connection.execute(insert(_changes).on_conflict_do_nothing(), change_rows)

    def incidents(self) -> list[bytes]:
        """The JSON of every incident kept, oldest change first."""
        with self._state.read() as connection:
            return list(connection.execute(select(_incidents.c.data).order_by(_incidents.c.changed)).scalars())

    def changes(self, since: str) -> list[bytes]:
        """The JSON of the changes at or after an RFC 3339 time, oldest first."""
        query = select(_changes.c.data).where(_changes.c.time >= since).order_by(_changes.c.time)
        with self._state.read() as connection:
            return list(connection.execute(query).scalars())

    def forget(self, before: str) -> None:
        """Drop ended incidents and changes older than an RFC 3339 time."""
        with self._state.begin() as connection:
            ended = (_incidents.c.state == "resolved") & (_incidents.c.changed < before)
            connection.execute(delete(_incidents).where(ended))
            connection.execute(delete(_changes).where(_changes.c.time < before))
