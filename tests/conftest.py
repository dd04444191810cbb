"""What the whole suite shares: the lab's engines, a namespace for each test, and what to do without a control plane."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import os
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helmward.core.errors import UsageError
from helmward.lab.client import Client, path_of
from helmward.lab.kube.assets import programs_folder
from helmward.lab.kube.waiting import eventually

from .distribution import ByLab, longest_first

if TYPE_CHECKING:
    from helmward.lab.embedded.engine import EmbeddedEngine
    from helmward.lab.kube.engine import KubeEngine
    from helmward.lab.runner import Lab

    Engine = EmbeddedEngine | KubeEngine

_UNTESTED = "the real control plane is not built"
_numbers = itertools.count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Several workers: tests that share a lab stay on one."""
    return ByLab(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported to find the tests stays: walking it for garbage took half the time, in each worker."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the kube engine needs the control plane, whether it says so or not. The longest come first."""
    for item in items:
        if "kube" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.kube)
    longest_first(items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the control plane its tests fail where it is required, and are skipped elsewhere."""
    if item.get_closest_marker("kube") is None:
        return
    missing = _missing()
    if missing and os.environ.get("HELMWARD_REQUIRE_KUBE") == "1":
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(f"{_UNTESTED}: {missing}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line when the truth was not tested."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if _UNTESTED in str(report.longrepr)]
    if skipped:
        line = (
            f"NOT TESTED on a real Kubernetes control plane: {len(skipped)} tests. Build it: ./dev control-plane (Go)"
        )
        terminalreporter.write_line(line, red=True, bold=True)


def _missing() -> str:
    try:
        programs_folder()
    except UsageError as error:
        return str(error)
    return ""


@pytest.fixture(scope="session")
def kube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeEngine]:
    """A started KubeEngine that all tests of this session (of this xdist worker) share."""
    from helmward.lab.kube.engine import KubeEngine

    engine = KubeEngine(tmp_path_factory.mktemp("kube"))
    _run_apart(engine.start())
    yield engine
    _run_apart(engine.stop())


@pytest.fixture(params=["embedded", pytest.param("kube", marks=pytest.mark.kube)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """Each engine in turn: the same test must hold on both. The kube engine is shared, the embedded one is not."""
    if request.param == "kube":
        yield request.getfixturevalue("kube")
        return
    from helmward.lab.embedded.engine import EmbeddedEngine

    embedded = EmbeddedEngine(tmp_path / "embedded")
    await embedded.start()
    yield embedded
    await embedded.stop()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """A whole embedded lab of the test's own, with its healthy shop, in the data folder `tmp_path / "data"`."""
    from helmward.lab.runner import Lab

    running = Lab(tmp_path / "data" / "lab", "embedded")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def kube_namespace(kube: KubeEngine) -> AsyncIterator[str]:
    """A namespace of the test's own on the kube engine, in which pods can be created."""
    async with _namespace(kube) as name:
        yield name


@pytest.fixture
async def namespace(engine: Engine) -> AsyncIterator[str]:
    """A namespace of the test's own on `engine`, in which pods can be created."""
    async with _namespace(engine) as name:
        yield name


@contextlib.asynccontextmanager
async def _namespace(engine: Engine) -> AsyncIterator[str]:
    name = f"test-{os.getpid()}-{next(_numbers)}"
    client = Client.from_kubeconfig(engine.kubeconfig)
    try:
        await client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        if engine.name == "kube":
            account = path_of("ServiceAccount", name, "default")
            await eventually(lambda: client.find(account), f"ServiceAccount default of {name}")
        yield name
        await client.delete(path_of("Namespace", name=name))
    finally:
        await client.close()


def _run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end on a loop of its own: a session fixture may be asked for inside a test's loop."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, work).result()
