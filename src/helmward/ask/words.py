"""Cuts clean text into words: English contractions are written out, Hangul is cut from what it stands at."""

from __future__ import annotations

import re
from typing import NamedTuple

from helmward.ask.clean import Clean
from helmward.ask.lexicon.english import CONTRACTIONS, NUMBERS

MOST_WORDS = 200

_WORD = re.compile(
    r"(?P<data>\x00)"
    r"|(?P<id>\b(?:inc|plan|act)-[a-z0-9]{4,16}(?:-\d{1,2})?\b)"
    r"|(?P<range>\d+ ?(?:-|~|\.\.) ?\d+(?![\w.-]))"
    r"|(?P<odd>~ ?\d+|\d+ ?~|\.\d+|0\d+|[-+]\d+(?:\.\d+)?%?|\d+\.\d+%?|\d+%|\d+(?:,\d{3})+|x\d+\b|\d+x\b)"
    r"|(?P<number>\d+(?![a-z0-9_/-]|\.\w))"
    r"|(?P<hangul>[가-힣ㄱ-ㅎ]+)"
    r"|(?P<word>[a-z0-9](?:[a-z0-9._'/:@-]*[a-z0-9])?)"
    r"|(?P<option>--?[a-z][a-z-]*)"
    r"|(?P<mark>->|=>|&&|\S)"
)
_MOST_DIGITS = 9


class Word(NamedTuple):
    """A piece of the text. `sort` is how it was cut; `number` is the value of a number, written or spoken; `glued`: it stands
    right behind the piece before, as Korean particles do."""

    text: str
    sort: str
    number: int | None = None
    glued: bool = False


def words_of(text: Clean) -> list[Word]:
    """The pieces of the text, in order; of what is quoted, those that stand in place of each quote."""
    found: list[Word] = []
    quoted = iter(text.quoted)
    end = 0
    for match in _WORD.finditer(text.words):
        sort, piece = match.lastgroup or "mark", match.group()
        glued, end = match.start() == end, match.end()
        if sort == "data":
            found.append(Word(next(quoted, ""), "data"))
        elif sort == "word":
            found += _english(piece)
        else:
            found.append(Word(piece, *_number(sort, piece), glued))
        if len(found) > MOST_WORDS:
            break
    return found


def _number(sort: str, piece: str) -> tuple[str, int | None]:
    if sort != "number":
        return sort, None
    return ("number", int(piece)) if len(piece) <= _MOST_DIGITS else ("odd", None)


def _english(piece: str) -> list[Word]:
    if piece in NUMBERS:
        return [Word(piece, "number", NUMBERS[piece])]
    if piece in CONTRACTIONS:
        return [Word(part, "word") for part in CONTRACTIONS[piece].split()]
    if piece.endswith("n't"):
        return [Word(piece[:-3], "word"), Word("not", "word")]
    for ending in ("'s", "'re", "'ll", "'d", "'ve", "'m"):
        if piece.endswith(ending):
            return [Word(piece.removesuffix(ending), "word"), *([Word("'s", "word")] if ending == "'s" else [])]
    return [Word(piece, "word")]
