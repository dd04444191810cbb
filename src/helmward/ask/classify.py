"""The classifier: the nearest labelled utterances by weighted letters and words, with a threshold below which it says nothing.

Cosine over TF-IDF of words, pairs of words and 3-letter pieces; each intent's score is the mean of its two nearest utterances.
Names, places and numbers are taken out first, so that only the way of asking counts. It learns at its first use (some 50 ms)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from helmward.ask.tokens import Token

ACCEPT = 0.65
"""The score from which an intent is accepted that no word of the grammar names."""
AGREE = 0.30
"""The score from which it may agree with the grammar where words are left over."""
OUT = "out"
"""The label of what is nothing to be asked here."""

_NEAREST = 2
_STANDING = {"NAME": "name", "PLACE": "place", "EITHER": "name", "NUMBER": "number", "ID": "id", "DATA": "data"}


class Guess(NamedTuple):
    """The likeliest intent, its score (0..1) and how far the next one is behind."""

    intent: str
    score: float
    margin: float


def pieces(tokens: Iterable[Token]) -> Counter[str]:
    """What is counted of an utterance."""
    words = [_STANDING.get(token.tag, "") or token.text for token in tokens if token.text not in ".,!:"]
    text = " ".join(words)
    found = Counter(f"w:{word}" for word in text.split())
    found.update(f"p:{one} {two}" for one, two in zip(["^", *words], [*words, "$"], strict=True))
    padded = f" {text} "
    found.update(f"c:{padded[at : at + 3]}" for at in range(len(padded) - 2))
    return found


class Classifier:
    """Knows labelled utterances."""

    def __init__(self, examples: Sequence[tuple[str, Counter[str]]]) -> None:
        documents = Counter(piece for _, counted in examples for piece in counted)
        total = len(examples)
        self._weight = {piece: math.log((1 + total) / (1 + count)) + 1 for piece, count in documents.items()}
        self._labels = [label for label, _ in examples]
        self._posting: Mapping[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, counted) in enumerate(examples):
            for piece, value in self._vector(counted).items():
                self._posting[piece].append((number, value))

    def guess(self, counted: Counter[str], without: int = -1) -> Guess:
        """The likeliest intent. `without` leaves one example out, by its number: how thresholds are found."""
        scores: dict[int, float] = defaultdict(float)
        for piece, value in self._vector(counted).items():
            for number, other in self._posting.get(piece, ()):
                scores[number] += value * other
        scores.pop(without, None)
        by_label: dict[str, list[float]] = defaultdict(list)
        for number, score in scores.items():
            by_label[self._labels[number]].append(score)
        means = [(_mean(found), label) for label, found in by_label.items()]
        ranked = sorted([*means, (0.0, OUT)], reverse=True)
        second = next((score for score, label in ranked[1:] if label != ranked[0][1]), 0.0)
        return Guess(ranked[0][1], ranked[0][0], ranked[0][0] - second)

    def _vector(self, counted: Counter[str]) -> dict[str, float]:
        weighted = {
            piece: (1 + math.log(count)) * self._weight[piece]
            for piece, count in counted.items()
            if piece in self._weight
        }
        # What was never seen counts in the length: a sentence of unknown words is near to nothing.
        unseen = sum(1 for piece in counted if piece not in self._weight)
        length = math.sqrt(sum(value * value for value in weighted.values()) + unseen * _UNSEEN)
        return {piece: value / length for piece, value in weighted.items()} if length else {}


_UNSEEN = 9.0
"""The squared weight of a piece that no example has; about that of one which a few have."""


def _mean(scores: list[float]) -> float:
    best = sorted(scores, reverse=True)[:_NEAREST]
    return sum(best) / _NEAREST


@cache
def trained() -> Classifier:
    """The classifier of the utterances that ship with the package."""
    from helmward.ask.utterances import TRAINING, load
    from helmward.ask.utterances.shop import SHOP

    return Classifier([(example.label, pieces(example.tokens(SHOP))) for example in load(TRAINING) if example.label])
