"""Sentences with instants in them: told as how long ago, and nothing that stands in them becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from helmward.core.text import printable
from helmward.faces.console.rendering import lasting, prose, sentence, timeless

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
PIECES = (
    "2026-01-31T11:57:00Z", "2026-01-31T11:57:00.123456Z", "2026-13-31T11:57:00Z", "2027-01-31T11:57:00+00:00", "T11:57:00Z",
    " at ", "at ", "until ", "`", "<", ">", "&", '"', "'", "&lt;", "</time>", "<script>", "<time datetime='", "--", "x",
    "\n", "\x1b[1m", "\u202e", "é", ".",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=12).map("".join)


class _Read(HTMLParser):
    """What a browser makes of it: the tags with their attributes, and the text with each instant for its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._in_time = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_time = tag == "time"
        self.text += dict(attrs).get("datetime") or "" if self._in_time else ""

    def handle_endtag(self, tag: str) -> None:
        self._in_time = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_time else data


def read(markup: Markup) -> _Read:
    found = _Read()
    found.feed(str(markup))
    found.close()
    return found


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a → b by dana at 2026-01-31T11:57:00Z", "a → b by dana 3m ago"),
        ("begins anew at 2026-01-31T15:00:00Z.", "begins anew in 3h."),
        ("quiet until 2026-01-31T15:00:00Z", "quiet until 3h from now"),
        ("1 of 2 ready since 2026-01-31T11:00:00.123456Z; pay", "1 of 2 ready since 59m ago; pay"),
        ("the key x2026-01-31T11:57:00Z", "the key x2026-01-31T11:57:00Z"),
        ("since 2026-02-30T11:57:00Z", "since 2026-02-30T11:57:00Z"),
        (
            'pods of web are ready since 2026-01-31T11:00:00Z: "2026-01-31T11:00:00Z FATAL at 2026-01-31T11:00:00Z" (changed: '
            "since 2026-01-31T10:00:00Z → x at 2026-01-31T10:00:00Z by dana at 2026-01-31T11:57:00Z)",
            'pods of web are ready since 60m ago: "2026-01-31T11:00:00Z FATAL at 2026-01-31T11:00:00Z" (changed: '
            "since 2026-01-31T10:00:00Z → x at 2026-01-31T10:00:00Z by dana 3m ago)",
        ),
        (
            "restartedAt (none) → 2026-01-31T11:57:00Z by kubectl",
            "restartedAt (none) → 2026-01-31T11:57:00Z by kubectl",
        ),
        ("the app's key's gone since 2026-01-31T11:57:00Z.", "the app's key's gone since 3m ago."),
    ],
)
def test_an_instant_in_a_sentence_is_told(said: str, shown: str) -> None:
    made = sentence(said, NOW)
    assert unescape(re.sub(r"<[^>]*>", "", made)) == shown
    assert said == shown or "UTC" in made, "the instant itself is not on hover"
    assert b"ago" not in timeless(made.encode()), "an open page would be pushed a part each minute"


def test_a_command_is_left_exact() -> None:
    assert prose("Run `kubectl logs --since-time 2026-01-31T11:57:00Z` now", NOW) == (
        "Run <code>kubectl logs --since-time 2026-01-31T11:57:00Z</code> now"
    )


@pytest.mark.parametrize(("tell", "allowed"), [(sentence, {"time"}), (prose, {"time", "code"})])
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_hostile_text_is_inert(tell: Callable[[object, datetime], Markup], allowed: set[str], text: str) -> None:
    found = read(tell(text, NOW))
    assert {tag for tag, _ in found.tags} <= allowed
    for tag, attributes in found.tags:
        assert set(attributes) == ({"datetime", "title", "data-form"} if tag == "time" else set())
    # Nothing is lost but the "at" before an instant, and the marks around commands.
    instants = re.compile(r"(?:\bat )+(?=\d{4}-\d\d-\d\dT)")
    plain = printable(text)
    expected = [plain] if tell is sentence else [plain, plain.replace("`", "")]
    assert instants.sub("", found.text) in [instants.sub("", one) for one in expected]


QUOTES = {'"': '"', "'": "'", "`": "`", "at → ": " by dana"}


@settings(max_examples=200, deadline=None)
@given(
    before=st.sampled_from(("", "until 2026-01-31T11:57:00Z: ", "it's ")), text=TEXTS, mark=st.sampled_from([*QUOTES])
)
def test_what_is_only_repeated_is_shown_as_it_was_found(before: str, text: str, mark: str) -> None:
    repeated = printable(f"{mark}{text.replace('`', '') if mark == '`' else text}{QUOTES[mark]}")
    made = str(sentence(f"{before}log said {repeated}, by dana", NOW))
    assert str(escape(repeated)) in made


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"), (0.0, "at once"), (0.4, "0.4 s"), (1.0, "1 s"), (12.3, "12 s"), (59.6, "1 min"), (200, "3.3 min"),
        (3599, "1 h"), (9000, "2.5 h"), (172_800, "2 days"),
    ],
)  # fmt: skip
def test_how_long_something_lasted_in_the_unit_that_people_use(value: float | None, said: str) -> None:
    assert lasting(value) == said
