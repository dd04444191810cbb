"""One lab and one house for each engine, for all tests of this folder; each test begins and ends with a healthy shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from .stage import Stage, opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedded_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The house before the embedded lab."""
    async with opened(tmp_path_factory.mktemp("embedded"), "embedded") as stage:
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kube_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The house before the kube lab."""
    async with opened(tmp_path_factory.mktemp("kube"), "kube") as stage:
        yield stage


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Stage:
    """The stage of the engine that the test is parametrized with."""
    # Not an async fixture: one that is cannot ask for another by name.
    found: Stage = request.getfixturevalue(f"{request.param}_stage")
    return found


@pytest.fixture(autouse=True, scope="session")
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The command line keeps its keys apart from those of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELMWARD_KEY_DIR", str(tmp_path_factory.mktemp("command-line-keys")))
        yield
