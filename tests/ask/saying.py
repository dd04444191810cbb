"""Says things to the parser, in the shop that the labelled utterances speak of."""

from __future__ import annotations

from helmward.ask.conversation import NOTHING, State
from helmward.ask.inventory import Inventory
from helmward.ask.results import Command, Result
from helmward.ask.understand import understand
from helmward.ask.utterances.shop import SHOP


def ask(text: str, state: State = NOTHING, inventory: Inventory = SHOP) -> Result:
    return understand(text, inventory, state).result


def talk(*turns: str, inventory: Inventory = SHOP) -> Result:
    """What the last turn of a conversation means."""
    state = NOTHING
    for text in turns[:-1]:
        state = understand(text, inventory, state).state
    return understand(turns[-1], inventory, state).result


def is_a_change(result: object) -> bool:
    return isinstance(result, Command) and result.changes
