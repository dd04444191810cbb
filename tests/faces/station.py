"""A whole server beside the test: a house on a cluster, served on a socket, on a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from helmward.core import paths
from helmward.core.settings import ServerSettings
from helmward.door.identity import NewToken, Role
from helmward.faces.serve import bind, card, serving
from helmward.house import House
from helmward.house.auditing import HELMWARD

from ..house.home import Home, home
from ..waiting import until

T = TypeVar("T")


class Station:
    """What runs, and how to reach it from the test's own thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path, url: str, house: House, at: Home) -> None:
        self._loop, self.folder, self.url, self.house, self.home = loop, folder, url, house, at
        self.stop: Callable[[], object] = lambda: None

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        async def called() -> T:
            return function(*arguments)

        return self.do(called())

    def token(self, role: Role, lasts: timedelta | None = None) -> str:
        house = self.house
        now = house.clock()
        wish = NewToken(f"a {role}", (role,), expires=now + lasts if lasts else None)
        made: str = self.call(house.identity.create, HELMWARD, wish, now).text
        return made

    def incident(self, pod: str) -> str:
        """The id of the live incident of a pod, breaking it first if it is whole."""

        async def found() -> str:
            def mine() -> list[str]:
                return [e.id for e in self.house.incidents() if e.incident.resource.name == pod]

            if self.house.world.get("Pod", "default", pod) is None:
                await self.home.break_pod(pod)
            await until(mine, f"an incident of {pod}")
            return mine()[0]

        return self.do(found())


@asynccontextmanager
async def serve(folder: Path, server: ServerSettings | None = None) -> AsyncIterator[tuple[str, House, Home]]:
    settings = server or ServerSettings(port=0)
    async with home(folder) as at, at.house() as house:
        address = bind(settings)
        data = folder / "data"
        with address.socket, paths.lock(data):
            async with serving(house, settings, address), card(data, address.url, house.local_token, folder / "keys"):
                yield address.url, house, at


def station(folder: Path, server: ServerSettings | None = None) -> AbstractContextManager[Station]:
    """Start it, wait until it serves, end it."""
    return running(folder, serve(folder, server))


@contextmanager
def running(folder: Path, served: AbstractAsyncContextManager[tuple[str, House, Any]]) -> Iterator[Station]:
    """The same of any server."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="station")
    thread.start()
    stop, started, parts = asyncio.Event(), threading.Event(), list[Any]()

    async def whole() -> None:
        """Entered and left in one task: time-outs belong to a task."""
        try:
            async with served as made:
                parts.extend(made)
                started.set()
                await stop.wait()
        finally:
            started.set()

    try:
        ending = asyncio.run_coroutine_threadsafe(whole(), loop)
        started.wait(60)
        if not parts:
            ending.result(1)
        try:
            made = Station(loop, folder, *parts)
            made.stop = lambda: loop.call_soon_threadsafe(stop.set)
            yield made
        finally:
            loop.call_soon_threadsafe(stop.set)
            ending.result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
