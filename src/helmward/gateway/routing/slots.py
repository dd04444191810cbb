"""How many calls run at one upstream at the same time, and how many may wait for their turn."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """`limit` calls at once; as many more may wait, in the order in which they came."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._free = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def running(self) -> int:
        """How many calls run now."""
        return self.limit - self._free

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    async def enter(self, seconds: float) -> bool:
        """Take a slot, waiting at most `seconds` (0: not at all); False where there is none. Where there is one, `leave`
        must follow."""
        if self._free and not self._waiting:
            self._free -= 1
            return True
        if seconds <= 0 or len(self._waiting) >= self.limit:
            return False
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            return self._given_up(turn)
        except asyncio.CancelledError:
            if self._given_up(turn):
                self.leave()
            raise
        return True

    def leave(self) -> None:
        """Give the slot to who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _given_up(self, turn: asyncio.Future[None]) -> bool:
        """Whether the slot was handed over in the very moment in which waiting for it ended."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        return turn.done() and not turn.cancelled()
