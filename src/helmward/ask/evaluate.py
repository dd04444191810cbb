"""How well `ask` understands: every labelled utterance of the part that was held apart, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from helmward.ask.conversation import NOTHING
from helmward.ask.inventory import Inventory
from helmward.ask.results import Command
from helmward.ask.understand import Understood, understand
from helmward.ask.utterances import HELD_APART, Example, load
from helmward.ask.utterances.shop import SHOP

PLAN = "plan-eval0001"
"""The plan that each change in a conversation is taken to have made."""


class Judged(NamedTuple):
    """An example and what became of it."""

    example: Example
    got: str
    change: bool

    @property
    def right(self) -> bool:
        """As expected."""
        return self.got == self.example.expected

    @property
    def wrong_and_accepted(self) -> bool:
        """A command that was not asked for: the one mistake that matters."""
        return not self.right and not self.got.startswith(("ask ", "reject"))


def judge(examples: Iterable[Example], inventory: Inventory = SHOP) -> list[Judged]:
    """What becomes of each example."""
    return [_judged(example, inventory) for example in examples]


def _judged(example: Example, inventory: Inventory) -> Judged:
    state = NOTHING
    for text in example.before:
        found = understand(text, inventory, state)
        state = _after(found)
    result = understand(example.text, inventory, state).result
    return Judged(example, result.short, isinstance(result, Command) and result.changes)


def _after(found: Understood) -> Any:
    result = found.result
    planned = isinstance(result, Command) and result.changes and result.intent not in ("undo", "deny")
    return replace(found.state, deed=PLAN) if planned else found.state


def report(names: tuple[str, ...] = HELD_APART) -> dict[str, Any]:
    """Accuracy and wrong-and-accepted, in all, by language and by intent; and each that went wrong."""
    judged = judge(load(names))
    by_language: dict[str, list[Judged]] = defaultdict(list)
    by_intent: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_language[one.example.language].append(one)
        by_intent[one.example.expected.split()[0]].append(one)
    return {
        **_figures(judged),
        "byLanguage": {name: _figures(found) for name, found in sorted(by_language.items())},
        "byIntent": {name: _figures(found) for name, found in sorted(by_intent.items())},
        "wrong": [
            {
                "text": one.example.text,
                "expected": one.example.expected,
                "got": one.got,
                "accepted": one.wrong_and_accepted,
            }
            for one in judged
            if not one.right
        ],
    }


def _figures(judged: list[Judged]) -> dict[str, Any]:
    count = len(judged)
    right = sum(one.right for one in judged)
    accepted = [one for one in judged if one.wrong_and_accepted]
    return {
        "utterances": count,
        "right": right,
        "accuracy": round(right / count, 4),
        "wrongAndAccepted": len(accepted),
        "wrongAndAcceptedShare": round(len(accepted) / count, 4),
        "wrongChanges": sum(one.change for one in accepted),
    }
