"""The English phrases of the lexicon as one table, and words of it with one slip of the finger."""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import OSA

from helmward.ask.lexicon import english

_MISSPELT = frozenset(
    ("RESTART", "SCALE", "ROLLBACK", "MEND", "LOGS", "EVENTS", "DESCRIBE", "INCIDENTS", "REPLICAS", "STATUS", "EXPLAIN",
     "HISTORY", "DELETE", "RESTORE")
)  # fmt: skip
"""Tags whose words are recognised with one slip."""

_SHORTEST = 5  # letters of a word that may be misspelt


@cache
def phrases() -> dict[str, tuple[str, str]]:
    """By phrase: its tag, and the phrase or the kind that it names."""
    found: dict[str, tuple[str, str]] = {}
    for tag, said in english.PHRASES.items():
        for phrase in said:
            found.setdefault(phrase, (tag, phrase))
    for kind, said in english.KINDS.items():
        for phrase in said:
            found.setdefault(phrase, ("KIND", kind))
    return found


@cache
def _spelt() -> tuple[tuple[str, str], ...]:
    """The words that may be misspelt, with their tags."""
    return tuple(
        (tag, phrase)
        for phrase, (tag, _) in phrases().items()
        if tag in _MISSPELT and " " not in phrase and len(phrase) >= _SHORTEST
    )


def misspelt(word: str) -> tuple[str, str, str] | None:
    """Tag, word and the phrase it is one slip away from (restrat, replcias); None where there is none, or several tags."""
    if len(word) < _SHORTEST or not word.isascii():
        return None
    near = sorted({(tag, phrase) for tag, phrase in _spelt() if _slip(word, phrase)})
    return (near[0][0], word, near[0][1]) if len({tag for tag, _ in near}) == 1 else None


def _slip(word: str, phrase: str) -> bool:
    """One slip of the finger; in a short word only two letters in the wrong order. Another form of it is no slip: reboots."""
    if abs(len(phrase) - len(word)) > 1 or word.startswith(phrase):
        return False
    if OSA.distance(word, phrase, score_cutoff=1) != 1:
        return False
    return len(phrase) > _SHORTEST or (len(word) == len(phrase) and sorted(word) == sorted(phrase))
