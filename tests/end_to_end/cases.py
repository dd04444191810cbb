"""On which engine a test runs, and with which fault."""

from __future__ import annotations

from typing import Any

from tests.engines import on

from helmward.lab.faults.base import BOTH, catalogue


def each_fault() -> list[Any]:
    """(engine, fault) for every engine and every fault that it can show."""
    return [on(engine, name) for engine in BOTH for name, fault in catalogue().items() if engine in fault.engines]
