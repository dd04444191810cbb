"""On which engine of the lab a test runs."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.lab.faults.base import BOTH


def on(engine: str, *names: str, slow: bool = False) -> Any:
    """Parameters of a test on that engine; the engine comes first, as tests/distribution.py expects. `slow`: opt-in."""
    marks = [pytest.mark.kube] if engine == "kube" else []
    marks += [pytest.mark.slow] if slow else []
    return pytest.param(engine, *names, marks=marks, id="-".join((engine, *names)))


def on_each() -> list[Any]:
    """Every engine."""
    return [on(engine) for engine in BOTH]
