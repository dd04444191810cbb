"""Tokens as an administrator looks for them: what was forged first, then the newest."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal, NamedTuple, get_args

from helmward.door.identity.tokens import Token
from helmward.explain.reports import present
from helmward.house.house import House

Standing = Literal["valid", "expired", "revoked", "forged"]


class Wanted(NamedTuple):
    """Which tokens. `name`: of whom; `words`: all of them stand in id, name or roles; `limit` None: all from `offset` on."""

    state: Standing | None = None
    name: str | None = None
    words: str = ""
    limit: int | None = None
    offset: int = 0


def found(house: House, wanted: Wanted) -> dict[str, Any]:
    """`{"tokens", "total", "states"}`: a page of them, how many there are, and how all of that name stand. Blocks."""
    named = [one for one in house.identity.tokens(house.clock()) if wanted.name in (None, one.name)]
    fitting = [one for one in named if wanted.state in (None, one.state) and _speaks_of(one, wanted.words)]
    fitting.sort(key=lambda one: one.created, reverse=True)
    fitting.sort(key=lambda one: one.state != "forged")
    counted = Counter(one.state for one in named)
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    return {
        "tokens": [present.plain(one) for one in fitting[wanted.offset : end]],
        "total": len(fitting),
        "states": {state: counted[state] for state in get_args(Standing)},
    }


def _speaks_of(token: Token, words: str) -> bool:
    text = " ".join((token.id, token.name, token.kind, *token.roles)).lower()
    return all(word in text for word in words.lower().split())
