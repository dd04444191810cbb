"""A whole lab for the fault tests, one for each engine, in a thread of its own as it else is in a process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from helmward.lab import breaking
from helmward.lab.client import Client
from helmward.lab.runner import Lab

from .shop import Shop


class LabThread:
    """Runs a lab on a loop of its own."""

    def __init__(self, folder: Path, engine: Any) -> None:
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lab")
        self._thread.start()
        self.lab = self._do(_make(folder, engine))

    def start(self) -> None:
        self._do(self.lab.start())

    def stop(self) -> None:
        try:
            self._do(self.lab.stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)


async def _make(folder: Path, engine: Any) -> Lab:
    return Lab(folder, engine)


@contextlib.contextmanager
def _running(folder: Path, engine: str) -> Iterator[LabThread]:
    running = LabThread(folder, engine)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def embedded_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabThread]:
    """The embedded lab of this session."""
    with _running(tmp_path_factory.mktemp("embedded-lab"), "embedded") as running:
        yield running


@pytest.fixture(scope="session")
def kube_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabThread]:
    """The kube lab of this session."""
    with _running(tmp_path_factory.mktemp("kube-lab"), "kube") as running:
        yield running


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> LabThread:
    """The lab of the engine that the test is parametrized with."""
    running: LabThread = request.getfixturevalue(f"{request.param}_lab")
    return running


@pytest.fixture
async def shop(lab: LabThread) -> AsyncIterator[Shop]:
    """The shop in that lab, healthy before and after the test."""
    client = Client.from_kubeconfig(lab.lab.kubeconfig)
    shop = Shop(client, lab.folder)
    try:
        await shop.until_healthy()
        yield shop
        await breaking.mend(lab.folder)
        await shop.until_healthy()
    finally:
        await client.close()
