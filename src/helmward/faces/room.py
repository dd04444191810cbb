"""Room for connections, counted from their accept on: how many there may be, and which of them goes where none is left."""

from __future__ import annotations

import socket
from asyncio import Transport
from collections import OrderedDict
from contextlib import suppress


class Place:
    """One connection. `transport` is set once its handshake, where there is one, is done."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.transport: Transport | None = None

    @property
    def owes(self) -> bool:
        """Whether an answer is still on its way."""
        return self.transport is not None and self.transport.get_write_buffer_size() > 0

    def end(self) -> None:
        """At once: a farewell of TLS would keep the descriptor."""
        if self.transport is not None:
            self.transport.abort()
            return
        with suppress(OSError):  # it has ended just now
            self._connection.shutdown(socket.SHUT_RDWR)


class Room:
    """At most `most` connections. A connection waits while no request of it is under way: from its accept, its handshake and the
    head of its first request on, and between two requests. A sixteenth of the room is for those, so that one of them can
    always go: the one that has waited longest, for who fills the room with silence must not lock others out."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._busiest = most - max(1, most // 16)
        self._held: set[Place] = set()
        self._waiting: OrderedDict[Place, None] = OrderedDict()

    def enter(self, connection: socket.socket) -> Place:
        """A new connection; where the room is full, for another one's end."""
        place = Place(connection)
        self._held.add(place)
        self._waiting[place] = None
        if len(self._held) > self.most:
            self._make_room()
        return place

    def leave(self, place: Place) -> None:
        """It is gone."""
        self._held.discard(place)
        self._waiting.pop(place, None)

    def begin(self, place: Place) -> bool:
        """The whole head of a request has come. False where as many requests are under way as may be: answer 503."""
        self._waiting.pop(place, None)
        return len(self._held) - len(self._waiting) <= self._busiest

    def rest(self, place: Place) -> None:
        """Its requests are answered."""
        if place in self._held:
            self._waiting[place] = None

    def _make_room(self) -> None:
        for _ in range(len(self._waiting)):
            place, _none = self._waiting.popitem(last=False)
            if not place.owes:
                self._held.discard(place)
                place.end()
                return
            self._waiting[place] = None
