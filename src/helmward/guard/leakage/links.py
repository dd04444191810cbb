"""Links and images in an answer that would carry data to somebody: whoever reads the answer, or only opens it, sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from helmward.guard.contract import LONGEST_SPAN, Span
from helmward.guard.leakage.cargo import Address, address_of, carries
from helmward.guard.leakage.rules import rule
from helmward.guard.matching.marks import MARK
from helmward.guard.matching.prefixes import unfinished

_URL = r"(?i)(?:https?|wss?|ftp):[/\\]{1,4}[^\s<>\"'`]+"
_IMAGE = r"!\[[^\[\]]*\]\(\s*<?"
_REFERENCE = r"\[[^\[\]\n]+\]:\s*<?"
_TAGS = "img|image|iframe|frame|script|link|video|audio|source|track|embed|object|input|body|svg|use|style|meta|base|table|td|div"
_TAG = rf"(?i)<(?:{_TAGS})[\s/][^<>]*"
_ANGLE = r"\](?:\(|:)\s*<[^<>\n]*"
_STYLE = r"(?i)(?:url\(\s*[\"']?|@import\s+[\"']?)"
_REST = r"[^\s<>()\"'`]*"

OPENS = tuple(
    pattern
    for whole in (_URL, _IMAGE + _REST, _REFERENCE + _REST, _ANGLE, _TAG, _STYLE + _REST)
    if (pattern := unfinished(whole)) is not None
)
"""What is under way while a link is written."""

# What makes a browser fetch an address without being asked; without a scheme, it is an address there alone.
_BEFORE = re.compile(
    rf"(?:{_IMAGE}|{_REFERENCE}|<(?:{_TAGS})[\s/](?:[^<>]*[\s\"'=,(])?|\burl\(\s*[\"']?|@import\s+[\"']?)\Z",
    re.I,
)
_ANY_URL = re.compile(r"(?:(?:https?|wss?|ftp):[/\\]{1,4}|(?<![:/\\\w.])[/\\]{2})[^\s<>\"'`/\\][^\s<>\"'`]*", re.I)
_SEEN_BEFORE = 1000
# Where an address may hold white space: between angle brackets (CommonMark), or quotes in a tag, where browsers drop it.
_ANGLED = re.compile(r"\](?:\(|:)\s*<\Z")
_QUOTED = re.compile(rf"<(?:{_TAGS})[\s/](?:[^<>]*[\s\"'])?[\w:-]+\s*=\s*([\"'])\s*\Z", re.I)


class Links:
    """Judges links; `allowed` are the host patterns that may have data."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = tuple(pattern.lower() for pattern in allowed)

    def areas(self, text: str) -> list[tuple[int, int]]:
        """Where addresses are."""
        if "//" not in text and "\\" not in text and ":/" not in text:
            return []
        return [match.span() for match in _ANY_URL.finditer(text)]

    def find(self, text: str) -> Iterator[Span]:
        """The addresses that carry something."""
        for start, end in self.areas(text):
            before = text[max(0, start - _SEEN_BEFORE) : start]
            end = min(_end(text, start, end, before), start + LONGEST_SPAN)
            name = self._judged("".join(text[start:end].split()), before)
            if name:
                yield Span(rule(name), start, end, 0.9)

    def _judged(self, url: str, before: str) -> str:
        """The rule that an address breaks, "" for none."""
        address = address_of(url)
        if any(":" in mark for mark in MARK.findall(address.plain)):  # one that can be restored
            return "placeholder-in-link"
        if self._is_allowed(address) or not carries(address, fetched=True):
            return ""
        if _BEFORE.search(before):
            return "image-exfiltration"
        return "link-exfiltration" if not address.relative and carries(address, fetched=False) else ""

    def _is_allowed(self, address: Address) -> bool:
        return any(fnmatchcase(address.host, pattern) for pattern in self._allowed)


def _end(text: str, start: int, end: int, before: str) -> int:
    """Where the address ends of which the run up to `end` has no white space."""
    if _ANGLED.search(before):
        closes = re.compile(r"[<>\n]")
    elif quoted := _QUOTED.search(before):
        closes = re.compile(rf"[<>{quoted[1]}]")
    else:
        return start + _length(text[start:end], before)
    closed = closes.search(text, start, start + LONGEST_SPAN)
    return closed.start() if closed else min(len(text), start + LONGEST_SPAN)


def _length(url: str, before: str) -> int:
    """How much of a run without white space is the address: not the bracket that closes what stands before it, nor what
    ends a sentence."""
    if before.endswith(("(", "(<")):
        depth = 0
        for index, character in enumerate(url):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return index
    return max(1, len(url.rstrip(".,;:!?*_")))
