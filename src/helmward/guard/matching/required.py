"""Which words must stand in a text for a pattern to match it at all: asked first, since a table of many long patterns is slow on
texts that it never saw (its automaton grows with every new one), and a list of words is not.

A match of a concatenation holds what a match of each part holds; of an alternation, what a match of one branch holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from helmward.guard.matching.trees import CONSTANTS, PARSER

SHORTEST = 3
"""Letters of a word that is worth looking for."""
_MOST = 400


def required(pattern: str) -> list[frozenset[str]]:
    """Sets of words (lower case): of each, at least one stands in every text that matches. The rarest set first; none where
    there is nothing to tell."""
    return sorted(_candidates(list(PARSER.parse(pattern.encode().decode("latin-1")))), key=_common)


def _candidates(items: Sequence[Any]) -> Iterable[frozenset[str]]:
    """For each part of a sequence that says anything: words of which one must be there."""
    run = ""
    for operator, value in items:
        if operator is CONSTANTS.LITERAL and value < 0x80 and chr(value).isalpha():
            run += chr(value).lower()
            continue
        if len(run) >= SHORTEST:
            yield frozenset({run})
        run = ""
        found = _of(operator, value)
        if found is not None:
            yield found
    if len(run) >= SHORTEST:
        yield frozenset({run})


def _of(operator: Any, value: Any) -> frozenset[str] | None:
    if operator is CONSTANTS.SUBPATTERN:
        return _best(_candidates(list(value[3])))
    if operator in (CONSTANTS.MAX_REPEAT, CONSTANTS.MIN_REPEAT):
        return _best(_candidates(list(value[2]))) if value[0] > 0 else None
    if operator is CONSTANTS.BRANCH:
        return _any([_best(_candidates(list(branch))) for branch in value[1]])
    return None


def _any(branches: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    if not branches or any(branch is None for branch in branches):
        return None
    joined = frozenset().union(*(branch for branch in branches if branch is not None))
    return joined if len(joined) <= _MOST else None


def _best(candidates: Iterable[frozenset[str]]) -> frozenset[str] | None:
    """The one whose words stand in the fewest texts."""
    return min(candidates, key=_common, default=None)


def _common(words: frozenset[str]) -> float:
    return sum(map(_commonness, words))


def _commonness(word: str) -> float:
    """Roughly how often a word of so many letters stands in a text by chance."""
    return 1.0 if word in _EVERYWHERE else 3.0 ** (3 - min(len(word), 9))


_EVERYWHERE = frozenset(
    ["the", "and", "you", "all", "not", "can", "any", "that", "this", "with", "for", "are", "has", "use", "one", "will"]
)
