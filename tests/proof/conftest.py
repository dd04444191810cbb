"""One API server for each test, and the house before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from helmward.lab.embedded.engine import EmbeddedEngine

from .stage import Stage, before
from .station import FORKS


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """What the houses are forked from ends with the session."""
    yield
    FORKS.close()


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Stage]:
    """Three Deployments on the embedded engine; the house is not started yet."""
    engine = EmbeddedEngine(tmp_path / "engine")
    await engine.start()
    async with before(tmp_path, engine.kubeconfig, 3) as stage:
        yield stage
    await engine.stop()
