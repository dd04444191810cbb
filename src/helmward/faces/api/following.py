"""Logs that are followed: a bounded number, of one actor a few, each counted before its answer begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from helmward.core.errors import HelmwardError

MOST, MOST_OF_ONE = 64, 8
"""Logs in all, and of one actor: each is read at the API server by itself."""


class TooManyStreams(HelmwardError):
    """As many logs are followed as may be."""

    http_status = 429


class Following:
    """Who follows how many."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    def take(self, who: str) -> Place:
        """A place for one more log of `who`, as Identity.owner names them. Raises TooManyStreams."""
        if self._of[who] >= MOST_OF_ONE:
            raise TooManyStreams(f"You follow {MOST_OF_ONE} logs already; close one, or read with the tool pods_log.")
        if self._of.total() >= MOST:
            raise TooManyStreams(
                f"{MOST} logs are followed already, which is all; try again later, or read with the tool pods_log."
            )
        self._of[who] += 1
        return Place(self._of, who)


class Place:
    """Held until it is given back."""

    def __init__(self, counts: Counter[str], who: str) -> None:
        self._counts, self._who, self._held = counts, who, True

    def give_back(self) -> None:
        """Once; what was given back already stays so."""
        if self._held:
            self._held = False
            self._counts[self._who] -= 1
            self._counts += Counter()  # forgets who follows none


class Followed(StreamingResponse):
    """Events of a log. The place is given back when the answer ends, also one that nobody took a piece of."""

    def __init__(self, events: AsyncIterator[bytes], place: Place) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._place.give_back()
