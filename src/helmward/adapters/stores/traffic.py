"""Model traffic in steps of time, as rows (what they mean: core/traffic.py). The caller has the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Row, Select, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from helmward.adapters.stores.state import metadata
from helmward.core.traffic import SLOTS, CallCounts, Counted, Found, Timed, Traffic

_FINDS = "finds"


def _table(name: str, key: Sequence[str], figures: Iterable[str]) -> Table:
    return Table(
        name,
        metadata,
        Column(key[0], BigInteger, primary_key=True),
        *(Column(one, String, primary_key=True) for one in key[1:]),
        *(Column(one, BigInteger, nullable=False) for one in figures),
    )


_slots = [f"slot_{slot}" for slot in range(SLOTS)]
_calls = _table("gateway_calls", Counted._fields, CallCounts._fields)
_times = _table("gateway_times", Timed._fields, _slots)
_finds = _table("gateway_finds", Found._fields, [_FINDS])
_TABLES = (_calls, _times, _finds)


def add(connection: Connection, traffic: Traffic) -> None:
    """Add to what is counted."""
    calls = [
        key._asdict() | dict(zip(CallCounts._fields, counts, strict=True)) for key, counts in traffic.calls.items()
    ]
    times = [key._asdict() | dict(zip(_slots, counts, strict=True)) for key, counts in traffic.times.items()]
    finds = [key._asdict() | {_FINDS: count} for key, count in traffic.finds.items()]
    for table, values in zip(_TABLES, (calls, times, finds), strict=True):
        if values:
            connection.execute(_adding(table), values)


def read(connection: Connection, since: int, step: int, model: str | None) -> Traffic:
    """What began at or after `since`, in steps of `step` seconds (those of finds: all in one that begins at `since`)."""
    calls, times = (_summed(connection, table, since, step, model) for table in (_calls, _times))
    query = select(_finds.c.model, _finds.c.rule, _finds.c.action, func.sum(_finds.c.finds))
    query = _within(query, _finds, since, model).group_by(_finds.c.model, _finds.c.rule, _finds.c.action)
    found = connection.execute(query).all()
    return Traffic(
        {Counted(*row[:3]): list(row[3:]) for row in calls},
        {Timed(*row[:3]): list(row[3:]) for row in times},
        {Found(since, *row[:3]): row[3] for row in found},
    )


def drop(connection: Connection, before: float) -> None:
    """Drop what began before."""
    for table in _TABLES:
        connection.execute(delete(table).where(table.c.start < before))


# ---- inside ----


def _adding(table: Table) -> Any:
    more = insert(table)
    figures = [column.name for column in table.columns if not column.primary_key]
    added = {name: table.c[name] + more.excluded[name] for name in figures}
    return more.on_conflict_do_update(index_elements=[column.name for column in table.primary_key], set_=added)


def _summed(connection: Connection, table: Table, since: int, step: int, model: str | None) -> Sequence[Row[Any]]:
    groups = [table.c.start - table.c.start % step, *(column for column in list(table.primary_key)[1:])]
    figures = [func.sum(column) for column in table.columns if not column.primary_key]
    query = _within(select(*groups, *figures), table, since, model).group_by(*groups)
    return connection.execute(query).all()


def _within(query: Select[Any], table: Table, since: int, model: str | None) -> Select[Any]:
    query = query.where(table.c.start >= since)
    return query if model is None else query.where(table.c.model == model)
