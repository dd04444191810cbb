"""Model traffic in steps of time, as rows (what they mean: core/traffic.py). The caller has the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Select, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import Insert, insert

from helmward.adapters.stores.state import metadata
from helmward.core.traffic import SLOTS, CallCounts, Counted, Found, Timed, Traffic

_FINDS = "finds"
_HOUR = 3600

Between = tuple[int, int | None]
"""Seconds since 1970: from when on, and before when."""


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
            connection.execute(_on_conflict(table, insert(table)), values)


def read(connection: Connection, since: int, step: int, model: str | None, before: int | None) -> Traffic:
    """What began at or after `since` and before `before` (None: all since), in steps of `step` seconds (those of
    finds: all in one that begins at `since`)."""
    calls, times = (_summed(connection, table, (since, before), step, model) for table in (_calls, _times))
    query = select(_finds.c.model, _finds.c.rule, _finds.c.action, func.sum(_finds.c.finds))
    query = _within(query, _finds, (since, before), model).group_by(_finds.c.model, _finds.c.rule, _finds.c.action)
    found: Sequence[Any] = connection.execute(query).all()
    return Traffic(
        {Counted(start, name, verdict): counts for start, name, verdict, *counts in calls},
        {Timed(start, name, measure): slots for start, name, measure, *slots in times},
        {Found(since, name, rule, action): finds for name, rule, action, finds in found},
    )


def tidy(connection: Connection, before: float, hours_before: float) -> None:
    """Drop what began before; sum up by the hour what began before `hours_before`."""
    for table in _TABLES:
        connection.execute(delete(table).where(table.c.start < before))
        old = (table.c.start < hours_before) & (table.c.start % _HOUR != 0)
        groups, figures = _sums(table, _HOUR)
        gathered = select(*groups, *figures).where(old).group_by(*groups)
        names = [column.name for column in table.columns]
        connection.execute(_on_conflict(table, insert(table).from_select(names, gathered)))
        connection.execute(delete(table).where(old))


# ---- inside ----


def _on_conflict(table: Table, more: Insert) -> Insert:
    """Where there is such a row, the figures are added to its own."""
    figures = [column.name for column in table.columns if not column.primary_key]
    added = {name: table.c[name] + more.excluded[name] for name in figures}
    return more.on_conflict_do_update(index_elements=[column.name for column in table.primary_key], set_=added)


def _summed(connection: Connection, table: Table, between: Between, step: int, model: str | None) -> Sequence[Any]:
    groups, figures = _sums(table, step)
    query = _within(select(*groups, *figures), table, between, model).group_by(*groups)
    return connection.execute(query).all()


def _sums(table: Table, step: int) -> tuple[list[ColumnElement[Any]], list[ColumnElement[Any]]]:
    """What to group by, in steps of so many seconds, and the sums of each group."""
    groups = [table.c.start - table.c.start % step, *list(table.primary_key)[1:]]
    return groups, [func.sum(column) for column in table.columns if not column.primary_key]


def _within(query: Select[Any], table: Table, between: Between, model: str | None) -> Select[Any]:
    since, before = between
    query = query.where(table.c.start >= since)
    query = query if before is None else query.where(table.c.start < before)
    return query if model is None else query.where(table.c.model == model)
