"""Who asks: what a credential stands for, bounded by what is registered of its holder, and whether it still holds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from helmward.adapters.stores.state import State
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.core.text import one_line
from helmward.core.typed import decode
from helmward.door.identity.accounts import Accounts, Genuine
from helmward.door.identity.fingerprints import Fingerprints
from helmward.door.identity.guesses import Guesses
from helmward.door.identity.names import ADMINISTRATOR, HOUSE, LOCAL, token_name
from helmward.door.identity.points import Reached, nothing
from helmward.door.identity.refusals import Refused
from helmward.door.identity.remembered import Remembered
from helmward.door.identity.roles import Kind, Role, checked, common, granted, narrowest, permits
from helmward.door.identity.scopes import checked as checked_scope
from helmward.door.identity.scopes import narrowed
from helmward.door.identity.tokens import FORM, Minted, NewToken, Token, Tokens, expired
from helmward.door.ledger import Ledger

SESSION = timedelta(hours=12)
"""How long the token of a password lasts."""

_PASSWORD = "pwd-"  # noqa: S105 - how the id of a password typed just now begins; then, of whose row


class Identity:
    """Makes, checks and ends credentials. `key`: for fingerprints, from outside the data folder."""

    def __init__(self, state: State, ledger: Ledger, key: bytes, reached: Reached = nothing) -> None:
        fingerprints = Fingerprints(key)
        self._ledger = ledger
        self._turn = threading.RLock()
        self._tokens = Tokens(state, ledger, fingerprints, reached)
        self._guesses = Guesses()
        self._remembered = Remembered(ledger, self.check)
        self.accounts = Accounts(state, ledger, fingerprints, self._turn, reached)

    # ---- tokens ----

    def create(self, by: Actor, wish: NewToken, now: datetime) -> Minted:
        """A new token. Raises UsageError for an unknown role, a wrong name, or more than its holder has."""
        name, kind = token_name(wish.name), cast(Kind, wish.kind)
        roles, scope = checked(wish.roles, kind), checked_scope(wish.scope)
        with self._turn:
            holder = self.accounts.find(name)
            if holder is not None:
                kind = narrowest(kind, cast(Kind, holder.account.kind))
                _within(name, roles, common(kind, holder.account.roles))
            return self._tokens.mint(by, wish._replace(name=name, kind=kind, roles=roles, scope=scope), now)

    def local(self, by: Actor, role: Role, now: datetime) -> Minted:
        """The token of commands run as the server's own user. There is one: an earlier server's ends."""
        return self._tokens.mint(by, NewToken(LOCAL, (role,)), now, sole=True)

    def administrator(self, by: Actor, now: datetime) -> str:
        """The text of a new administrator's token. There is one: earlier ones end."""
        return self._tokens.mint(by, NewToken(ADMINISTRATOR, ("admin",)), now, sole=True).text

    def adopt(self, by: Actor, text: str, now: datetime) -> bool:
        """True if `text`, from beside the keys, is the administrator's token. One that another data folder made becomes
        valid here too; one that was ended here, or is somebody else's, does not."""
        form = FORM.fullmatch(text)
        if form is None:
            return False
        if self.holds(text, now):
            return permits(self.check(text, now), "admin")
        held = self._ledger.tokens.get(f"tok-{form[1]}")
        if f"tok-{form[1]}" in self._ledger.ended or (held is not None and held.actor != ADMINISTRATOR):
            return False
        self._tokens.put(by, "token.adopt", text, NewToken(ADMINISTRATOR, ("admin",)), now, sole=True)
        return True

    def tokens(self, now: datetime) -> list[Token]:
        """Every token, ended ones too, oldest first."""
        return self._tokens.all(now)

    def revoke(self, by: Actor, identity: str, now: datetime) -> None:
        """End a token at once. Raises UsageError for an unknown id, AuditError: then it has not ended."""
        with self._turn:
            known = self._tokens.revoke(by, identity, now)
        if not known:
            raise UsageError(f"There is no token '{one_line(identity, 40)}'; `helmward tokens list` shows them.")

    def abandon(self, identity: str, now: datetime) -> None:
        """Its row says that a token ended, where that could not be recorded: then it ends all the same."""
        self._tokens.mark([identity], now)

    def remove(self, by: Actor, name: str, now: datetime) -> None:
        """Take an actor out; all their tokens end."""
        with self._turn:
            self._tokens.mark(self.accounts.remove(by, name), now)

    def tampered(self, now: datetime) -> list[str]:
        """What stands in the rows without a record, or not as it was recorded; a sentence each. It permits nothing."""
        found = [f"token {one.id} ({one.name})" for one in self.tokens(now) if one.state == "forged"]
        accounts = self.accounts.all()
        found += [f"actor {one.name}" for one in accounts if one.state != "valid"]
        whole = {one.name for one in accounts if one.state == "valid"}
        sentences = [f"The row of {one_line(what, 120)} is not as the audit log has it." for what in found]
        gone = sorted(self._ledger.actors.keys() - whole)
        return sentences + [f"The row of actor {name}, as it was recorded, is gone." for name in gone]

    # ---- passwords ----

    def verify_password(self, name: str, password: str, source: str = "") -> Actor:
        """The actor who types this password, from `source`, just now. Takes some 0.3 s, right or wrong; blocks.

        Raises Refused, and TooManyGuesses after a few wrong ones."""
        self._guesses.begin(name, source)
        found = self.accounts.find(name)
        if not self.accounts.proves(found, password) or found is None:
            raise Refused("The name or the password is wrong.", "password")
        self._guesses.succeeded(name, source)
        return _in_person(found)

    def login(self, name: str, password: str, source: str, now: datetime) -> Minted:
        """A token for SESSION. Raises Refused, AuditError."""
        actor = self.verify_password(name, password, source)
        wish = NewToken(actor.name, actor.roles, actor.kind, actor.scope, (now + SESSION).replace(microsecond=0))
        with self._turn:
            self._came_with(actor, now)  # they may have been taken out while the password was computed
            return self._tokens.mint(actor, wish, now, action="session.begin")

    # ---- who it is ----

    def check(self, text: str, now: datetime) -> Actor:
        """The actor a token stands for. Raises Refused for one that is unknown, wrong, ended, or not as recorded."""
        return self._bounded(self._tokens.find(text), now)

    def check_again(self, text: str, now: datetime) -> Actor:
        """The same at 2 µs for a token that was checked in the last seconds and of which nothing changed (remembered.py)."""
        return self._remembered.check(text, now)

    def holds(self, text: str, now: datetime) -> bool:
        """True if this token is valid."""
        try:
            self.check(text, now)
        except DeniedError:
            return False
        return True

    def owner(self, name: str, token: str) -> str:
        """Whose something is that began with this token: a registered actor's; where nobody is registered under its name, the one
        token's. Such a name says nothing: an administrator's token and a viewer's may have the same."""
        return name if name in self._ledger.actors else f"{name} {token}"

    def stands(self, actor: Actor, now: datetime) -> bool:
        """True while the credential an actor came with still holds, and still gives them all that it gave then. The house
        itself needs none."""
        if not actor.token:
            return actor.kind == "service" and actor.name in HOUSE
        try:
            current = self._came_with(actor, now)
        except DeniedError:
            return False
        same = (current.name, current.kind, current.scope) == (actor.name, actor.kind, actor.scope)
        return same and granted(actor.roles) <= granted(current.roles)

    def _came_with(self, actor: Actor, now: datetime) -> Actor:
        if not actor.token.startswith(_PASSWORD):
            return self._bounded(self._tokens.get(actor.token), now)
        found = self.accounts.find(actor.name)
        person = None if found is None else _in_person(found)
        if person is None or person.token != actor.token:
            raise Refused(f"{actor.name} was changed since.", "revoked", actor.token)
        return person

    def _bounded(self, row: Mapping[str, Any], now: datetime) -> Actor:
        """A genuine row's actor, within what is registered of them."""
        if expired(row, max(now, self._ledger.now())):
            sentence = f"This token expired at {row['expires']}; ask an administrator for a new one."
            raise Refused(sentence, "expired", row["id"])
        kind, roles = cast(Kind, row["kind"]), tuple(row["roles"].split())
        scope = decode(row["scope"], Scope)
        holder = self.accounts.find(row["name"])
        if holder is not None:
            kind = narrowest(kind, cast(Kind, holder.account.kind))
            roles, scope = common(kind, roles, holder.account.roles), narrowed(scope, holder.account.scope)
        return Actor(name=row["name"], kind=kind, roles=common(kind, roles), token=row["id"], scope=scope)


def _within(name: str, roles: tuple[str, ...], holders: tuple[str, ...]) -> None:
    beyond = granted(roles) - granted(holders)
    if beyond:
        raise UsageError(f"{name} is not {' or '.join(sorted(beyond))}; a token is never more than its holder.")


def _in_person(found: Genuine) -> Actor:
    """Somebody who typed their password: it stands until anything of them is changed."""
    account = found.account
    return Actor(
        name=account.name,
        kind=cast(Kind, account.kind),
        roles=common(account.kind, account.roles),
        token=_PASSWORD + found.fingerprint[:32],
        scope=account.scope,
    )
