"""Words as they come, made plain: Unicode forms folded, and what is quoted or pasted taken out as data."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from helmward.core.text import HOSTILE

LONGEST = 2000
"""Characters of a question, which is the first line of a text; a longer one is a document, not a question."""

_QUOTED = re.compile(
    r"```.*?(?:```|$)|`[^`]*(?:`|$)|\"[^\"]*(?:\"|$)|(?<!\w)'[^']*(?:'(?!\w)|$)|«[^»]*(?:»|$)|「[^」]*(?:」|$)",
    re.DOTALL,
)
"""Quotes of several kinds. One that is not closed quotes all that follows."""

_SHORT = {"y": "yes", "n": "no", "ㅇ": "네", "ㄴ": "아니"}
"""What one letter alone says to a question."""

_MARK = "\x00"
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-"})


class Clean(NamedTuple):
    """`words` is lower-case, with \\x00 where something quoted stood; `quoted` is what stood there, in that order."""

    words: str
    quoted: tuple[str, ...]


def clean(text: str) -> Clean:
    """Fold compatibility forms (NFKC) and case, drop invisible characters, take quotes and all lines but the first out.

    What follows on later lines was pasted: a log, an alert, a manifest."""
    folded = HOSTILE.sub("", unicodedata.normalize("NFKC", text).translate(_PLAIN)).lower()
    first, _, rest = _SHORT.get(folded.strip(), folded.strip()).partition("\n")
    quoted: list[str] = []

    def take(match: re.Match[str]) -> str:
        quoted.append(match.group().strip("`\"'«»「」 "))
        return f" {_MARK} "

    words = _QUOTED.sub(take, first)
    if rest.strip():
        quoted.append(rest.strip())
        words += f" {_MARK}"
    return Clean(words, tuple(quoted))
