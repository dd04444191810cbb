"""Durable runs on DBOS, in a SQLite file of their own: what was begun goes on after a crash, no finished step repeated.

What this file says permits nothing: the door asks its ledger at each step.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import dbos
from dbos import DBOS, SetWorkflowID
from dbos import _serialization as dbos_serialization
from dbos._error import DBOSException
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.core.text import one_line
from helmward.door.door import Door
from helmward.workflow.procedure import carry_out
from helmward.workflow.steps import DoorSteps

FILE = "workflows.db"
RunState = Literal["none", "open", "over", "forged"]
_FAILURES = (SQLAlchemyError, sqlite3.Error, DBOSException, OSError)
_LOOK_SECONDS = 0.2
"""How often DBOS looks for runs that wait to be taken up; its own default is a second."""

_VERSION = "1"
"""Pinned: DBOS recovers only runs of its own application version. Raised when the order of durable steps changes."""


def _refuse(_self: object, _data: str) -> Any:
    raise HelmwardError(f"{FILE} holds a pickled value, which Helmward never writes; it was tampered with.")


class Runs:
    """Starts and recovers the runs of plans. There is one a process (DBOS is)."""

    def __init__(self) -> None:
        self._change: Any = None
        self._path = Path()

    async def run(self, plan: Plan) -> None:
        """Begin the run of a plan; again is the same run. Returns once it is durable.

        Raises HelmwardError where it cannot be: then it begins at the next start."""

        def start() -> None:
            with SetWorkflowID(plan.id):
                DBOS.start_workflow(self._change, plan.id)

        if self._change is None:
            raise HelmwardError("The workflows are not running yet.")
        try:
            await asyncio.to_thread(start)
        except _FAILURES as error:
            why = _sentence(self._path, str(getattr(error, "orig", error)))
            raise HelmwardError(f"{plan.id} cannot begin now: {why} It begins at the next start.") from error

    async def state(self, plan: str) -> RunState:
        """Whether a plan has a run, whether that is over, and whether it is written in a way that we never write."""
        if await asyncio.to_thread(_is_forged, self._path, plan):
            return "forged"
        found = await asyncio.to_thread(DBOS.get_workflow_status, plan)
        if found is None:
            return "none"
        return "open" if found.status in ("PENDING", "ENQUEUED", "DELAYED") else "over"

    @asynccontextmanager
    async def running(self, door: Door, data_dir: Path, by: Actor) -> AsyncIterator[None]:
        """DBOS runs in this block; what an earlier process left is taken up."""
        self._path = data_dir / FILE
        steps = DoorSteps(door, asyncio.get_running_loop(), by)
        await asyncio.to_thread(self._launch, self._path, steps)
        try:
            yield
        finally:
            self._change = None
            steps.stop()
            await asyncio.to_thread(_end)

    def _launch(self, path: Path, steps: DoorSteps) -> None:
        # DBOS reads pickled values wherever a row says so, and unpickling runs code: who can write this file must not.
        dbos_serialization.DefaultSerializer.deserialize = _refuse  # type: ignore[method-assign, assignment]
        _end()
        try:
            _sound(path)
            made = DBOS(config=_config(path))
            # It has no setting of its own: what a crash left waits in this queue.
            made._registry.get_internal_queue()._polling_interval_sec = _LOOK_SECONDS
            self._change = _registered(steps)
            DBOS.launch()
            path.chmod(0o600)
        except _FAILURES as error:
            _end()
            raise HelmwardError(_sentence(path, str(getattr(error, "orig", error)))) from error


def _config(path: Path) -> Any:
    return {
        "name": "helmward",
        "application_version": _VERSION,
        "executor_id": "local",
        "system_database_url": f"sqlite:///{path}",
        "system_database_engine": _engine(path),
        "serializer": dbos.DBOSPortableJSONSerializer(),
        "log_level": "ERROR",
        "console_log_level": "CRITICAL",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": 0.5,
    }


def _sound(path: Path) -> None:
    """Raises sqlite3.Error where the file is none of SQLite's, is damaged, or is locked by another process: DBOS itself would
    try for minutes."""
    with closing(sqlite3.connect(path, timeout=5)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        (verdict,) = raw.execute("PRAGMA quick_check(1)").fetchone()
        raw.rollback()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"malformed: {verdict}")


def _is_forged(path: Path, plan: str) -> bool:
    """DBOS reads a value as its row says; a run of which it cannot read one never goes on."""
    with closing(sqlite3.connect(path, timeout=30)) as raw:
        for table in ("workflow_status", "operation_outputs"):
            query = f"SELECT DISTINCT serialization FROM {table} WHERE workflow_uuid = ?"  # noqa: S608 - our names
            if {found for (found,) in raw.execute(query, (plan,))} - {None, "portable_json"}:
                return True
    return False


def _sentence(path: Path, reason: str) -> str:
    if "locked" in reason:
        return f"{path} is locked by another process; stop it. No change is made until then."
    if "malformed" in reason or "not a database" in reason:
        return (
            f"{path} is damaged ({one_line(reason, 120)}); move it away and start again: "
            "what was begun goes on from the audit log, and nothing is done twice."
        )
    return f"{path} cannot be used ({one_line(reason, 200)}); check the folder's owner, permissions and free space."


def _registered(steps: DoorSteps) -> Any:
    """The workflow and its steps, under names that stay the same from one start to the next."""
    durable = _Durable()
    for name in ("begin", "act", "check", "take_back", "mark", "rest", "end"):
        setattr(durable, name, DBOS.step(name=name)(_function(getattr(steps, name))))

    @DBOS.workflow(name="change", max_recovery_attempts=1000)
    def change(plan: str) -> str:
        steps.stay(plan)
        try:
            return carry_out(plan, durable)
        except _FAILURES as error:
            return steps.broke(plan, HelmwardError(_sentence(Path(FILE), str(getattr(error, "orig", error)))))
        except Exception as error:  # noqa: BLE001 - whatever it is: the plan does not run for ever, and a person is told
            return steps.broke(plan, error)

    return change


class _Durable:
    begin: Any
    act: Any
    check: Any
    take_back: Any
    mark: Any
    rest: Any
    end: Any


def _function(method: Callable[..., Any]) -> Callable[..., Any]:
    """DBOS marks what it decorates, and a bound method cannot be marked."""

    @wraps(method)
    def step(*arguments: Any) -> Any:
        return method(*arguments)

    return step


def _end() -> None:
    DBOS.destroy(destroy_registry=True)


def _engine(path: Path) -> Engine:
    """SQLite in WAL mode. NORMAL is enough: after a power cut the ledger knows what was done, whatever is missing here."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": 30, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
