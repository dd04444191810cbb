"""An identity on real parts: a real audit log, ledger and state, which can be closed, tampered with and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .rooms import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path / "data", tmp_path / "keys", datetime(2026, 1, 31, 12, tzinfo=UTC))
    yield opened
    opened.close()
