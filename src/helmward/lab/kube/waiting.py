"""Waiting for a condition with a deadline: what the lab does instead of sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from helmward.core.errors import HelmwardError

Answer = TypeVar("Answer")


async def eventually(
    ask: Callable[[], Awaitable[Answer]], what: str, seconds: float = 20, pause: float = 0.02
) -> Answer:
    """The first true answer of `ask`, asked every `pause` seconds.

    Raises HelmwardError, naming `what` and the last answer, when none came within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise HelmwardError(f"Waited {seconds:.0f} s in vain for {what}; the last answer was {answer!r}.")
        await asyncio.sleep(pause)
