"""Credentials that were checked a moment ago, for faces that are called thousands of times a second.

What makes a token count is the ledger. So an answer holds for as long as the ledger says the same of the token and of its
holder: revoking either, or changing anything of them, ends it at once. Only a row that somebody forged since is not seen, and
a forged row permits nothing.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from helmward.core.nouns import Actor
from helmward.door.facts import Held
from helmward.door.ledger import Ledger

_MOST = 1024
SECONDS = 5.0
"""How long an answer holds at most: expiry is looked at again then."""


class _Known(NamedTuple):
    actor: Actor
    held: Held | None
    holder: str | None
    until: float


class Remembered:
    """Asks `check` once, and again when something changed."""

    def __init__(self, ledger: Ledger, check: Callable[[str, datetime], Actor]) -> None:
        self._ledger, self._check = ledger, check
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    def check(self, text: str, now: datetime) -> Actor:
        """The actor of a token. Raises Refused."""
        digest, ledger, moment = hashlib.sha256(text.encode("utf-8", "replace")).digest(), self._ledger, now.timestamp()
        known = self._known.get(digest)
        if (
            known is not None
            and known.until - SECONDS <= moment < known.until
            and ledger.tokens.get(known.actor.token) == known.held
            and ledger.actors.get(known.actor.name) == known.holder
        ):
            return known.actor
        self._known.pop(digest, None)
        actor = self._check(text, now)
        held, holder = ledger.tokens.get(actor.token), ledger.actors.get(actor.name)
        self._known[digest] = _Known(actor, held, holder, moment + SECONDS)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return actor
