"""Actors and tokens as an administrator looks for them: what somebody else wrote stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from helmward.core.times import parse_time
from helmward.door.identity import Identity
from helmward.door.identity.tokens import Token
from helmward.explain.reports import present
from helmward.house.house import House

T = TypeVar("T")

Standing = Literal["valid", "expired", "revoked", "forged"]
Asked = Literal[Standing, "current", "ended"]
"""How they stand, or one of two sums: `current` is valid or forged, `ended` expired or revoked."""

KEPT = timedelta(days=90)
"""So long an ended token is listed; the audit log keeps that it was."""

_SUMS: dict[str, tuple[str, ...]] = {"current": ("valid", "forged"), "ended": ("expired", "revoked")}


def actors(house: House, words: str = "", limit: int | None = None, offset: int = 0) -> dict[str, Any]:
    """`{"actors", "total"}`: a page of those in whose name, kind or roles all `words` stand, by name. Blocks."""
    fitting = [one for one in house.people.actors() if _speak((one.name, one.kind, *one.roles), words)]
    fitting.sort(key=lambda one: one.state == "valid")
    return {"actors": [present.plain(one) for one in _page(fitting, limit, offset)], "total": len(fitting)}


class Wanted(NamedTuple):
    """Which tokens. `name`: of whom; `words`: all of them stand in id, name or roles; `limit` None: all from `offset` on."""

    state: Asked | None = None
    name: str | None = None
    words: str = ""
    limit: int | None = None
    offset: int = 0


def tokens(identity: Identity, now: datetime, wanted: Wanted) -> dict[str, Any]:
    """`{"tokens", "total", "states"}`: a page of them, how many there are, and how all of that name stand; without those that
    ended more than KEPT ago. Forged ones stand first, then those that hold, then what ended last. Blocks."""
    named = [one for one in identity.tokens(now) if wanted.name in (None, one.name) and _is_listed(one, now)]
    states = get_args(Standing) if wanted.state is None else _SUMS.get(wanted.state, (wanted.state,))
    fitting = [one for one in named if one.state in states and _speaks_of(one, wanted.words)]
    fitting.sort(key=lambda one: _ended(one) or one.created, reverse=True)
    fitting.sort(key=lambda one: (one.state != "forged", _ended(one) is not None))
    counted = Counter(one.state for one in named)
    return {
        "tokens": [present.plain(one) for one in _page(fitting, wanted.limit, wanted.offset)],
        "total": len(fitting),
        "states": {state: counted[state] for state in get_args(Standing)},
    }


def _ended(token: Token) -> str | None:
    """When it ended; None while it has not. Of a forged one nothing in its row is true."""
    return {"revoked": token.revoked, "expired": token.expires}.get(token.state)


def _is_listed(token: Token, now: datetime) -> bool:
    ended = parse_time(_ended(token))
    return ended is None or now - ended <= KEPT


def _speaks_of(token: Token, words: str) -> bool:
    return _speak((token.id, token.name, token.kind, *token.roles), words)


def _speak(parts: Iterable[str], words: str) -> bool:
    text = " ".join(parts).lower()
    return all(word in text for word in words.lower().split())


def _page(found: Sequence[T], limit: int | None, offset: int) -> Sequence[T]:
    return found[offset : None if limit is None else offset + limit]
