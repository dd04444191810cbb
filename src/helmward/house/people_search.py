"""Actors and tokens as an administrator looks for them: what somebody else wrote stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from helmward.door.identity.tokens import Token
from helmward.explain.reports import present
from helmward.house.house import House

T = TypeVar("T")

Standing = Literal["valid", "expired", "revoked", "forged"]


def actors(house: House, words: str = "", limit: int | None = None, offset: int = 0) -> dict[str, Any]:
    """`{"actors", "total"}`: a page of those in whose name, kind or roles all `words` stand, by name. Blocks."""
    fitting = [one for one in house.people.actors() if _speak((one.name, one.kind, *one.roles), words)]
    fitting.sort(key=lambda one: one.state == "valid")
    return {"actors": [present.plain(one) for one in _page(fitting, limit, offset)], "total": len(fitting)}


class Wanted(NamedTuple):
    """Which tokens. `name`: of whom; `words`: all of them stand in id, name or roles; `limit` None: all from `offset` on."""

    state: Standing | None = None
    name: str | None = None
    words: str = ""
    limit: int | None = None
    offset: int = 0


def tokens(house: House, wanted: Wanted) -> dict[str, Any]:
    """`{"tokens", "total", "states"}`: a page of them, how many there are, and how all of that name stand. Blocks."""
    named = [one for one in house.identity.tokens(house.clock()) if wanted.name in (None, one.name)]
    fitting = [one for one in named if wanted.state in (None, one.state) and _speaks_of(one, wanted.words)]
    fitting.sort(key=lambda one: one.created, reverse=True)
    fitting.sort(key=lambda one: one.state != "forged")
    counted = Counter(one.state for one in named)
    return {
        "tokens": [present.plain(one) for one in _page(fitting, wanted.limit, wanted.offset)],
        "total": len(fitting),
        "states": {state: counted[state] for state in get_args(Standing)},
    }


def _speaks_of(token: Token, words: str) -> bool:
    return _speak((token.id, token.name, token.kind, *token.roles), words)


def _speak(parts: Iterable[str], words: str) -> bool:
    text = " ".join(parts).lower()
    return all(word in text for word in words.lower().split())


def _page(found: Sequence[T], limit: int | None, offset: int) -> Sequence[T]:
    return found[offset : None if limit is None else offset + limit]
