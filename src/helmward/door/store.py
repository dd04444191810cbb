"""Plans and actions as rows: to find them again and to show them. A row permits nothing; `seal` shows whether it is ours."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Table, select, update
from sqlalchemy.dialects.sqlite import insert

from helmward.adapters.stores.state import State
from helmward.core.errors import HelmwardError
from helmward.core.plans import ENDED, Action, Plan, PlanState
from helmward.core.times import format_time
from helmward.core.typed import decode
from helmward.door.tables import actions, plans


class Stored(NamedTuple):
    """A plan with how far it is; `text` says why in a sentence."""

    plan: Plan
    state: PlanState
    text: str
    changed: str


def seal(noun: Plan | Action) -> str:
    """SHA-256 (hex) over all of a plan or an action: what its audit record holds, so that an edited row is found."""
    return hashlib.sha256(msgspec.json.encode(noun, order="deterministic")).hexdigest()


def seal_text(text: str) -> str:
    """SHA-256 (hex) of the text of a row."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Store:
    """The plans and actions of one cluster, named by the URL of its API server. Each call is one transaction.

    A new plan is durable: the log holds only its hash. How far it is and what was done is durable in the log before it comes
    here, so its rows cost no fsync: on a busy disk 1 ms, or 40; there are three of them between an approval and its write."""

    def __init__(self, state: State, cluster: str) -> None:
        self._state, self._cluster = state, cluster

    def add(self, plan: Plan, state: PlanState, text: str) -> None:
        """A new plan; again is the same."""
        row = {
            "id": plan.id,
            "cluster": self._cluster,
            "state": state,
            "incident": plan.incident,
            "created": plan.created,
            "changed": plan.created,
            "text": text,
            "data": msgspec.json.encode(plan),
        }
        with self._state.begin() as connection:
            connection.execute(insert(plans).values(row).on_conflict_do_nothing())

    def move(self, plan: str, state: PlanState, text: str, now: datetime) -> None:
        """A plan is in another state. One that has ended stays as it ended."""
        values = {"state": state, "text": text, "changed": format_time(now)}
        open_one = (plans.c.id == plan) & plans.c.state.not_in(sorted(ENDED - {"done"}))
        with self._state.begin(durable=False) as connection:
            connection.execute(update(plans).where(open_one).values(values))

    def plans(self, incident: str | None = None, states: Sequence[str] | None = None, limit: int = 500) -> list[Stored]:
        """Plans, the newest first."""
        query = select(plans).where(plans.c.cluster == self._cluster).order_by(plans.c.created.desc(), plans.c.id)
        if incident is not None:
            query = query.where(plans.c.incident == incident)
        if states is not None:
            query = query.where(plans.c.state.in_(states))
        with self._state.read() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [one for one in map(_readable, rows) if one is not None]

    def find(self, prefix: str, limit: int = 12) -> list[Stored]:
        """The plans whose id begins with `prefix`; one that is exactly it stands alone."""
        query = select(plans).where(plans.c.cluster == self._cluster, plans.c.id.startswith(prefix, autoescape=True))
        with self._state.read() as connection:
            found = [_stored(row) for row in connection.execute(query.limit(limit)).mappings()]
        return [one for one in found if one.plan.id == prefix] or found

    def is_elsewhere(self, plan: str) -> bool:
        """True if a plan, by its whole id, is of another cluster: nothing of it can be looked at or taken back here."""
        query = select(plans.c.id).where(plans.c.id == plan, plans.c.cluster != self._cluster)
        with self._state.read() as connection:
            return connection.execute(query).first() is not None

    def raw(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a table of the door's, of all clusters, as it stands in the file: whoever wrote it."""
        with self._state.read() as connection:
            names = [column.name for column in table.columns]
            rows = connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table.name}")  # noqa: S608 - our names
            return [dict(zip(names, row, strict=True)) for row in rows]

    # ---- actions ----

    def put(self, action: Action, uid: str, now: datetime) -> None:
        """An action as it stands now."""
        row = {
            "id": action.id,
            "plan": action.plan,
            "uid": uid,
            "state": action.state,
            "changed": format_time(now),
            "data": msgspec.json.encode(action),
        }
        statement = insert(actions).values(row)
        with self._state.begin(durable=False) as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))

    def action(self, identity: str) -> Action | None:
        """An action by its whole id."""
        with self._state.read() as connection:
            data = connection.execute(select(actions.c.data).where(actions.c.id == identity)).scalar()
        return None if data is None else _action(data)

    def row(self, identity: str) -> Action | None:
        """The same; None too for a row that cannot be read."""
        try:
            return self.action(identity)
        except HelmwardError:
            return None

    def actions(
        self, plan: str | None = None, states: Sequence[str] | None = None, uid: str | None = None, limit: int = 500
    ) -> list[Action]:
        """Actions, the newest first; none whose plan is another cluster's."""
        others = select(plans.c.id).where(plans.c.cluster != self._cluster)
        query = select(actions.c.data).where(actions.c.plan.not_in(others)).order_by(actions.c.changed.desc())
        for column, wanted in ((actions.c.plan, plan), (actions.c.uid, uid)):
            query = query.where(column == wanted) if wanted is not None else query
        if states is not None:
            query = query.where(actions.c.state.in_(states))
        with self._state.read() as connection:
            return [_action(data) for data in connection.execute(query.limit(limit)).scalars()]


def _readable(row: object) -> Stored | None:
    """None for a row that cannot be read: the integrity names it (integrity.py), and the others still show."""
    try:
        return _stored(row)
    except HelmwardError:
        return None


def _stored(row: object) -> Stored:
    data, state, text, changed = (row[name] for name in ("data", "state", "text", "changed"))  # type: ignore[index]
    try:
        return Stored(decode(data, Plan), state, text, changed)
    except (msgspec.DecodeError, TypeError) as error:
        raise HelmwardError(
            f"A plan in the state database cannot be read ({error}); it may have been tampered with."
        ) from None


def _action(data: bytes) -> Action:
    try:
        return decode(data, Action)
    except (msgspec.DecodeError, TypeError) as error:
        raise HelmwardError(
            f"An action in the state database cannot be read ({error}); it may have been tampered with."
        ) from None
