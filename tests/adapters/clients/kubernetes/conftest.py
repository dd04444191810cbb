"""A misbehaving API server, a client of it that does not wait, and a certificate authority made for the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.adapters.clients.kubernetes.transport import Limits

from .certificates import Authority
from .server import Api, serve

HASH_KEY = b"0123456789abcdef"
Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API server over plain HTTP."""
    server = Api()
    runner = await serve(server)
    yield server
    await runner.cleanup()


@pytest.fixture
def waits() -> list[float]:
    """The pauses that clients made by `connect` would have slept."""
    return []


@pytest.fixture
def reports() -> list[str]:
    """What clients made by `connect` reported."""
    return []


@pytest.fixture
async def connect(waits: list[float], reports: list[str]) -> AsyncIterator[Connect]:
    """Makes an entered Client of a URL; further arguments go to Connection, `limits` and `credentials` to Client."""
    async with AsyncExitStack() as stack:

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        async def make(url: str, limits: Limits | None = None, credentials: Any = None, **connection: Any) -> Client:
            client = Client(
                Connection(server=url, source="kubeconfig /test/config", **connection),
                HASH_KEY,
                limits=limits,
                credentials=credentials,
                report=lambda sentence, path: reports.append(sentence),
                env={},
                sleep=sleep,
            )
            return await stack.enter_async_context(client)

        yield make


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority, its server certificate for localhost and a client certificate for `jane`."""
    return Authority(Path(tmp_path_factory.mktemp("authority")))
