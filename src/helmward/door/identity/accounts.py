"""Registered actors: people with or without a password, services and agents. They bound every token of their name.

A change adds a row and then a record, which names the row that counts: a crash in between leaves the old one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from helmward.adapters.stores.state import State
from helmward.core.errors import UsageError
from helmward.core.nouns import Actor, Noun, Scope
from helmward.core.text import one_line, with_article
from helmward.core.times import format_time
from helmward.core.typed import decode
from helmward.door.audit import Entry
from helmward.door.identity.fingerprints import Fingerprints
from helmward.door.identity.names import actor_name
from helmward.door.identity.passwords import hashed, matches
from helmward.door.identity.points import KillPoint, Reached
from helmward.door.identity.refusals import forged
from helmward.door.identity.roles import checked
from helmward.door.identity.scopes import checked as checked_scope
from helmward.door.ledger import Ledger
from helmward.door.tables import actors

_COUNTED = select(actors).where(actors.c.fingerprint == bindparam("counted"))  # built once: asked at every request


class UnknownActor(UsageError):
    """Nobody of this name is registered."""

    http_status = 404


class NewAccount(NamedTuple):
    """What an actor is to be. `password`: what they will type (None: they have tokens only)."""

    name: str
    kind: str
    roles: tuple[str, ...]
    scope: Scope = Scope()
    password: str | None = None


class Account(Noun, frozen=True, kw_only=True):
    """A registered actor. `signs_in`: they have a password. `state`: valid; or unrecorded, then it counts for
    nothing."""

    name: str
    kind: str
    roles: tuple[str, ...]
    scope: Scope
    signs_in: bool
    created: str
    state: str = "valid"


class Genuine(NamedTuple):
    """An actor as the audit log has it. `fingerprint` changes with anything of it."""

    account: Account
    password: str | None
    fingerprint: str


class Accounts:
    """The rows, each held against the ledger."""

    def __init__(
        self, state: State, ledger: Ledger, fingerprints: Fingerprints, turn: threading.RLock, reached: Reached
    ) -> None:
        """`turn`: one change of who may come in after the other."""
        self._state, self._ledger, self._fingerprints = state, ledger, fingerprints
        self._turn, self._reached = turn, reached
        self._turns = threading.Semaphore(2)  # each password takes 32 MiB while it is computed

    def find(self, name: str) -> Genuine | None:
        """Who is registered under this name; None: nobody is. Raises Refused where their row is not the recorded one."""
        wanted = self._ledger.actors.get(name)
        if wanted is None:
            return None
        row = self._read(wanted)
        if row is None or row["name"] != name or not self._fingerprints.fits("actor", _content(row), wanted):
            raise forged(f"The actor {one_line(name, 80)}", name)
        return Genuine(_account(row, "valid"), row["password"], wanted)

    def get(self, name: str) -> Genuine:
        """The same; raises UnknownActor for nobody."""
        found = self.find(name)
        if found is None:
            raise UnknownActor(f"There is no actor '{one_line(name, 40)}'; `helmward actors list` shows them.")
        return found

    def all(self) -> list[Account]:
        """Everybody, by name; rows that no record makes count too."""
        with self._state.read() as connection:
            rows = [dict(row) for row in connection.execute(select(actors).order_by(actors.c.name)).mappings()]
        return [_account(row, "valid" if self._counts(row) else "unrecorded") for row in rows]

    def add(self, by: Actor, wish: NewAccount, now: datetime) -> Account:
        """Register somebody. Raises UsageError for a name that is taken or none, and for what `checked` refuses."""
        name, roles, scope = actor_name(wish.name), checked(wish.roles, wish.kind), checked_scope(wish.scope)
        password = self._hashed(wish.password, wish.kind)
        with self._turn:
            if name in self._ledger.actors:
                raise UsageError(f"There is an actor '{name}' already; `helmward actors set {name}` changes it.")
            return self._put(by, "actor.create", wish._replace(roles=roles, scope=scope), password, format_time(now))

    def change(
        self,
        by: Actor,
        name: str,
        roles: tuple[str, ...] | None = None,
        scope: Scope | None = None,
        password: str | None = None,
    ) -> Account:
        """Change what is given of somebody. Raises Refused for a row that is not theirs: nothing is built on it."""
        fresh = self._hashed(password, self.get(name).account.kind)
        with self._turn:
            found = self.get(name)
            account = found.account
            wish = NewAccount(
                name,
                account.kind,
                account.roles if roles is None else checked(roles, account.kind),
                account.scope if scope is None else checked_scope(scope),
            )
            return self._put(by, "actor.change", wish, fresh or found.password, account.created)

    def remove(self, by: Actor, name: str) -> list[str]:
        """Take them out; the ids of their tokens, which have ended. Raises UnknownActor."""
        with self._turn:
            if name not in self._ledger.actors:
                self.get(name)
            ends = [identity for identity, held in list(self._ledger.tokens.items()) if held.actor == name]
            details = {"tokens": ends[:100], "ended": len(ends)}
            self._ledger.record_now(Entry(actor=by, action="actor.remove", target=name, details=details))
            self._reached(KillPoint.ACTOR_REMOVED)
            with self._state.begin() as connection:
                connection.execute(delete(actors).where(actors.c.name == name))
            return ends

    def proves(self, found: Genuine | None, password: str) -> bool:
        """True if this is their password. Nobody's takes as long."""
        with self._turns:
            return matches(found.password if found else None, password)

    def _hashed(self, password: str | None, kind: str) -> str | None:
        if password is None:
            return None
        if kind != "user":
            raise UsageError(f"{with_article(kind).capitalize()} has tokens, no password; leave --password out.")
        with self._turns:
            return hashed(password)

    def _put(self, by: Actor, action: str, wish: NewAccount, password: str | None, created: str) -> Account:
        """The row, then the record that makes it count, then away with what was before."""
        row = _content_of(wish, password, created)
        fingerprint = self._fingerprints.of("actor", row)
        row["fingerprint"] = fingerprint
        account, mine = _account(row, "valid"), actors.c.name == wish.name
        details: dict[str, Any] = {"fingerprint": fingerprint, "kind": account.kind, "roles": list(account.roles)}
        details |= {"scope": msgspec.to_builtins(account.scope), "signsIn": account.signs_in}
        with self._state.begin() as connection:
            connection.execute(delete(actors).where(actors.c.fingerprint == fingerprint))
            connection.execute(insert(actors).values(row))
        self._reached(KillPoint.ACTOR_STORED)
        self._ledger.record_now(Entry(actor=by, action=action, target=account.name, details=details))
        self._reached(KillPoint.ACTOR_RECORDED)
        with self._state.begin() as connection:
            connection.execute(delete(actors).where(mine, actors.c.fingerprint != fingerprint))
        return account

    def _read(self, fingerprint: str) -> dict[str, Any] | None:
        with self._state.read() as connection:
            row = connection.execute(_COUNTED, {"counted": fingerprint}).mappings().first()
            return None if row is None else dict(row)

    def _counts(self, row: Mapping[str, Any]) -> bool:
        wanted = self._ledger.actors.get(row["name"], "")
        return row["fingerprint"] == wanted and self._fingerprints.fits("actor", _content(row), wanted)


def _content(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "fingerprint"}


def _content_of(wish: NewAccount, password: str | None, created: str) -> dict[str, Any]:
    return {
        "name": wish.name,
        "kind": wish.kind,
        "roles": " ".join(wish.roles),
        "scope": msgspec.json.encode(wish.scope).decode(),
        "password": password,
        "created": created,
    }


def _account(row: Mapping[str, Any], state: str) -> Account:
    """As it is shown; a forged row may say anything."""
    try:
        scope = decode(row["scope"], Scope)
    except (msgspec.DecodeError, TypeError):
        scope = Scope()
    shown = {name: str(row[name]) for name in ("name", "kind", "created")}
    roles = tuple(str(row["roles"]).split())
    return Account(**shown, roles=roles, scope=scope, signs_in=row["password"] is not None, state=state)
