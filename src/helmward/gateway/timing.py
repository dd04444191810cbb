"""How long a call takes, and how much of that is Helmward's own: a watch that stops while somebody else is waited for."""

from __future__ import annotations

from time import monotonic

from helmward.core.traffic import Took


class Timing:
    """Runs from its making. `sent`: the call went on to an upstream; of others nothing is measured."""

    __slots__ = ("_began", "_first", "_own", "_runs", "_since", "sent")

    def __init__(self) -> None:
        self._began = self._since = monotonic()
        self._own = 0.0
        self._first: float | None = None
        self._runs = True
        self.sent = False

    def pause(self) -> None:
        """An upstream or a caller is waited for from now on."""
        if self._runs:
            self._own += monotonic() - self._since
            self._runs = False

    def resume(self) -> None:
        """Helmward works again."""
        if not self._runs:
            self._since = monotonic()
            self._runs = True

    def given(self, text: bool) -> None:
        """A piece of a stream goes out now; `text`: some text of the answer has come."""
        self.pause()
        if text and self._first is None:
            self._first = monotonic() - self._began

    def took(self) -> Took | None:
        """The sums until now; None of a call that was not sent."""
        if not self.sent:
            return None
        now = monotonic()
        own = self._own + (now - self._since if self._runs else 0.0)
        return Took(now - self._began, self._first, own)
