"""Open pages kept current: what changed of a page is rendered once for all who see the same, and pushed as server-sent events.

A message holds one `<hx-partial>` for each changed part (htmx 4). Its id says which state the browser has then: after a cut it is
sent back (`Last-Event-ID`), and what changed meanwhile follows. Parts are whole, so nothing can be lost on the way.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from secrets import token_hex

from helmward.core.text import one_line
from helmward.faces.console.client import ApiError
from helmward.faces.console.live.pulse import Pulse
from helmward.faces.console.rendering import timeless

HEARTBEAT = 15.0
"""Seconds; proxies cut what is silent for longer."""

MOST, MOST_EACH = 4000, 60
"""Open pages in all, and different ones of one caller: each of those is rendered for itself."""

Render = Callable[[], Awaitable[Mapping[str, bytes]]]


def digest(parts: Mapping[str, bytes]) -> str:
    """A page's state, as its address of live updates names it."""
    hashed = hashlib.sha256()
    for name, part in sorted(parts.items()):
        hashed.update(name.encode() + b"\0" + timeless(part) + b"\0")
    return hashed.hexdigest()[:16]


class Scene:
    """One page as one audience sees it, for as long as somebody looks."""

    def __init__(self) -> None:
        self.looking = 0
        self._name, self._number, self._beat = token_hex(6), 0, -1
        self._parts: dict[str, tuple[bytes, int]] = {}
        self._lock = asyncio.Lock()
        self._made: dict[int, bytes] = {}

    async def at(self, beat: int, render: Render) -> None:
        """Be as the house is at this beat; whoever comes first renders for all. Raises ApiError."""
        async with self._lock:
            if self._beat >= beat:
                return
            parts, changed = await render(), False
            for name, part in parts.items():
                known = self._parts.get(name)
                if known is None or timeless(known[0]) != timeless(part):
                    self._parts[name], changed = (part, self._number + 1), True
            self._beat = beat
            if changed:
                self._number += 1
                self._made.clear()

    @property
    def state(self) -> str:
        """The id of the state."""
        return f"{self._name}.{self._number}"

    def is_now(self, seen: str) -> bool:
        """Whether a browser that has this state, or this digest, has everything."""
        return seen in (self.state, digest({name: part for name, (part, _) in self._parts.items()}))

    def since(self, seen: str) -> bytes:
        """The message for a browser with this state: what changed after it, or for an unknown one, everything."""
        name, _, number = seen.partition(".")
        known = name == self._name and number.isdecimal() and len(number) < 12 and int(number) <= self._number
        after = int(number) if known else -1
        if after not in self._made:
            changed = {name: part for name, (part, at) in self._parts.items() if at > after}
            self._made[after] = message(self.state, changed)
        return self._made[after]


def message(state: str, parts: Mapping[str, bytes]) -> bytes:
    """A server-sent event that puts these parts in place."""
    html = b"".join(
        b'<hx-partial hx-target="#%s" hx-swap="innerMorph">%s</hx-partial>' % (name.encode(), part)
        for name, part in sorted(parts.items())
    )
    lines = b"".join(b"data: %s\n" % line for line in html.splitlines())
    return b"id: %s\n%s\n" % (state.encode(), lines)


class Live:
    """The scenes of everybody who looks. `closing` ends all streams."""

    def __init__(self, closing: asyncio.Event) -> None:
        self._closing = closing
        self._scenes: dict[str, Scene] = {}

    @property
    def looking(self) -> int:
        """Open pages."""
        return sum(scene.looking for scene in self._scenes.values())

    def has_room(self, caller: str) -> bool:
        """Whether one more page may be opened by `caller`, with whom its keys begin."""
        return self.looking < MOST and sum(key.startswith(f"{caller}\n") for key in self._scenes) < MOST_EACH

    async def stream(
        self, key: str, seen: str, render: Render, holds: Callable[[], bool], pulse: Pulse
    ) -> AsyncIterator[bytes]:
        """The events of one open page. `key` is equal for those who see the same, `seen` is what the browser has; `holds`:
        whether the caller is still signed in; `pulse` says when to look."""
        scene = self._scenes.setdefault(key, Scene())
        scene.looking += 1
        try:
            yield b"retry: 1000\n: connected\n\n"
            beat = pulse.beat
            while not self._closing.is_set():
                if not holds():
                    yield b"event: signed-out\ndata: .\n\n"
                    return
                try:
                    await scene.at(beat, render)
                except ApiError as error:
                    if error.status in (401, 403):  # asked again and again it would be refused, and audited, as often
                        yield b"event: signed-out\ndata: .\n\n"
                        return
                    yield b"event: trouble\ndata: %s\n\n" % one_line(str(error)).encode()
                else:
                    if not scene.is_now(seen):
                        yield scene.since(seen)
                        seen = scene.state
                following = await self._next(pulse, beat)
                if following is None:
                    yield b": still here\n\n"
                beat = following or beat
        finally:
            scene.looking -= 1
            if not scene.looking and self._scenes.get(key) is scene:
                del self._scenes[key]

    @staticmethod
    async def _next(pulse: Pulse, beat: int) -> int | None:
        """The next beat, or that of the end; None where for a while nothing happened."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                return await pulse.after(beat)
        except TimeoutError:
            return None
