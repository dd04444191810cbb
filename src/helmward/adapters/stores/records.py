"""Incidents and changes as rows: their cluster, an id, a time to find them by, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Column, LargeBinary, String, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from helmward.adapters.stores.state import State, metadata

_clusters = Table(
    "clusters",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("seen", String, nullable=False),
)
_incidents = Table(
    "incidents",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("changed", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
_changes = Table(
    "changes",
    metadata,
    Column("cluster", String, primary_key=True),
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
    """Reads and writes the rows of one cluster, named by the URL of its API server. Each call is one transaction.

    One state may have seen several clusters: the lab today, staging tomorrow. None shows in another.
    """

    def __init__(self, state: State, cluster: str) -> None:
        self._state = state
        self._cluster = cluster

    def visit(self, now: str) -> str | None:
        """Note that this cluster is watched now (an RFC 3339 time); when it last was, None if never."""
        fresh = insert(_clusters).values(cluster=self._cluster, seen=now)
        with self._state.begin() as connection:
            seen = select(_clusters.c.seen).where(_clusters.c.cluster == self._cluster)
            last: str | None = connection.execute(seen).scalar()
            connection.execute(fresh.on_conflict_do_update(index_elements=["cluster"], set_={"seen": now}))
        return last

    def save(self, incidents: Iterable[IncidentRow], changes: Iterable[ChangeRow]) -> None:
        """Write incidents (replacing what they were) and changes (those already there stay)."""
        incident_rows = [row._asdict() | {"cluster": self._cluster} for row in incidents]
        change_rows = [row._asdict() | {"cluster": self._cluster} for row in changes]
        if not incident_rows and not change_rows:
            return
        with self._state.begin() as connection:
            if incident_rows:
                statement = insert(_incidents)
                fresh = {name: statement.excluded[name] for name in ("state", "changed", "data")}
                upsert = statement.on_conflict_do_update(index_elements=["cluster", "id"], set_=fresh)
                connection.execute(upsert, incident_rows)
            if change_rows:
                connection.execute(insert(_changes).on_conflict_do_nothing(), change_rows)

    def incidents(self) -> list[bytes]:
        """The JSON of every incident kept, oldest change first."""
        query = select(_incidents.c.data).where(_incidents.c.cluster == self._cluster).order_by(_incidents.c.changed)
        with self._state.read() as connection:
            return list(connection.execute(query).scalars())

    def changes(self, since: str) -> list[bytes]:
        """The JSON of the changes at or after an RFC 3339 time, oldest first."""
        mine = (_changes.c.cluster == self._cluster) & (_changes.c.time >= since)
        with self._state.read() as connection:
            return list(connection.execute(select(_changes.c.data).where(mine).order_by(_changes.c.time)).scalars())

    def forget(self, incidents_before: str, changes_before: str) -> None:
        """Drop what is older than an RFC 3339 time: ended incidents, those of clusters no longer watched, and changes."""
        over = (_incidents.c.state == "resolved") | (_incidents.c.cluster != self._cluster)
        with self._state.begin() as connection:
            connection.execute(delete(_incidents).where(over & (_incidents.c.changed < incidents_before)))
            connection.execute(delete(_changes).where(_changes.c.time < changes_before))
