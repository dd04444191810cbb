"""A house with a gateway before the tests' model server, on a socket, for the real SDKs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from helmward.core.settings import ServerSettings
from helmward.door.audit import Record, tail
from helmward.faces.serve import bind, serving
from helmward.house import House

from ...gateway.upstream import Upstream
from ...gateway.upstream import serving as upstream_serving
from ...house.home import home
from ..station import Station, running


class Stand(NamedTuple):
    """The station, and the model server behind it (two of them: one for each API)."""

    station: Station
    openai: Upstream
    anthropic: Upstream
    key: str

    @property
    def url(self) -> str:
        return self.station.url

    def script(self, *scripts: Any) -> None:
        """What both upstreams do next; what they received is forgotten."""

        async def set_up() -> None:
            for upstream in (self.openai, self.anthropic):
                upstream.scripts.clear()
                upstream.received.clear()
                upstream.then(*scripts)

        self.station.do(set_up())

    def records(self, action: str = "model.call", last: int = 20) -> list[Record]:
        """The last records of an action, oldest first."""
        house = self.station.house
        assert house.models is not None
        self.station.do(house.models.gateway.parts.recorder.close())
        found = [msgspec.json.decode(line, type=Record) for line in tail(house.audit.folder, 400)]
        return [record for record in found if record.action == action][-last:]


def settings(openai: Upstream, anthropic: Upstream) -> dict[str, Any]:
    """Two upstreams, and models by both."""
    return {
        "gateway.upstreams": [
            {"name": "one", "api": "openai", "url": openai.url, "retries": 0, "highest_class": "internal"},
            {"name": "two", "api": "anthropic", "url": anthropic.url, "retries": 0, "highest_class": "internal"},
        ],
        "gateway.models": [
            {"name": "small", "upstream": "one", "input_usd_per_million": 1, "output_usd_per_million": 2},
            {"name": "large", "upstream": "two", "input_usd_per_million": 3, "output_usd_per_million": 15},
            {"name": "vectors", "upstream": "one", "kind": "embeddings"},
        ],
    }


@asynccontextmanager
async def served(folder: Path, **more: Any) -> AsyncIterator[tuple[str, House, Any]]:
    async with AsyncExitStack() as stack:
        upstreams = [await stack.enter_async_context(upstream_serving()) for _ in range(2)]
        at = await stack.enter_async_context(home(folder))
        house = await stack.enter_async_context(at.house(**(settings(*upstreams) | more)))
        server = ServerSettings(port=0)
        address = bind(server)
        stack.callback(address.socket.close)
        await stack.enter_async_context(serving(house, server, address))
        yield address.url, house, tuple(upstreams)


@contextmanager
def stand(folder: Path, **more: Any) -> Iterator[Stand]:
    """Start all of it, wait until it serves, end it."""
    manager: AbstractContextManager[Station] = running(folder, served(folder, **more))
    with manager as station:
        openai, anthropic = station.home
        yield Stand(station, openai, anthropic, station.token("requester"))
