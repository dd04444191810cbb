"""uvicorn's server, with an accept of our own: asyncio's tells nobody of a connection before its TLS handshake is done, and lets
any number of them wait in one."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import uvicorn

from helmward.faces.protocol import BoundedRequests, end_slow
from helmward.faces.room import Place, Room

BACKLOG = 2048
HANDSHAKE_SECONDS = 10.0
"""How long a TLS handshake may take (nginx: 60, for clients that are far slower than ours)."""
FAREWELL_SECONDS = 5.0
"""How long the other side may take to say goodbye (TLS close_notify) before the connection is cut."""

_MOST_CONNECTIONS = 10_000
_OWN_FILES = 256
"""Descriptors left for files and for connections of our own, however many others connect."""
_PAUSE = 1.0
"""Seconds until the next try where no connection can be accepted."""

_log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Signals are the command's business, not uvicorn's; so is the room for connections. `ready` is set when it serves."""

    def __init__(self, config: uvicorn.Config, room: Room) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._room, self._accepting = room, list[asyncio.Task[None]]()
        self._meeting: dict[asyncio.Task[None], Place] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept, then say so."""
        await self.lifespan.startup()
        self.servers = []
        for one in sockets or ():
            one.setblocking(False)
            self._accepting.append(asyncio.create_task(self._accept(one)))
        self.started = True
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """From uvicorn; nobody waits for handshakes."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for place in list(self._meeting.values()):
            place.end()
        await super().shutdown(sockets)
        await asyncio.gather(*self._meeting, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except ConnectionError:
                continue
            except OSError as error:
                _log.error("No connection can be accepted: %s", error)
                await asyncio.sleep(_PAUSE)
                continue
            place = self._room.enter(connection)
            task = asyncio.create_task(self._meet(connection, place))
            self._meeting[task] = place
            task.add_done_callback(self._meeting.pop)
            await asyncio.sleep(0)  # where many wait, others have their turn all the same

    async def _meet(self, connection: socket.socket, place: Place) -> None:
        """Shake hands, where there is TLS; from then on its protocol carries the connection."""
        loop, state, tls = asyncio.get_running_loop(), self.server_state, dict[str, Any]()
        if self.config.ssl is not None:
            tls = {"ssl": self.config.ssl, "ssl_handshake_timeout": HANDSHAKE_SECONDS}
            tls["ssl_shutdown_timeout"] = FAREWELL_SECONDS

        def requests() -> BoundedRequests:
            given = {"config": self.config, "server_state": state, "app_state": self.lifespan.state}
            return BoundedRequests(self._room, place, **given)

        with suppress(OSError):  # the client's, whatever it is
            await loop.connect_accepted_socket(requests, connection, **tls)
        if place.transport is None:
            self._room.leave(place)

    async def on_tick(self, counter: int) -> bool:
        """From uvicorn, ten times a second."""
        if counter % 10 == 0:
            end_slow(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return nullcontext()


def most_connections() -> int:
    """How many connections there is room for, by the limit of descriptors."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST_CONNECTIONS if soft < 0 else max(_OWN_FILES, min(_MOST_CONNECTIONS, soft - _OWN_FILES))
