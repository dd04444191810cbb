"""uvicorn's HTTP protocol with bounds on what comes: httptools itself keeps headers of any length, and waits for ever."""

from __future__ import annotations

from asyncio import BaseTransport, Transport
from collections.abc import Iterable
from typing import Any, cast

from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from helmward.faces.room import Place, Room

LARGEST_HEAD = 64 * 1024  # bytes, of the request line and all headers; kube-apiserver allows 1 MiB, nginx 32 KiB
HEAD_SECONDS = 20.0
"""How long the head of a request may take to come, from the connection or its own first byte on (Apache's mod_reqtimeout: 20)."""
BODY_SECONDS = 75.0
"""How long its body may. /v1 itself answers after 60 s in the words of its APIs (models/reading.py)."""

_PROBE = b"/healthz"
"""Answered also where there is no room: who asks whether we live must not hear that we do not."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedRequests(HttpToolsProtocol):
    """Counts what comes until the headers are complete, and remembers since when a request is on its way. What an answer takes is
    the application's business. One look at all connections (`end_slow`) costs less than a timer for each request."""

    _head: int | None = 0
    _coming: float | None = None

    def __init__(self, room: Room, place: Place, **given: Any) -> None:
        """`place` is the connection's in the room; `given` is uvicorn's."""
        super().__init__(**given)
        self._room, self._place = room, place

    def connection_made(self, transport: BaseTransport) -> None:
        """From asyncio."""
        super().connection_made(cast(Transport, transport))
        self._coming, self._place.transport = self.loop.time(), self.transport

    def connection_lost(self, exc: Exception | None) -> None:
        """From asyncio."""
        self._room.leave(self._place)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        if self._coming is None and (self.cycle is None or self.cycle.response_complete):
            self._coming = self.loop.time()  # even of what begins no request: it ends the wait between two
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD and b"\r\n\r\n" not in data[:LARGEST_HEAD]:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """From httptools."""
        self._head = 0
        if self._coming is None:  # behind a request that is being answered
            self._coming = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """From httptools."""
        self._head, self._coming = None, self.loop.time()
        fits = self._room.begin(self._place) and len(self.tasks) < self._room.most
        self.app = self.config.loaded_app if fits or self.url == _PROBE else service_unavailable
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """From httptools."""
        self._coming = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """From uvicorn, which then begins the next request, where one is there."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._room.rest(self._place)

    def end_if_slow(self, now: float) -> None:
        """Close the connection if its request takes too long to come."""
        if self._coming is None or self.transport.is_closing():
            return
        if now - self._coming < (BODY_SECONDS if self._head is None else HEAD_SECONDS):
            return
        if self._head is None and not self.cycle.response_started:  # of half a head nobody waits for an answer
            self.transport.write(_TOO_SLOW)
        self.transport.close()


def end_slow(connections: Iterable[object], now: float) -> None:
    """Close the connections whose requests take too long to come. `now` is the event loop's time."""
    for one in list(connections):
        if isinstance(one, BoundedRequests):
            one.end_if_slow(now)
