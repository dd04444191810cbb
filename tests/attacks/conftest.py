"""A door on real parts for each attack; the default policy is loaded once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helmward.door.policy.engine import Policy, load_folder

from ..door.stand import Stand, standing


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_folder(None)


@pytest.fixture
async def stand(tmp_path: Path, policy: Policy) -> AsyncIterator[Stand]:
    async with standing(tmp_path, policy) as made:
        yield made
