"""The administrator of each engine in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.lab.api import Api, open_api, path_of


@pytest.fixture
async def api(engine: Any) -> AsyncIterator[Api]:
    """The administrator."""
    client = open_api(engine.kubeconfig)
    yield client
    await client.close()


@pytest.fixture
def maps(namespace: str) -> str:
    """The path of the namespace's ConfigMaps."""
    return path_of("ConfigMap", namespace)
