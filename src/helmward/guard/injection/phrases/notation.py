"""The notation of the phrase tables, and what a row is.

Patterns are RE2 over the UTF-8 bytes of a folded text (folding.py: lower case, no accents). A blank stands for whatever parts two
words of a sentence: white space, markup, a comma; `{n}` for up to n words. Nothing goes over the end of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helmward.guard.contract import Role

_PART = r"[^0-9a-z.!?\x80-\xff]{1,6}"
_WORD = r"[0-9a-z\x80-\xff][0-9a-z\x80-\xff'/-]{0,23}"
_BLANK = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.| ")
BOTH: frozenset[Role] = frozenset({"user", "tool"})
TOOL: frozenset[Role] = frozenset({"tool"})
USER: frozenset[Role] = frozenset({"user"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A row. `sure` False: it is only flagged. `asked`: it stands in a question too; else who asks about it does not do it."""

    kind: str
    pattern: str
    sure: bool = True
    roles: frozenset[Role] = BOTH
    asked: bool = True


def pattern(text: str) -> str:
    """RE2 for a pattern in this notation."""
    text = text.replace("your", "(?:you|u)r")
    text = re.sub(r"\(\?: \{(\d+)\}\)\?", lambda found: f"(?: {_WORD}){{0,{found[1]}}}", text)
    text = re.sub(r" ?\{(\d+)\} ?", lambda found: f" (?:{_WORD} ){{0,{found[1]}}}", text)
    return _BLANK.sub(lambda found: f"(?:{_PART})" if found[0] == " " else found[0], text)


def phrases(
    kind: str, *texts: str, sure: bool = True, roles: frozenset[Role] = BOTH, asked: bool = True
) -> list[Phrase]:
    """Rows of one kind that begin and end with a word."""
    return [Phrase(kind, rf"\b(?:{pattern(text)})", sure, roles, asked) for text in texts]
