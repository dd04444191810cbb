"""Conversations: a bounded number, each for a while, each its actor's own.

One that was silent for a quarter of an hour, or that a restart cut off, is over: nobody goes on with it, and no late yes finds
its question. What was said stays to be read for a day; over a restart, in short (kept.py)."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helmward.ask.conversation import NOTHING, State
from helmward.core.errors import UsageError
from helmward.core.model import Turn
from helmward.core.nouns import Actor
from helmward.core.text import one_line

LASTS = timedelta(minutes=15)
"""A conversation is over so long after its last word."""
KEPT = timedelta(days=1)
"""It can be read so long after its last word."""
MOST = 256
"""Conversations kept; the one that was silent longest goes first."""
MOST_OF_ONE = 20
"""Conversations of one actor."""
MOST_TURNS = 8
"""Turns kept for a model."""
MOST_SPOKEN = 50
"""Turns kept for people to read."""


class UnknownConversation(UsageError):
    """This actor has no conversation of this id; another's is as good as none."""

    http_status = 404


@dataclass
class Spoken:
    """One turn, as its actor reads it again: their words, after the guards, and what came of them, in short and (JSON) whole."""

    time: datetime
    text: str
    found: dict[str, Any]
    whole: bytes = b""


@dataclass
class Conversation:
    """What was said, by whom. `turns` is what a model gets to see of it, `kept` what its actor does."""

    id: str
    owner: tuple[str, str, str]
    started: datetime
    spoken: datetime
    state: State = NOTHING
    turns: tuple[Turn, ...] = field(default_factory=tuple)
    kept: deque[Spoken] = field(default_factory=lambda: deque(maxlen=MOST_SPOKEN))
    ended: bool = False
    """A restart cut it off."""

    def say(self, *turns: Turn) -> None:
        """Add turns; the oldest go."""
        self.turns = (*self.turns, *turns)[-MOST_TURNS:]


class Conversations:
    """`clock` is the wall clock, `before` what was said before a restart, the one that was silent longest first. `whose`: who a
    name with a token is (Identity.owner)."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        before: Iterable[Conversation] = (),
        whose: Callable[[str, str], str] = "{} {}".format,
    ) -> None:
        self._clock, self._whose = clock, whose
        self._kept: OrderedDict[str, Conversation] = OrderedDict((one.id, one) for one in before)
        self._gone: list[str] = []

    def of(self, actor: Actor, identity: str | None) -> Conversation:
        """The conversation of this id, or without one the actor's last; a new one where that is over, or for "new".

        Raises UsageError for an id that is no conversation of this actor: another's is as good as none."""
        self._forget()
        owner = self._owner(actor)
        own = [one for one in self._kept.values() if one.owner == owner]
        mine = [one for one in own if not self.over(one)]
        if identity not in (None, "", "new"):
            found = next((one for one in mine if one.id == identity), None)
            if found is None:
                shown = one_line(str(identity), 40)
                raise UsageError(
                    f"There is no conversation '{shown}' any more; leave it out to go on with your last, or say new."
                )
        else:
            found = mine[-1] if mine and identity != "new" else self._new(owner, own)
        found.spoken = self._clock()
        self._kept.move_to_end(found.id)
        return found

    def over(self, one: Conversation) -> bool:
        """True for one with which nobody goes on."""
        return one.ended or one.spoken < self._clock() - LASTS

    def gone(self) -> list[str]:
        """The ids of those that were let go since this was asked last."""
        self._forget()
        gone, self._gone = self._gone, []
        return gone

    def all_of(self, actor: Actor) -> list[Conversation]:
        """The conversations of this actor in which something was said, the one spoken in last first."""
        self._forget()
        owner = self._owner(actor)
        return [one for one in reversed(self._kept.values()) if one.owner == owner and one.kept]

    def one_of(self, actor: Actor, identity: str) -> Conversation:
        """One of them. Raises UnknownConversation."""
        found = next((one for one in self.all_of(actor) if one.id == identity), None)
        if found is None:
            raise UnknownConversation(f"You have no conversation '{one_line(identity, 40)}'; they are kept for a day.")
        return found

    def _new(self, owner: tuple[str, str, str], mine: list[Conversation]) -> Conversation:
        if len(mine) >= MOST_OF_ONE:
            self._let_go(mine[0].id)
        while len(self._kept) >= MOST:
            self._let_go(next(iter(self._kept)))
        identity = f"conv-{b32encode(secrets.token_bytes(5)).decode().lower()}"
        now = self._clock()
        made = self._kept[identity] = Conversation(identity, owner, now, now)
        return made

    def _forget(self) -> None:
        limit = self._clock() - KEPT
        for one in [one for one in self._kept.values() if one.spoken < limit]:
            self._let_go(one.id)

    def _let_go(self, identity: str) -> None:
        del self._kept[identity]
        self._gone.append(identity)

    def _owner(self, actor: Actor) -> tuple[str, str, str]:
        """With what they may: in an administrator's conversation stands what a weaker token of the same actor must not read."""
        return actor.kind, self._whose(actor.name, actor.token), f"{' '.join(sorted(actor.roles))} in {actor.scope}"
