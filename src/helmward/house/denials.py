"""Refusals in the audit log: each one, until somebody sends very many; then how many there were."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helmward.core.nouns import Actor
from helmward.door.audit import AuditError, AuditLog, Entry

UNKNOWN = Actor(name="unknown", kind="user")
"""Somebody whose credential did not hold."""

MOST = 10
"""Records of refusals within WINDOW that one source gets."""

WINDOW = 60.0  # seconds
_MOST_SOURCES = 1000
_OTHERS = "others"
_log = logging.getLogger(__name__)


@dataclass
class _Window:
    began: float
    written: int = 0
    dropped: int = 0
    timer: asyncio.TimerHandle | None = None


class Denials:
    """Made for one audit log, used on one event loop. `clock` counts seconds."""

    def __init__(self, audit: AuditLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._audit, self._clock = audit, clock
        self._windows: dict[str, _Window] = {}
        self._writing: set[asyncio.Task[None]] = set()

    async def note(self, source: str, by: Actor, target: str, reason: str, /, **details: str) -> None:
        """`source`, an address or a credential, was refused `target`. Durable when this returns, unless there were too
        many, or nothing can be recorded: a refusal stands without a record too."""
        source, window = self._window(source)
        if window.written < MOST:
            window.written += 1
            await self._append(_entry(by, target, reason, details))
            return
        window.dropped += 1
        if window.timer is None:
            rest = max(0.0, window.began + WINDOW - self._clock())
            window.timer = asyncio.get_running_loop().call_later(rest, self._over, source)

    def close(self) -> None:
        """Record what was only counted so far."""
        for source in list(self._windows):
            window = self._windows.pop(source)
            if window.timer is not None:
                window.timer.cancel()
            if window.dropped:
                self._audit.note_now(_sum(source, window.dropped))

    def _window(self, source: str) -> tuple[str, _Window]:
        now = self._clock()
        known = self._windows.get(source)
        if known is None and len(self._windows) >= _MOST_SOURCES:
            self._forget(now)
            source = source if len(self._windows) < _MOST_SOURCES else _OTHERS
            known = self._windows.get(source)
        if known is None or (known.timer is None and now >= known.began + WINDOW):
            known = self._windows[source] = _Window(now)
        return source, known

    def _forget(self, now: float) -> None:
        for source, window in list(self._windows.items()):
            if window.timer is None and now >= window.began + WINDOW:
                del self._windows[source]

    def _over(self, source: str) -> None:
        window = self._windows.pop(source)
        task = asyncio.get_running_loop().create_task(self._append(_sum(source, window.dropped)))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _append(self, entry: Entry) -> None:
        try:
            await self._audit.append(entry)
        except AuditError as error:
            _log.error("%s of %s was refused, but that could not be recorded: %s", entry.action, entry.target, error)


def _entry(by: Actor, target: str, reason: str, details: dict[str, Any]) -> Entry:
    return Entry(actor=by, action="access.deny", target=target, outcome="denied", reason=reason, details=details)


def _sum(source: str, count: int) -> Entry:
    reason = f"{count} more refusals within {WINDOW:.0f} seconds"
    return _entry(UNKNOWN, "several", reason, {"source": source, "count": count})
