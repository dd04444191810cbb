"""What is spent of a budget: for one subject, in one window of time.

Windows are fixed: they follow each other from 1970 on, without a gap. So a figure holds for each window exactly; around the
edge of two, twice of it may be spent within one length. (A sliding window would have to keep every call, durably.)

A clock that goes back frees nothing: a window that has begun is counted on. Only where it went back by more than the
window's length is the window moved to where the clock is now, with all that is spent, for else it would never end.
"""

from __future__ import annotations

from helmward.core.spending import Amounts, WindowRow
from helmward.gateway.budget.rules import Rule


class Window:
    """The figures of one window, each of requests, tokens, nano-dollars.

    `settled` is spent. `recovered` was leased when a server crashed: it may have been spent, and counts. `held` is both, and
    what open calls reserved. `leased`, which is durable, is never less than `held`, but where a call used more than it
    reserved, until that is written. `wanted`: what waits for a larger lease. `past`: a later window has taken its row.
    """

    __slots__ = ("ends", "held", "leased", "past", "recovered", "rule", "settled", "start", "subject", "wanted")

    def __init__(self, rule: Rule, subject: str, start: float) -> None:
        self.rule, self.subject = rule, subject
        self.start, self.ends = start, start + rule.seconds
        self.held, self.settled, self.recovered = [0, 0, 0], [0, 0, 0], [0, 0, 0]
        self.leased, self.wanted = [0, 0, 0], [0, 0, 0]
        self.past = False

    def move(self, start: float) -> None:
        """The clock went back by more than a window."""
        self.start, self.ends = start, start + self.rule.seconds

    def target(self) -> Amounts:
        """What is to be leased: what is held and waited for, and a block more, within the limit. Where that is less than now,
        nothing more of the rest is given away at once."""
        found = []
        for unit, limit in enumerate(self.rule.limits):
            held = max(0, self.held[unit])
            more = held + self.wanted[unit] + self.rule.blocks[unit]
            aim = held if limit is None else max(held, min(limit, more))
            found.append(aim)
            self.leased[unit] = min(self.leased[unit], aim)
        return found[0], found[1], found[2]

    def row(self, leased: Amounts) -> WindowRow:
        """As it is kept."""
        settled = (self.settled[0], self.settled[1], self.settled[2])
        return WindowRow(self.rule.id, self.subject, self.start, self.ends, leased, settled)


class Counter:
    """One subject of one budget: its present window, and how many of its calls run."""

    __slots__ = ("rule", "running", "subject", "window")

    def __init__(self, rule: Rule, subject: str, now: float, row: WindowRow | None = None) -> None:
        self.rule, self.subject, self.running = rule, subject, 0
        self.window = Window(rule, subject, rule.start(now))
        if row is not None and row.ends > self.window.start:
            self._recover(row, now)

    def _recover(self, row: WindowRow, now: float) -> None:
        """All that was leased counts as spent. A window that begins later than the clock says is kept (see above)."""
        window = self.window
        if window.start < row.start <= now + self.rule.seconds:
            window.move(row.start)
        window.held[:] = window.leased[:] = row.leased
        window.settled[:] = row.settled
        window.recovered[:] = [
            max(0, leased - settled) for leased, settled in zip(row.leased, row.settled, strict=True)
        ]

    def at(self, now: float) -> Window:
        """The window that counts now; a new one where the last has ended."""
        window = self.window
        if window.start <= now < window.ends:
            return window
        if now >= window.ends:
            window.past = True
            self.window = window = Window(self.rule, self.subject, self.rule.start(now))
        elif window.start - now > self.rule.seconds:
            window.move(self.rule.start(now))
        return window

    def over(self, now: float) -> bool:
        """Whether nothing of it counts any more."""
        return not self.running and now >= self.window.ends
