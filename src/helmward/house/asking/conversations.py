"""Conversations, kept in the server's memory alone: a bounded number, each for a while, each its actor's own."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from helmward.ask.conversation import NOTHING, State
from helmward.core.errors import UsageError
from helmward.core.model import Turn
from helmward.core.nouns import Actor
from helmward.core.text import one_line

LASTS = timedelta(minutes=15)
"""A conversation is over so long after its last word."""
MOST = 256
"""Conversations kept; the one that was silent longest goes first."""
MOST_OF_ONE = 16
"""Conversations of one actor."""
MOST_TURNS = 8
"""Turns kept for a model."""


@dataclass
class Conversation:
    """What was said, by whom. `turns` is what a model gets to see of it."""

    id: str
    owner: tuple[str, str, str]
    spoken: datetime
    state: State = NOTHING
    turns: tuple[Turn, ...] = field(default_factory=tuple)

    def say(self, *turns: Turn) -> None:
        """Add turns; the oldest go."""
        self.turns = (*self.turns, *turns)[-MOST_TURNS:]


class Conversations:
    """`clock` is the wall clock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Conversation] = OrderedDict()

    def of(self, actor: Actor, identity: str | None) -> Conversation:
        """The conversation of this id, or without one the actor's last; a new one where that is over, or for "new".

        Raises UsageError for an id that is no conversation of this actor: another's is as good as none."""
        self._forget()
        owner = (actor.kind, actor.name, str(actor.scope))
        mine = [one for one in self._kept.values() if one.owner == owner]
        if identity not in (None, "", "new"):
            found = next((one for one in mine if one.id == identity), None)
            if found is None:
                shown = one_line(str(identity), 40)
                raise UsageError(
                    f"There is no conversation '{shown}' any more; leave it out to go on with your last, or say new."
                )
        else:
            found = mine[-1] if mine and identity != "new" else self._new(owner, mine)
        found.spoken = self._clock()
        self._kept.move_to_end(found.id)
        return found

    def _new(self, owner: tuple[str, str, str], mine: list[Conversation]) -> Conversation:
        if len(mine) >= MOST_OF_ONE:
            del self._kept[mine[0].id]
        while len(self._kept) >= MOST:
            self._kept.popitem(last=False)
        identity = f"conv-{b32encode(secrets.token_bytes(5)).decode().lower()}"
        made = self._kept[identity] = Conversation(identity, owner, self._clock())
        return made

    def _forget(self) -> None:
        limit = self._clock() - LASTS
        for one in [one for one in self._kept.values() if one.spoken < limit]:
            del self._kept[one.id]
