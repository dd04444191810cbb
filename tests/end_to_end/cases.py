"""On which engine a test runs."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.lab.faults.base import BOTH, catalogue


def on(engine: str, *names: str) -> Any:
    """Parameters of a test on that engine. Test workers take one engine each, so that its lab is started once."""
    marks = [pytest.mark.xdist_group(f"end-to-end-{engine}"), *([pytest.mark.kube] if engine == "kube" else [])]
    return pytest.param(engine, *names, marks=marks, id="-".join((engine, *names)))


def each_engine() -> list[Any]:
    """Every engine."""
    return [on(engine) for engine in BOTH]


def each_fault() -> list[Any]:
    """(engine, fault) for every engine and every fault that it can show."""
    return [on(engine, name) for engine in BOTH for name, fault in catalogue().items() if engine in fault.engines]
