"""Labelled utterances. `train_*` is what the classifier and the authors of the grammar may look at; `held_*` is held apart."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

from helmward.ask.clean import clean
from helmward.ask.inventory import Inventory
from helmward.ask.tokens import Token, tokens_of
from helmward.ask.words import words_of

TRAINING = ("train_en", "train_ko", "train_late_en", "train_late_ko")
HELD_APART = ("held_en", "held_ko", "held_late_en", "held_late_ko")


class Example(NamedTuple):
    """What was said, after which turns, and what is expected: `restart production/frontend`, `ask namespace`, `reject`."""

    text: str
    expected: str
    before: tuple[str, ...]
    language: str

    @property
    def label(self) -> str:
        """The intent that the words alone show; "" where the words before are needed, or where it is asked back."""
        first = self.expected.split()[0]
        return "" if self.before or first == "ask" else "out" if first == "reject" else first

    def tokens(self, inventory: Inventory) -> list[Token]:
        """The terminals of the text."""
        return tokens_of(words_of(clean(self.text)), inventory)


def load(names: tuple[str, ...]) -> list[Example]:
    """The examples of these files, in their order."""
    return [example for name in names for example in _read(name)]


def _read(name: str) -> list[Example]:
    found, before = [], list[str]()
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("<"):
            before.append(line[1:].strip())
        elif line.strip() and not line.startswith("#"):
            said, _, expected = line.rpartition(" => ")
            found.append(Example(said.strip(), expected.strip(), tuple(before), name.rpartition("_")[2]))
            before = []
    return found
