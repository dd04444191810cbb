"""Who read which keys of the world, and answers that are kept until one of the keys they rest on is touched."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Set
from typing import Generic, TypeVar

from helmward.world.indexes import Key

Reader = TypeVar("Reader", bound=Hashable)
Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


class Readers(Generic[Reader]):
    """The keys that each reader last looked up, to be found by key."""

    def __init__(self) -> None:
        self._keys: dict[Reader, frozenset[Key]] = {}
        self._readers: dict[Key, set[Reader]] = {}

    def read(self, reader: Reader, keys: Set[Key]) -> None:
        """What `reader` looked up now, in place of what it looked up before. No keys: it is gone."""
        old = self._keys.get(reader, frozenset())
        if old == keys:
            return
        for key in old - keys:
            readers = self._readers[key]
            readers.discard(reader)
            if not readers:
                del self._readers[key]
        for key in keys - old:
            self._readers.setdefault(key, set()).add(reader)
        if keys:
            self._keys[reader] = frozenset(keys)
        else:
            self._keys.pop(reader, None)

    def of(self, touched: Iterable[Key]) -> set[Reader]:
        """Whoever looked up one of these keys."""
        return {reader for key in touched for reader in self._readers.get(key, ())}


class Kept(Generic[Question, Answer]):
    """Answers to questions about the world, each given once until a key that it rests on is touched.

    `answer(question, seen)` gives the answer and adds to `seen` every key it looked up. An answer may depend on nothing
    else: not on the clock, and on another's answers only with that other's keys.
    """

    def __init__(self, answer: Callable[[Question, set[Key]], Answer]) -> None:
        self._answer = answer
        self._answers: dict[Question, tuple[Answer, frozenset[Key]]] = {}
        self._readers: Readers[Question] = Readers()

    def ask(self, question: Question, seen: set[Key]) -> Answer:
        """The answer; the keys that it rests on are added to `seen`."""
        kept = self._answers.get(question)
        if kept is None:
            own: set[Key] = set()
            kept = self._answer(question, own), frozenset(own)
            self._answers[question] = kept
            self._readers.read(question, kept[1])
        seen |= kept[1]
        return kept[0]

    def touch(self, keys: Iterable[Key]) -> set[Question]:
        """Forget the answers that rest on one of `keys`. Returns their questions."""
        stale = self._readers.of(keys)
        for question in stale:
            self.forget(question)
        return stale

    def forget(self, question: Question) -> None:
        """The answer does not hold any more, or is not needed."""
        if self._answers.pop(question, None) is not None:
            self._readers.read(question, frozenset())
