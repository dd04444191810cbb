"""Who asks: bearer tokens, kept only as hashes.

A token reads `hw_<id>_<secret>`: the id finds the row, the secret has 256 random bits, so one SHA-256 is enough to store it
(a slow password hash protects guessable secrets; these are not). Roles: `viewer` reads, `requester` also acknowledges and
suppresses, `admin` also manages tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import insert, select, update

from helmward.adapters.stores.state import State
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Noun
from helmward.core.times import format_time, parse_time
from helmward.door.tables import tokens

Role = Literal["viewer", "requester", "admin"]
RANK: dict[str, int] = {"viewer": 0, "requester": 1, "admin": 2}


class Token(Noun, frozen=True, kw_only=True):
    """A token's record. Its secret is shown once, when it is made."""

    id: str
    name: str
    role: str
    created: str
    expires: str | None
    revoked: str | None


class Minted(NamedTuple):
    """A new token: its record, and the text that is shown once."""

    token: Token
    text: str


class Identity:
    """Makes, checks and revokes tokens."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, name: str, role: Role, now: datetime, expires: datetime | None = None) -> Minted:
        """A new token. Raises UsageError for an unknown role or an empty name."""
        if role not in RANK:
            raise UsageError(f"There is no role '{role}'; the roles are {', '.join(RANK)}.")
        if not name.strip():
            raise UsageError("A token needs a name that says who uses it.")
        identity, secret = f"tok-{secrets.token_hex(4)}", secrets.token_urlsafe(32)
        token = Token(
            id=identity,
            name=name.strip(),
            role=role,
            created=format_time(now),
            expires=format_time(expires) if expires else None,
            revoked=None,
        )
        row = {"hash": _hash(secret), **{field: getattr(token, field) for field in token.__struct_fields__}}
        with self._state.begin() as connection:
            connection.execute(insert(tokens).values(row))
        return Minted(token, f"hw_{identity[4:]}_{secret}")

    def holds(self, text: str, now: datetime) -> bool:
        """True if this token is valid."""
        try:
            self.check(text, now)
        except DeniedError:
            return False
        return True

    def list(self) -> list[Token]:
        """Every token, revoked ones too, oldest first."""
        columns = [tokens.c[field] for field in Token.__struct_fields__]
        with self._state.read() as connection:
            rows = connection.execute(select(*columns).order_by(tokens.c.created)).mappings()
            return [Token(**row) for row in rows]

    def revoke(self, identity: str, now: datetime) -> None:
        """End a token at once. Raises UsageError for an unknown id."""
        with self._state.begin() as connection:
            done = connection.execute(
                update(tokens).where(tokens.c.id == identity).values(revoked=format_time(now))
            )
        if not done.rowcount:
            raise UsageError(f"There is no token '{identity}'; `helmward tokens list` shows them.")

    def check(self, text: str, now: datetime) -> Actor:
        """The actor a token stands for. Raises DeniedError for one that is unknown, wrong, expired or revoked."""
        prefix, _, rest = text.partition("_")
        identity, _, secret = rest.partition("_")
        with self._state.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.id == f"tok-{identity}")).mappings().first()
        known = row["hash"] if row else b"\0" * 32
        if not hmac.compare_digest(known, _hash(secret)) or row is None or prefix != "hw":
            raise DeniedError("This token is not valid; ask an administrator for one (`helmward tokens create`).")
        if row["revoked"]:
            raise DeniedError("This token was revoked; ask an administrator for a new one.")
        expires = parse_time(row["expires"])
        if expires is not None and expires <= now:
            raise DeniedError(f"This token expired at {row['expires']}; ask an administrator for a new one.")
        return Actor(name=row["name"], kind="user", roles=(row["role"],))


def permits(actor: Actor, role: Role) -> bool:
    """True if the actor's highest role includes `role`."""
    return max((RANK.get(own, -1) for own in actor.roles), default=-1) >= RANK[role]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
