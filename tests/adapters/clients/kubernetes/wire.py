"""What tests of the wire share: a TLS server, an unused port, a request that must fail."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from helmward.core.cluster import Unavailable

from .server import Api, page, serve

PODS = "/api/v1/pods"


@asynccontextmanager
async def secure(tls: Any) -> AsyncIterator[Api]:
    api = Api().then(page("PodList", []))
    runner = await serve(api, tls)
    try:
        yield api
    finally:
        await runner.cleanup()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def fails(connect, url: str, kind: type[Exception] = Unavailable, **options: Any) -> str:
    with pytest.raises(kind) as caught:
        await (await connect(url, **options)).list(PODS)
    assert url in str(caught.value)
    return str(caught.value)
