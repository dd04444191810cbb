"""Who asks: bearer tokens, kept only as hashes.

A token reads `hw_<id>_<secret>`: the id finds the row, the secret has 256 random bits, so one SHA-256 is enough to store it
(a slow password hash protects guessable secrets; these are not). Roles: `viewer` reads, `requester` also acknowledges and
suppresses, `admin` also manages tokens. Two names are the house's own: `local`, the token of commands run as the server's
user, made anew at each start; and `administrator`, whose text lies beside the keys.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from helmward.adapters.stores.state import State
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Noun
from helmward.core.text import one_line
from helmward.core.times import format_time, parse_time
from helmward.door.tables import tokens

Role = Literal["viewer", "requester", "admin"]
RANK: dict[str, int] = {"viewer": 0, "requester": 1, "admin": 2}
LOCAL, ADMINISTRATOR = "local", "administrator"
_FORM = re.compile(r"hw_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


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
        """A new token. Raises UsageError for an unknown role, or a name that is empty, unprintable or the house's own."""
        if role not in RANK:
            raise UsageError(f"There is no role '{role}'; the roles are {', '.join(RANK)}.")
        name = name.strip()
        if not name or not name.isprintable():
            raise UsageError("A token needs a name, in plain characters, that says who uses it.")
        if name in (LOCAL, ADMINISTRATOR):
            raise UsageError(f"The name '{name}' is Helmward's own; choose another one.")
        minted = _mint(name, role, now, expires)
        with self._state.begin() as connection:
            connection.execute(insert(tokens).values(_row(minted)))
        return minted

    def local(self, now: datetime) -> Minted:
        """The token of commands run as the server's own user. There is one: an earlier server's is forgotten."""
        minted = _mint(LOCAL, "requester", now)
        with self._state.begin() as connection:
            connection.execute(delete(tokens).where(tokens.c.name == LOCAL))
            connection.execute(insert(tokens).values(_row(minted)))
        return minted

    def administrator(self, now: datetime) -> str:
        """The text of a new administrator's token. There is one: earlier ones end."""
        minted = _mint(ADMINISTRATOR, "admin", now)
        earlier = (tokens.c.name == ADMINISTRATOR) & tokens.c.revoked.is_(None)
        with self._state.begin() as connection:
            connection.execute(update(tokens).where(earlier).values(revoked=format_time(now)))
            connection.execute(insert(tokens).values(_row(minted)))
        return minted.text

    def adopt(self, text: str, now: datetime) -> bool:
        """True if `text`, from beside the keys, is the administrator's token. One that another data folder made becomes
        valid here too; one that was revoked here does not."""
        form = _FORM.fullmatch(text)
        if form is None:
            return False
        with self._state.begin() as connection:
            if connection.execute(select(tokens.c.id).where(tokens.c.id == f"tok-{form[1]}")).first() is None:
                token = _token(f"tok-{form[1]}", ADMINISTRATOR, "admin", now, None)
                connection.execute(insert(tokens).values(_row(Minted(token, text))))
        try:
            return permits(self.check(text, now), "admin")
        except DeniedError:
            return False

    def holds(self, text: str, now: datetime) -> bool:
        """True if this token is valid."""
        try:
            self.check(text, now)
        except DeniedError:
            return False
        return True

    def stands(self, actor: Actor, now: datetime) -> bool:
        """True while the credential an actor came with still holds; the house itself needs none."""
        if not actor.token:
            return actor.kind == "service" and actor.name == "helmward"
        with self._state.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.id == actor.token)).mappings().first()
        expires = parse_time(row["expires"]) if row else None
        return row is not None and not row["revoked"] and (expires is None or now < expires)

    def list(self) -> list[Token]:
        """Every token, revoked ones too, oldest first."""
        columns = [tokens.c[field] for field in Token.__struct_fields__]
        with self._state.read() as connection:
            rows = connection.execute(select(*columns).order_by(tokens.c.created)).mappings()
            return [Token(**row) for row in rows]

    def revoke(self, identity: str, now: datetime) -> None:
        """End a token at once. Raises UsageError for an unknown id."""
        ended = func.coalesce(tokens.c.revoked, format_time(now))
        with self._state.begin() as connection:
            done = connection.execute(update(tokens).where(tokens.c.id == identity).values(revoked=ended))
        if not done.rowcount:
            raise UsageError(f"There is no token '{one_line(identity, 40)}'; `helmward tokens list` shows them.")

    def check(self, text: str, now: datetime) -> Actor:
        """The actor a token stands for. Raises DeniedError for one that is unknown, wrong, expired or revoked."""
        form = _FORM.fullmatch(text)
        identity, secret = form.groups() if form else ("", "")
        with self._state.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.id == f"tok-{identity}")).mappings().first()
        known = row["hash"] if row else b"\0" * 32
        if not hmac.compare_digest(known, _hash(secret)) or row is None:
            raise DeniedError("This token is not valid; ask an administrator for one (`helmward tokens create`).")
        if row["revoked"]:
            raise DeniedError("This token was revoked; ask an administrator for a new one.")
        expires = parse_time(row["expires"])
        if expires is not None and expires <= now:
            raise DeniedError(f"This token expired at {row['expires']}; ask an administrator for a new one.")
        return Actor(name=row["name"], kind="user", roles=(row["role"],), token=row["id"])


def permits(actor: Actor, role: Role) -> bool:
    """True if the actor's highest role includes `role`."""
    return max((RANK.get(own, -1) for own in actor.roles), default=-1) >= RANK[role]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _mint(name: str, role: Role, now: datetime, expires: datetime | None = None) -> Minted:
    identity = secrets.token_hex(4)
    text = f"hw_{identity}_{secrets.token_urlsafe(32)}"
    return Minted(_token(f"tok-{identity}", name, role, now, expires), text)


def _token(identity: str, name: str, role: Role, now: datetime, expires: datetime | None) -> Token:
    return Token(
        id=identity,
        name=name,
        role=role,
        created=format_time(now),
        expires=format_time(expires) if expires else None,
        revoked=None,
    )


def _row(minted: Minted) -> dict[str, Any]:
    secret = minted.text.split("_", 2)[2]
    token = minted.token
    return {"hash": _hash(secret), **{field: getattr(token, field) for field in token.__struct_fields__}}
