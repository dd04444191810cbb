"""Disguises within a sentence, undone in place: invisible characters, escapes, spaced letters, digits for letters."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from helmward.guard.injection.shadow import Pattern, shadow_of
from helmward.guard.injection.signs import SIGNS
from helmward.guard.injection.views import Edit

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
"""Zero-width and formatting characters, as in a regular expression's class."""

_INVISIBLE = re.compile(f"[{INVISIBLE}\u0300-\u036f\U000e0100-\U000e01ef]+")
TAGS = re.compile("\U0001f3f4?[\U000e0000-\U000e007f]+")
"""Tag characters, with the black flag before them where they make a flag."""

_ENTITIES = Pattern(r"(?i)(?:&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});)+")
_PERCENT = Pattern(r"(?i)(?:%[0-9a-f]{2})+")
_ESCAPES = Pattern(r"(?i)(?:\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\u\{[0-9a-f]{1,6}\})+")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))", re.I)
_SPACED = Pattern(r"(?i)\b[a-z](?:[ ._*|/~+-]{1,4}[a-z]\b){4,}")
_SEPARATOR = re.compile(r"[ ._*\-|/~+]+")
_LEET_WORD = Pattern(r"(?i)[a-z0-9@$|!]{3,20}")
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[013457@$|!])(?!\d+[a-z]?$)", re.I)
_CORE = Pattern(SIGNS["digits"])
_DIGIT = re.compile(r"[0-9@$|!]")
_FIRST = re.compile(r"\A1")
_LEET = str.maketrans("034578@$|!", "oeastbasii")


def plain_of_tags(text: str) -> str:
    """What a run of tag characters spells in ASCII; "" for a flag."""
    if text.startswith("\U0001f3f4"):
        return ""
    return "".join(chr(ord(character) - 0xE0000) for character in text if 0xE0020 <= ord(character) < 0xE007F)


def invisible(text: str) -> Iterator[Edit]:
    """Without what nobody sees, and with what tag characters spell."""
    for match in TAGS.finditer(text):
        yield Edit(*match.span(), f" {plain_of_tags(match.group())} ")
    yield from (Edit(*match.span(), "") for match in _INVISIBLE.finditer(text))


def parted(text: str) -> Iterator[Edit]:
    """The same, where what nobody sees stands for a blank."""
    yield from (Edit(*match.span(), " ") for match in _INVISIBLE.finditer(text))


def entities(text: str) -> Iterator[Edit]:
    """HTML's references to characters."""
    yield from (Edit(start, end, html.unescape(text[start:end])) for start, end in _ENTITIES.spans(shadow_of(text)))


def percents(text: str) -> Iterator[Edit]:
    """URLs' encoding."""
    found = list(_PERCENT.spans(shadow_of(text)))
    yield from (Edit(start, end, unquote(text[start:end], errors="replace")) for start, end in found)
    if "%20" not in text and "+" in text:
        yield from (Edit(*match.span(), " ") for match in re.finditer(r"(?<=\w)\+(?=\w)", text))


def escapes(text: str) -> Iterator[Edit]:
    """JSON's, and those of programs."""
    for start, end in _ESCAPES.spans(shadow_of(text)):
        yield Edit(start, end, _ESCAPE.sub(_unescaped, text[start:end]))


def _unescaped(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code < 0x110000 else " "


def spaced(text: str) -> Iterator[Edit]:
    """`i g n o r e   a l l`: letters that stand apart. What most often parts them is nothing, all else is a blank."""
    for start, end in _SPACED.spans(shadow_of(text)):
        usual = Counter(_SEPARATOR.findall(text[start:end])).most_common(1)[0][0]
        yield Edit(start, end, _SEPARATOR.sub(lambda gap: "" if gap.group() == usual else " ", text[start:end]))  # noqa: B023


def digits(text: str, one: str) -> Iterator[Edit]:
    """Words that mix letters with digits that look like letters; `one` is what a 1 stands for."""
    shadow = shadow_of(text)
    if not any(_DIGIT.search(text[start:end]) for start, end in _CORE.spans(shadow)):
        return
    table = {**_LEET, ord("1"): ord(one)}
    for start, end in _LEET_WORD.spans(shadow):
        if _MIXED.match(text[start:end]):
            yield Edit(start, end, _FIRST.sub("i", text[start:end]).translate(table))


class Disguise(NamedTuple):
    """`undo` gives the edits that undo it, where the text has the sign (signs.py)."""

    sign: str
    undo: Callable[[str], Iterator[Edit]]


DISGUISES = (
    Disguise("invisible", invisible),
    Disguise("invisible", parted),
    Disguise("entity", entities),
    Disguise("percent", percents),
    Disguise("escape", escapes),
    Disguise("spaced", spaced),
    Disguise("digits", lambda text: digits(text, "i")),
    Disguise("digits", lambda text: digits(text, "l")),
)
