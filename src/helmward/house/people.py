"""Who may come in, as administrators manage it: tokens, registered actors, and what was refused to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.core.text import one_line
from helmward.core.times import parse_duration
from helmward.door.identity import Account, Identity, Minted, NewAccount, NewToken, Refused
from helmward.house.denials import UNKNOWN, Denials
from helmward.house.sessions import Sessions

EVERYWHERE = Scope()


class People:
    """Everything here that ends in a record blocks, if it is no coroutine."""

    def __init__(self, identity: Identity, denials: Denials, clock: Callable[[], datetime], sessions: Sessions) -> None:
        self._identity, self._clock = identity, clock
        self.denials, self.sessions = denials, sessions

    # ---- tokens ----

    def create_token(
        self,
        by: Actor,
        name: str,
        roles: str | Sequence[str],
        expires: str | None = None,
        kind: str = "user",
        scope: Scope = EVERYWHERE,
    ) -> Minted:
        """A new token; `expires` is a duration. Raises UsageError for one of nothing, AuditError: then there is none."""
        _unbounded(by)
        now = self._clock()
        lasts = parse_duration(expires) if expires else None
        if lasts == timedelta(0):
            raise UsageError("A token must be valid for more than nothing; write for example 30d.")
        given = (roles,) if isinstance(roles, str) else tuple(roles)
        return self._identity.create(by, NewToken(name, given, kind, scope, now + lasts if lasts else None), now)

    def revoke_token(self, by: Actor, identity: str) -> None:
        """End a token at once. Raises UsageError for an unknown id, AuditError: then it has not ended."""
        _unbounded(by)
        token = self._token_of(identity)
        self._identity.revoke(by, token, self._clock())
        self.sessions.forget([token])

    def _token_of(self, words: str) -> str:
        """An id as it is, or the id of the one valid token of a name. Raises UsageError for a name of several."""
        found = [one.id for one in self._identity.tokens(self._clock()) if one.name == words and not one.revoked]
        if len(found) > 1 and not words.startswith("tok-"):
            raise UsageError(
                f"Several tokens are called '{one_line(words, 40)}': {', '.join(found)}; name one by its id."
            )
        return found[0] if found and not words.startswith("tok-") else words

    # ---- actors ----

    def actors(self) -> list[Account]:
        """Everybody who is registered."""
        return self._identity.accounts.all()

    def actor(self, name: str) -> Account:
        """One of them. Raises UnknownActor, or Refused where their row was tampered with."""
        return self._identity.accounts.get(name).account

    def add_actor(self, by: Actor, wish: NewAccount) -> Account:
        """Register somebody. Raises UsageError, AuditError: then nobody was."""
        _unbounded(by)
        return self._identity.accounts.add(by, wish, self._clock())

    def change_actor(
        self, by: Actor, name: str, roles: Sequence[str] | None, scope: Scope | None, password: str | None
    ) -> Account:
        """Change what is given; what is None stays. Another password ends what the old one began at the console.

        Raises UsageError, AuditError: then nothing changed."""
        _unbounded(by)
        given = None if roles is None else tuple(roles)
        changed = self._identity.accounts.change(by, name, given, scope, password)
        if password is not None:
            self.sessions.end_of(by, name)
        return changed

    def remove_actor(self, by: Actor, name: str) -> None:
        """Take somebody out; all their tokens end. Raises UsageError, AuditError: then they are still in."""
        _unbounded(by)
        self._identity.remove(by, name, self._clock())

    # ---- passwords ----

    async def login(self, name: str, password: str, source: str) -> Minted:
        """A token of twelve hours for who types this password. Raises Refused, which is audited."""
        try:
            return await asyncio.to_thread(self._identity.login, name, password, source, self._clock())
        except Refused as error:
            await self._wrong(error, name, source, "login")
            raise

    def log_out(self, actor: Actor) -> None:
        """End the token that an actor came with. Raises AuditError: then it has not ended."""
        self._identity.revoke(actor, actor.token, self._clock())
        self.sessions.forget([actor.token])

    async def as_approver(self, actor: Actor, name: str | None, password: str | None, source: str = "") -> Actor:
        """Who approves: the person who typed name and password just now, or without them who came with the token.

        Raises Refused, which is audited, and UsageError for one without the other."""
        if name is None and password is None:
            return actor
        if not name or not password:
            raise UsageError("To approve with a password, send both: the name and the password.")
        try:
            return await asyncio.to_thread(self._identity.verify_password, name, password, source)
        except Refused as error:
            await self._wrong(error, name, source, "approve")
            raise

    # ---- what was refused ----

    async def refused(self, error: Refused, place: str, source: str) -> None:
        """A token that did not hold, shown at `place` (`GET /api/v1/status`)."""
        await self.denials.note(source, UNKNOWN, place, str(error), source=source, why=error.why, id=error.credential)

    async def lacking(self, actor: Actor, error: DeniedError, place: str) -> None:
        """An actor without the role, or the scope, that `place` takes."""
        await self.denials.note(actor.token, actor, place, str(error), why="rights", id=actor.token)

    async def _wrong(self, error: Refused, name: str, source: str, place: str) -> None:
        # Counted apart from tokens: who sends very many of those does not hide that they try passwords too.
        details = {"source": source, "why": error.why, "name": name[:80]}
        await self.denials.note(f"{source} password", UNKNOWN, place, str(error), **details)


def _unbounded(by: Actor) -> None:
    """Who is bounded to a scope gives nobody more than that by giving nobody anything."""
    if by.scope != EVERYWHERE:
        raise DeniedError(f"{by.name} is bounded to a scope; managing actors and tokens takes somebody who is not.")
