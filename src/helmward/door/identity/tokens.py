"""Rows of tokens. A token reads `hw_<id>_<secret>`: the id finds the row; the secret has 256 random bits, so that one SHA-256
is enough to store it (a slow password hash protects guessable secrets; these are not).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from helmward.adapters.stores.state import State
from helmward.core.nouns import Actor, Noun, Scope
from helmward.core.times import format_time, parse_time
from helmward.core.typed import decode
from helmward.door.audit import Entry
from helmward.door.identity.fingerprints import Fingerprints
from helmward.door.identity.points import KillPoint, Reached
from helmward.door.identity.refusals import Refused, forged, unknown
from helmward.door.ledger import Ledger
from helmward.door.tables import tokens

_BY_ID = select(tokens).where(tokens.c.id == bindparam("id"))  # built once: it is asked at every request
FORM = re.compile(r"hw_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


class NewToken(NamedTuple):
    """What a token is to be. `expires`: when it ends (None: not by itself)."""

    name: str
    roles: tuple[str, ...]
    kind: str = "user"
    scope: Scope = Scope()
    expires: datetime | None = None


class Token(Noun, frozen=True, kw_only=True):
    """A token's record. Its secret is shown once, when it is made. `state`: valid, expired, revoked, or forged."""

    id: str
    name: str
    kind: str
    roles: tuple[str, ...]
    scope: Scope
    created: str
    expires: str | None
    revoked: str | None
    state: str = "valid"


class Minted(NamedTuple):
    """A new token: its record, and the text that is shown once."""

    token: Token
    text: str


class Tokens:
    """The rows, each held against the ledger."""

    def __init__(self, state: State, ledger: Ledger, fingerprints: Fingerprints, reached: Reached) -> None:
        self._state, self._ledger, self._fingerprints, self._reached = state, ledger, fingerprints, reached

    def mint(
        self, by: Actor, wish: NewToken, now: datetime, sole: bool = False, action: str = "token.create"
    ) -> Minted:
        """A new token, recorded first as `action`. `sole`: there is one of this name, and earlier ones end. Raises AuditError."""
        identity = secrets.token_hex(4)
        while self._taken(f"tok-{identity}"):
            identity = secrets.token_hex(4)
        text = f"hw_{identity}_{secrets.token_urlsafe(32)}"
        return Minted(self.put(by, action, text, wish, now, sole), text)

    def put(self, by: Actor, action: str, text: str, wish: NewToken, now: datetime, sole: bool) -> Token:
        """Make a token of this text count: what is in the ledger is valid, as soon as its row is there."""
        row = _row(text, wish, now)
        details = {"id": row["id"], "fingerprint": self._fingerprints.of("token", row), "kind": wish.kind}
        details |= {"roles": list(wish.roles), "scope": msgspec.to_builtins(wish.scope), "expires": row["expires"]}
        self._ledger.record_now(Entry(actor=by, action=action, target=wish.name, details=details | {"sole": sole}))
        self._reached(KillPoint.MINT_RECORDED)
        earlier = tokens.c.name == wish.name if sole else tokens.c.id == row["id"]
        try:
            with self._state.begin() as connection:
                connection.execute(delete(tokens).where(earlier))
                connection.execute(insert(tokens).values(row))
        except BaseException:
            self._ledger.record_now(Entry(actor=by, action="token.revoke", target=row["id"], reason="it was not kept"))
            raise
        self._reached(KillPoint.MINT_STORED)
        return _token(row, "valid")

    def find(self, text: str) -> Mapping[str, Any]:
        """The genuine row of a token's text. Raises Refused."""
        form = FORM.fullmatch(text)
        identity, secret = (f"tok-{form[1]}", form[2]) if form else ("", "")
        row = self._read(identity)
        known = row["hash"] if row and isinstance(row["hash"], bytes) else b"\0" * 32
        if not hmac.compare_digest(known, _hash(secret)) or row is None:
            raise unknown(identity)
        return self._genuine(row)

    def get(self, identity: str) -> Mapping[str, Any]:
        """The genuine row of this id. Raises Refused."""
        row = self._read(identity)
        if row is None:
            raise unknown(identity)
        return self._genuine(row)

    def all(self, now: datetime) -> list[Token]:
        """Every token, ended and forged ones too, oldest first."""
        with self._state.read() as connection:
            rows = [dict(row) for row in connection.execute(select(tokens).order_by(tokens.c.created)).mappings()]
        return [_token(row, self._standing(row, now)) for row in rows]

    def revoke(self, by: Actor, identity: str, now: datetime) -> bool:
        """End it, recorded first; False if there is none of this id. Raises AuditError: then it has not ended."""
        if identity in self._ledger.tokens:
            self._ledger.record_now(Entry(actor=by, action="token.revoke", target=identity))
            self._reached(KillPoint.END_RECORDED)
        elif identity not in self._ledger.ended and not self._taken(identity):
            return False
        self.mark([identity], now)
        return True

    def mark(self, identities: list[str], now: datetime) -> None:
        """Their rows say that they ended."""
        ended = func.coalesce(tokens.c.revoked, format_time(now))
        with self._state.begin() as connection:
            connection.execute(update(tokens).where(tokens.c.id.in_(identities)).values(revoked=ended))

    def _taken(self, identity: str) -> bool:
        if identity in self._ledger.tokens or identity in self._ledger.ended:
            return True
        with self._state.read() as connection:
            return connection.execute(select(tokens.c.id).where(tokens.c.id == identity)).first() is not None

    def _read(self, identity: str) -> dict[str, Any] | None:
        try:
            with self._state.read() as connection:
                row = connection.execute(_BY_ID, {"id": identity}).mappings().first()
                return None if row is None else dict(row)
        except (TypeError, ValueError):  # a value of a type that we never write
            raise forged("This token", identity) from None

    def _genuine(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        identity = row["id"]
        if row["revoked"] or identity in self._ledger.ended:
            raise Refused("This token was revoked; ask an administrator for a new one.", "revoked", identity)
        held = self._ledger.tokens.get(identity)
        if held is None or not self._fingerprints.fits("token", row, held.fingerprint):
            raise forged("This token", identity)
        return row

    def _standing(self, row: Mapping[str, Any], now: datetime) -> str:
        try:
            self._genuine(row)
        except Refused as error:
            return error.why
        return "expired" if expired(row, now) else "valid"


def expired(row: Mapping[str, Any], now: datetime) -> bool:
    """True once the token's time is over."""
    ends = parse_time(row["expires"])
    return ends is not None and ends <= now


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _row(text: str, wish: NewToken, now: datetime) -> dict[str, Any]:
    _, identity, secret = text.split("_", 2)
    return {
        "id": f"tok-{identity}",
        "name": wish.name,
        "kind": wish.kind,
        "roles": " ".join(wish.roles),
        "scope": msgspec.json.encode(wish.scope).decode(),
        "hash": _hash(secret),
        "created": format_time(now),
        "expires": format_time(wish.expires) if wish.expires else None,
        "revoked": None,
    }


def _token(row: Mapping[str, Any], state: str) -> Token:
    """As it is shown; a forged row may say anything."""
    try:
        scope = decode(row["scope"], Scope)
    except (msgspec.DecodeError, TypeError):
        scope = Scope()
    return Token(
        id=str(row["id"]),
        name=str(row["name"]),
        kind=str(row["kind"]),
        roles=tuple(str(row["roles"]).split()),
        scope=scope,
        created=str(row["created"]),
        expires=row["expires"] and str(row["expires"]),
        revoked=row["revoked"] and str(row["revoked"]),
        state=state,
    )
