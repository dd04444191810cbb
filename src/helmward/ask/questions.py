"""Questions that are asked back."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.ask.inventory import Thing
from helmward.ask.results import Choice, Question, Slot

MOST_CHOICES = 8


class Asking(Exception):
    """A slot is missing; `question` asks for it."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.text)
        self.question = question


def ask(intent: str, slot: Slot, text: str, choices: tuple[Choice, ...] = ()) -> Asking:
    """What to raise for a missing slot. More choices than anybody reads are left out."""
    kept = choices if len(choices) <= MOST_CHOICES else ()
    return Asking(Question(slot=slot, text=text, intent=intent, choices=kept))


def choices_of(things: Iterable[Thing]) -> tuple[Choice, ...]:
    """Objects to choose from."""
    ordered = sorted(set(things), key=lambda thing: (thing.namespace, thing.name, thing.kind))
    return tuple(Choice(text=str(thing), value=thing.name, thing=thing) for thing in ordered)
