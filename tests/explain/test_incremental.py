"""The promise of the engine: after any sequence of changes, what it holds is what a fresh full pass would find,
and what is joined of it is what would be joined from nothing.

The universe is the fixtures of every analyzer: their objects (many share names, so that one fixture's pod becomes
another's), their Events, former states and logs; and time, which alone changes answers too.
"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.explain.casefile import FILES, Case, apply, built, fill, read_case, ref_of

from helmward.explain.causes.incidents import Incidents, incidents
from helmward.explain.engine import Engine
from helmward.world.kinds import KINDS
from helmward.world.logs import Log, LogRef
from helmward.world.store import World

CASES = [read_case(path) for path in FILES]
_STEPS = (0, 0, 0, 1, 3, 11, 31, 65, 301, 1201, 4000, 90_000)
_OPERATIONS = ("apply", "apply", "remove", "log", "log", "twist", "unread", "relist", "service", "expire", "wait")
_LINES = (
    "panic: boom",
    "dial tcp 10.96.4.7:8080: connect: connection refused",
    "FATAL TIMEOUT: cannot parse duration",
    "lookup payment-svc: no such host",
    "ready",
)

Operation = tuple[str, int, int]
_sequences = st.tuples(
    st.lists(st.sampled_from(CASES), min_size=1, max_size=3),
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from(_OPERATIONS), st.integers(0, 999), st.sampled_from(_STEPS)), min_size=1, max_size=20
    ),
)


@settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(_sequences)
def test_incremental_findings_and_incidents_equal_a_full_pass(
    sequence: tuple[list[Case], bool, list[Operation]],
) -> None:
    cases, begun, operations = sequence
    pool = [copy.deepcopy(document) for case in cases for document in _documents(case)]
    logs = [log for case in cases for log in case.own.get("Log", ())]
    world, now = World(), cases[0].now
    engine = Engine(world, built())
    for case in cases if begun else ():
        _begin(world, case)
    kept = Incidents(world)
    kept.update(engine.full(now), engine.touched, now)
    for name, number, seconds in operations:
        now += timedelta(seconds=seconds)
        _operate(world, name, number, pool, logs, now)
        joined = kept.update(engine.update(now), engine.touched, now)
        fresh = Engine(world, built())
        fresh.full(now)
        assert engine.findings == fresh.findings
        assert joined == incidents(fresh.findings, world, now)


def _begin(world: World, case: Case) -> None:
    """The fixture's objects, all at once and live: its kinds are read, its changes seen, its logs still to come."""
    fill(world, Case(case.now, case.objects, {name: found for name, found in case.own.items() if name != "Log"}))
    world.logs.complete = False


def _documents(case: Case) -> list[dict[str, Any]]:
    return [*(before["object"] for before in case.own.get("Before", ())), *case.objects]


def _operate(world: World, name: str, number: int, pool: list[Any], logs: list[Any], now: Any) -> None:
    document = pool[number % len(pool)]
    ref = ref_of(document)
    match name:
        case "apply":
            apply(world, document, now if number % 2 else None)
        case "remove":
            world.remove(*ref, now=now if number % 2 else None)
        case "twist":
            apply(world, _twisted(document, number), now)
        case "log":
            _log(world, logs, number)
        case "unread":
            world.set_unread(ref[0], "forbidden")
        case "relist":
            world.replace(KINDS[ref[0]], [item.raw for item in world.all(ref[0])][number % 2 :], now)
        case "service":
            world.set_node_service("node-1", "kubelet", ("active (running)", "inactive (dead)")[number % 2])
        case "expire":
            world.changes.expire(now)


def _twisted(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The same object, later: being deleted, relabelled, recovered or stripped of its status."""
    twisted = copy.deepcopy(document)
    status = twisted.get("status") or {}
    match number % 4:
        case 0:
            twisted["metadata"]["deletionTimestamp"] = "2026-01-01T12:00:30Z"
        case 1:
            twisted["metadata"]["labels"] = {"app": "another"}
        case 2:
            for container in status.get("containerStatuses") or ():
                container |= {"ready": True, "state": {"running": {"startedAt": "2026-01-01T12:00:00Z"}}}
        case _:
            twisted.pop("status", None)
    return twisted


def _log(world: World, logs: list[Any], number: int) -> None:
    """A log arrives: one that is wanted, or one of the fixtures."""
    wanted = list(world.logs.wanted)
    text = _LINES[number % len(_LINES)]
    if wanted and number % 3:
        failure = "previous terminated container not found" if number % 5 == 0 else None
        world.logs.put(wanted[number % len(wanted)], Log(() if failure else (text,), failure))
    elif logs:
        log = logs[number % len(logs)]
        namespace, _, pod = log["pod"].partition("/")
        ref = LogRef(namespace, pod, log["container"], bool(log.get("previous")))
        world.logs.put(ref, Log(tuple(log["text"].splitlines())))
