"""One home for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .home import Home
from .home import home as make


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with make(tmp_path) as made:
        yield made
