"""Two faults at once: each keeps its own first cause, and neither is blamed for what the other does."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.engines import on

from helmward.core.nouns import Finding
from helmward.lab import breaking
from helmward.world.book import Tracked

from .broken import first_cause
from .expected import EXPECTED, complaint
from .stage import Stage

_SHORT = [("embedded", "image", "crash"), ("embedded", "selector", "missing-key"), ("kube", "quota", "image-auth")]
_EMBEDDED = [
    ("image", "missing-key"), ("bad-config", "selector"), ("missing-secret", "oom"), ("port", "crash"),
    ("port", "selector"), ("scale-zero", "image-auth"), ("scale-zero", "liveness"), ("image-auth", "probe"),
    ("selector", "probe"), ("stuck-rollout", "oom"), ("unschedulable", "missing-secret"), ("bad-config", "missing-key"),
]  # fmt: skip
_KUBE = [
    ("node-down", "image"), ("node-down", "selector"), ("node-down", "probe"), ("quota", "oom"),
    ("unschedulable", "pending-pvc"), ("pending-pvc", "crash"), ("quota", "port"), ("scale-zero", "crash"),
]  # fmt: skip
_ONE_WORKLOAD = [
    ("embedded", "image", "port"), ("embedded", "crash", "selector"),
    ("kube", "pending-pvc", "port"), ("kube", "stuck-rollout", "port"),
]  # fmt: skip

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _slow(engine: str, *names: str) -> Any:
    parameters = on(engine, *names)
    return pytest.param(*parameters.values, marks=[*parameters.marks, pytest.mark.slow], id=parameters.id)


_PAIRS = [
    *(on(*names) for names in _SHORT),
    *(_slow("embedded", *names) for names in _EMBEDDED),
    *(_slow("kube", *names) for names in _KUBE),
]


@pytest.mark.parametrize(("stage", "one", "other"), _PAIRS, indirect=["stage"], scope="module")
async def test_on_two_workloads_they_are_two_incidents(stage: Stage, one: str, other: str) -> None:
    began = await _break(stage, one, other)
    try:
        await stage.until(lambda: not _complaints(stage, one, other), f"{one} and {other}, each named", 60)
        found = {name: _of(stage, name) for name in (one, other)}
        assert {entry.id for entry in stage.live} == {entry.id for entry in found.values()}
        for name, entry in found.items():
            causes = [_finding(entry, cause.finding) for cause in entry.incident.causes]
            assert [finding.message for finding in causes if finding.code != EXPECTED[name].code] == []
            assert _strangers(entry) == []
    finally:
        await stage.mended()
    assert len(stage.since(began, "opened", "reopened")) == 2, stage.story(began)
    assert len(stage.since(began, "resolved")) == 2, stage.story(began)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "one", "other"), [on(*names) for names in _ONE_WORKLOAD], indirect=["stage"], scope="module"
)
async def test_on_one_workload_both_are_named(stage: Stage, one: str, other: str) -> None:
    began = await _break(stage, one, other)
    wanted = {EXPECTED[one].code, EXPECTED[other].code}
    try:
        await stage.until(lambda: wanted <= _named(stage), f"{one} and {other} among the causes", 60)
        assert len(stage.live) <= 2
    finally:
        await stage.mended()
    assert len(stage.since(began, "opened", "reopened")) <= 2, stage.story(began)


async def _break(stage: Stage, *names: str) -> float:
    await stage.calm()
    began = time.monotonic()
    await breaking.break_(stage.lab.folder, names)
    return began


def _of(stage: Stage, fault: str) -> Tracked:
    return next(entry for entry in stage.live if not complaint(fault, first_cause(entry)))


def _complaints(stage: Stage, *faults: str) -> list[str]:
    """The faults that no incident names as its first cause."""
    return [fault for fault in faults if all(complaint(fault, first_cause(entry)) for entry in stage.live)]


def _named(stage: Stage) -> set[str]:
    return {_finding(entry, cause.finding).code for entry in stage.live for cause in entry.incident.causes}


def _finding(entry: Tracked, identity: str) -> Finding:
    return next(finding for finding in entry.findings if finding.id == identity)


def _strangers(entry: Tracked) -> list[str]:
    """What an incident holds that stands on another workload or Service than its own."""
    mine = _name(entry.incident)
    return [f"{finding.code} {finding.resource}" for finding in entry.findings if _name(finding) != mine]


def _name(item: Any) -> str:
    name: str = item.owner.name if item.owner is not None else item.resource.name
    return name
