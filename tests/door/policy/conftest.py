"""The default policy, loaded once."""

from __future__ import annotations

import pytest

from helmward.door.policy.engine import Policy, load_folder


@pytest.fixture(scope="session")
def default() -> Policy:
    return load_folder(None)
