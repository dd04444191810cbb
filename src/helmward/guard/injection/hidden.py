"""The parts of a text that a reader does not see: comments, elements without size, white on white."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helmward.guard.injection.shadow import Pattern, shadow_of

_COMMENTS = (("<!--", "-->"), ("{#", "#}"), ("[//]:", "\n"), ("[comment]:", "\n"), ("[_]:", "\n"))
_LONGEST = 4000
_TAG = Pattern(r"<[a-z]\w{0,12}\s[^<>]*>")
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:\.0+)?\s*[;\"']|color\s*:\s*(?:white|#fff(?:fff)?|transparent)|(?:left|top|text-indent)\s*:\s*-\d{3}"
    r"|\shidden[\s>=]|aria-hidden=[\"']?true|(?:width|height)\s*:\s*0(?:px)?\s*[;\"']"
)


def hidden(folded: str) -> Iterator[tuple[int, int]]:
    """Where such parts are, by offsets."""
    for opens, closes in _COMMENTS:
        yield from _between(folded, opens, closes)
    if "<" in folded and ("style" in folded or "hidden" in folded):
        for start, end in _TAG.spans(shadow_of(folded)):
            if _UNSEEN.search(folded[start : min(end, start + _LONGEST)]):
                stop = folded.find("<", end)
                yield end, min(stop if stop >= 0 else len(folded), end + _LONGEST)


def _between(text: str, opens: str, closes: str) -> Iterator[tuple[int, int]]:
    at = text.find(opens)
    while at >= 0:
        end = text.find(closes, at + len(opens))
        end = len(text) if end < 0 else end
        yield at + len(opens), min(end, at + _LONGEST)
        at = text.find(opens, end)
