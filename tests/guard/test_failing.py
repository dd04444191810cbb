"""A guard that fails blocks, whole and streamed, and is told of without a word of the text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from helmward.guard.contract import About, Rule, Span, WindowedGuard
from helmward.guard.pipeline import Guards


class Breaks(WindowedGuard):
    """Raises with the text in its error."""

    name = "breaks"
    order = 1
    roles = frozenset({"assistant"})
    rules = (Rule("never", "flag"),)

    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        raise ValueError(text)

    def find(self, text: str, about: About) -> Iterable[Span]:
        return ()


def test_it_blocks_and_says_where(caplog: pytest.LogCaptureFixture) -> None:
    guards = Guards([Breaks()])
    verdict = guards.check("a private word", About("assistant"))
    assert (verdict.verdict, verdict.spans[0].rule) == ("block", "guard/failed")
    stream = guards.stream(About("assistant"))
    released = [stream.feed("a private word "), stream.end()]
    assert all(not one.text for one in released) and stream.blocked == "guard/failed"
    assert caplog.text.count("ValueError at ") == 2 and "private" not in caplog.text
