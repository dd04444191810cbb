"""What the gateway's budgets lease and settle, and what was used, as rows (the port: core/spending.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Float, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import Insert, insert

from helmward.adapters.stores import traffic as traffic_rows
from helmward.adapters.stores.state import State, metadata
from helmward.core.spending import Sum, Use, UseCounts, WindowRow
from helmward.core.traffic import Traffic

_HOUR = 3600
_AMOUNTS = ("requests", "tokens", "nano_usd")
_LEASED = tuple(f"leased_{name}" for name in _AMOUNTS)
_SETTLED = tuple(f"settled_{name}" for name in _AMOUNTS)

_windows = Table(
    "gateway_windows",
    metadata,
    Column("budget", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("start", Float, nullable=False),
    Column("ends", Float, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in (*_LEASED, *_SETTLED)),
)
_uses = Table(
    "gateway_uses",
    metadata,
    Column("minute", BigInteger, primary_key=True),
    *(Column(name, String, primary_key=True) for name in Use._fields[1:]),
    *(Column(name, BigInteger, nullable=False) for name in UseCounts._fields),
)


class SpendingRows:
    """Reads and writes them. Each call is one transaction; it blocks, and raises StateError with a sentence."""

    def __init__(self, state: State) -> None:
        self._state = state
        put = insert(_windows)
        changed = {name: put.excluded[name] for name in ("start", "ends", *_LEASED, *_SETTLED)}
        self._put = put.on_conflict_do_update(index_elements=["budget", "subject"], set_=changed)
        more = insert(_uses)
        self._more = more.on_conflict_do_update(index_elements=list(Use._fields), set_=_added(more))

    def windows(self) -> list[WindowRow]:
        """The last window of each budget and subject."""
        with self._state.read() as connection:
            return [_window(row) for row in connection.execute(select(_windows)).mappings()]

    def keep(self, rows: Iterable[WindowRow], durable: bool) -> None:
        """Write windows in the place of earlier ones: all or none."""
        values = [
            {"budget": row.budget, "subject": row.subject, "start": row.start, "ends": row.ends}
            | dict(zip(_LEASED, row.leased, strict=True))
            | dict(zip(_SETTLED, row.settled, strict=True))
            for row in rows
        ]
        if values:
            with self._state.begin(durable) as connection:
                connection.execute(self._put, values)

    def add(self, uses: Iterable[tuple[Use, UseCounts]], traffic: Traffic) -> None:
        """Add to what is counted: all or none."""
        values = [use._asdict() | counts._asdict() for use, counts in uses]
        if values or traffic:
            with self._state.begin(durable=False) as connection:
                if values:
                    connection.execute(self._more, values)
                traffic_rows.add(connection, traffic)

    def traffic(self, since: int, step: int, model: str | None, before: int | None = None) -> Traffic:
        """The traffic of the steps that begin at or after `since` and before `before` (None: all since), in steps of
        `step` seconds; of one model, or of all."""
        with self._state.read() as connection:
            return traffic_rows.read(connection, since, step, model, before)

    def sums(self, since: float, by: str) -> list[Sum]:
        """What was used in the minutes that end after `since`, summed by a field of Use and the verdict."""
        groups = (_uses.c[by], _uses.c.verdict)
        query = select(*groups, *_summed()).where(_uses.c.minute + 60 > since).group_by(*groups)
        with self._state.read() as connection:
            rows = connection.execute(query).all()
        return [Sum(row[0], row[1], UseCounts(*row[2:])) for row in rows]

    def tidy(self, windows_before: float, uses_before: float, hours_before: float) -> None:
        """Drop windows that ended before, and uses of minutes before; keep those of minutes before `hours_before` by the hour."""
        hour = _uses.c.minute - _uses.c.minute % _HOUR
        old = (_uses.c.minute < hours_before) & (_uses.c.minute % _HOUR != 0)
        groups = [_uses.c[name] for name in Use._fields[1:]]
        gathered = select(hour, *groups, *_summed()).where(old).group_by(hour, *groups)
        more = insert(_uses).from_select([*Use._fields, *UseCounts._fields], gathered)
        with self._state.begin(durable=False) as connection:
            connection.execute(delete(_windows).where(_windows.c.ends < windows_before))
            connection.execute(delete(_uses).where(_uses.c.minute < uses_before))
            connection.execute(more.on_conflict_do_update(index_elements=list(Use._fields), set_=_added(more)))
            connection.execute(delete(_uses).where(old))

    def tidy_traffic(self, before: float, hours_before: float) -> None:
        """Drop traffic of steps that began before; keep that of steps before `hours_before` by the hour."""
        with self._state.begin(durable=False) as connection:
            traffic_rows.tidy(connection, before, hours_before)


def _summed() -> list[ColumnElement[int]]:
    return [func.sum(_uses.c[name]) for name in UseCounts._fields]


def _added(more: Insert) -> dict[str, ColumnElement[int]]:
    return {name: _uses.c[name] + more.excluded[name] for name in UseCounts._fields}


def _window(row: Any) -> WindowRow:
    leased, settled = (tuple(int(row[name]) for name in names) for names in (_LEASED, _SETTLED))
    return WindowRow(row["budget"], row["subject"], row["start"], row["ends"], leased, settled)  # type: ignore[arg-type]
