"""How well a name fits what somebody types into a palette: exactly, by its beginning, by words, by letters within, nearly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process

EXACT, BEGINS, WORDS, WITHIN, NEARLY = 90, 75, 60, 45, 5
BROKEN = 9
"""More for what is broken: it comes before what is whole and fits as well."""
_SHORTEST = 3  # letters of which another name can be a slip
_NEAR = 72.0  # of 100: one letter wrong in four
_JOINTS = " -_./:"
_PARTS = str.maketrans("-_./:", "     ")


class Hit(NamedTuple):
    """Something that fits; in this order they are shown. `score` is 0 to 99, `order` that of its kind, `about` what it is."""

    against: int
    order: int
    length: int
    name: str
    namespace: str
    about: Any

    @property
    def score(self) -> int:
        """How well it fits."""
        return -self.against


class Query:
    """What was typed."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.lower().split())
        self.words = self.text.split()
        self._first, self._others = (self.words or [""])[0], self.words[1:]

    def may_fit(self, hay: str) -> bool:
        """Does every word stand in what leads to a thing? Asked of everything, so that only what passes costs more."""
        return self._first in hay and (not self._others or all(word in hay for word in self._others))

    def score(self, names: Sequence[str], hay: str) -> int:
        """How well these names fit, and all words (`hay`) that lead to the thing, all lower case; 0: not at all."""
        if self.text in names:
            return EXACT
        for name in names:
            if name.startswith(self.text):
                return BEGINS
        if not self.may_fit(hay):
            return 0
        return WORDS if all(_begins_a_word(word, hay) for word in self.words) else WITHIN


def first(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """The best, in their order."""
    return nsmallest(limit, hits, key=itemgetter(slice(0, 5)))


def nearly(query: Query, hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Those of `hits` that are called nearly so: a slip of the fingers in a name, or in one of the words it is made of."""
    text = query.text.replace(" ", "-")
    if len(text) < _SHORTEST:
        return []
    called: dict[str, list[int]] = {}
    for number, hit in enumerate(hits):
        for name in _spoken(hit.name):
            called.setdefault(name, []).append(number)
    near: dict[int, float] = {}
    for name, likeness, _ in process.extract(text, list(called), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit):
        for number in called[name]:
            near[number] = max(near.get(number, 0.0), likeness)
    found = (
        hits[number]._replace(against=hits[number].against - NEARLY - round(likeness - _NEAR))
        for number, likeness in near.items()
    )
    return first(found, limit)


def _begins_a_word(word: str, hay: str) -> bool:
    at = hay.find(word)
    while at > 0 and hay[at - 1] not in _JOINTS:
        at = hay.find(word, at + 1)
    return at >= 0


def _spoken(name: str) -> Iterator[str]:
    """A name, and each of its parts that is long enough to be misspelt."""
    yield name
    parts = name.translate(_PARTS).split()
    if len(parts) > 1:
        yield from (part for part in parts if len(part) > _SHORTEST)
