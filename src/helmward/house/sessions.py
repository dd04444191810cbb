"""Who is signed in at the console: a session is good as long as it stands here, whatever copies of its cookie say."""

from __future__ import annotations

import logging
import secrets
import threading
from base64 import b32encode
from collections.abc import Callable, Container, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from helmward.adapters.stores.sessions import SessionRow, SessionRows
from helmward.adapters.stores.state import StateError
from helmward.core.errors import HelmwardError, UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.core.times import format_time
from helmward.door.audit import AuditError, AuditLog, Entry
from helmward.door.identity import Identity

LASTS = timedelta(hours=12)
"""How long a session lasts at most; its token may end before."""
MOST, MOST_OF_ONE = 5000, 50
"""Sessions in all, and of one actor; the earliest end."""

_BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS/": "Firefox", "CriOS/": "Chrome", "Chrome/": "Chrome",
    "Safari/": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS", "CrOS": "ChromeOS",
    "Linux": "Linux",
}  # fmt: skip
"""By their signs in a User-Agent; the sign that only some have stands before those that others repeat."""

_KINDS = (str,) * 6 + (int,) * 3
"""Of a row's values; SQLite keeps whatever is put there."""

_log = logging.getLogger(__name__)


class UnknownSession(UsageError):
    """This actor has no session of this id; another's is as good as none."""

    http_status = 404


class Sessions:
    """Kept in memory, and in rows so that a restart ends none; which were ended, the audit log says. Everything here that changes
    something blocks.

    A session is its registered actor's, or where nobody is registered under the name, of who has the same token."""

    def __init__(
        self,
        rows: SessionRows,
        identity: Identity,
        audit: AuditLog,
        clock: Callable[[], datetime],
        signed_out: Container[str] = (),
    ) -> None:
        """`signed_out`: sessions that ended, by the audit log."""
        self._rows, self._identity, self._audit, self._clock = rows, identity, audit, clock
        self._turn = threading.Lock()
        self._undropped: set[str] = set()
        found = {row.id: row for row in self._read()}
        self._standing = {row.id: row for row in found.values() if row.id not in signed_out}
        self._forget_rows([*(found.keys() - self._standing.keys()), *self._take_out(self._over())])

    def stands(self, identity: str) -> bool:
        """Whether the session of this id goes on, as far as it depends on the session; its token may have ended."""
        row = self._standing.get(identity)
        return row is not None and self._now() < row.until

    def begin(self, actor: Actor, own: bool, source: str, browser: str) -> SessionRow:
        """A new session of who came with this token. `own`: the token was made for it and ends with it."""
        now, lasts = self._now(), int(LASTS.total_seconds())
        made = SessionRow(
            id=f"ses-{b32encode(secrets.token_bytes(10)).decode().lower()}",
            kind=actor.kind,
            name=actor.name,
            token=actor.token,
            source=source,
            browser=_called(browser),
            own=int(own),
            started=now,
            until=now + lasts,
        )
        with self._turn:
            mine = [row.id for row in self._standing.values() if self._is(row, actor)]
            crowded = [
                *mine[: max(0, len(mine) - MOST_OF_ONE + 1)],
                *list(self._standing)[: len(self._standing) - MOST + 1],
            ]
            self._standing[made.id] = made
            gone = self._pop([*self._over(), *crowded])
        self._forget_rows(gone)
        try:
            self._rows.add(made)
        except StateError as error:  # who is on call gets in although the disk is full
            _log.warning("A session is kept until the server stops only: %s", error)
        return made

    def of(self, actor: Actor) -> list[dict[str, Any]]:
        """The actor's own sessions that go on, the newest first."""
        valid = {one.id for one in self._identity.tokens(self._clock()) if one.state == "valid"}
        mine = [row for row in list(self._standing.values()) if self._is(row, actor) and row.token in valid]
        return [_shown(row) for row in reversed(mine) if self.stands(row.id)]

    def end(self, actor: Actor, identity: str) -> None:
        """End one of the actor's own at once, and the token that was made for it.

        Raises UnknownSession; AuditError: it ended, but a restart, or who has the token, may begin it again."""
        row = self._standing.get(identity)
        if row is None or not self._is(row, actor):
            raise UnknownSession(f"You have no session '{one_line(identity, 40)}'; it may have ended.")
        self._end(actor, [row])

    def end_others(self, actor: Actor, keep: str = "") -> int:
        """End all of the actor's own but `keep`; how many. Raises AuditError as `end` does."""
        rows = [row for row in list(self._standing.values()) if self._is(row, actor) and row.id != keep]
        self._end(actor, rows)
        return len(rows)

    def end_of(self, by: Actor, name: str) -> None:
        """End those that a registered actor's password began: it is another one now."""
        self._end(by, [row for row in list(self._standing.values()) if row.name == name and row.own])

    def forget(self, tokens: Iterable[str]) -> None:
        """Tokens of these ids have ended, and their sessions with them."""
        ended = set(tokens)
        self._forget_rows(self._take_out([row.id for row in list(self._standing.values()) if row.token in ended]))

    # ---- inside ----

    def _end(self, by: Actor, rows: list[SessionRow]) -> None:
        """Memory first: they are refused at once. Then each step, whatever became of the one before."""
        if not rows:
            return
        ids = [row.id for row in rows]
        self._take_out(ids)
        entry = Entry(actor=by, action="session.end", target=rows[0].name, details={"ended": ids})
        steps: list[Callable[[], object]] = [lambda: self._audit.append_now(entry), lambda: self._forget_rows(ids)]
        steps += [partial(self._identity.revoke, by, row.token, self._clock()) for row in rows if row.own]
        unrecorded = [error for error in map(_tried, steps) if isinstance(error, AuditError)]
        if unrecorded:
            raise unrecorded[0]

    def _take_out(self, ids: Iterable[str]) -> list[str]:
        with self._turn:
            return self._pop(ids)

    def _pop(self, ids: Iterable[str]) -> list[str]:
        return [identity for identity in dict.fromkeys(ids) if self._standing.pop(identity, None)]

    def _forget_rows(self, ids: Iterable[str]) -> None:
        """Not under the lock: a disk may take its time. What it refuses is tried again with the next."""
        self._undropped.update(ids)
        gone = list(self._undropped)
        if gone and _tried(lambda: self._rows.drop(gone)) is None:
            self._undropped.difference_update(gone)

    def _read(self) -> list[SessionRow]:
        """What cannot be read is no session: its browser signs in again."""
        try:
            found = self._rows.all()
        except StateError as error:
            _log.warning("Sessions of before have ended: %s", error)
            return []
        return [row for row in found if all(isinstance(value, kind) for value, kind in zip(row, _KINDS, strict=True))]

    def _is(self, row: SessionRow, actor: Actor) -> bool:
        owner = self._identity.owner
        return (row.kind, owner(row.name, row.token)) == (actor.kind, owner(actor.name, actor.token))

    def _over(self) -> list[str]:
        now = self._now()
        return [row.id for row in self._standing.values() if now >= row.until]

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _called(agent: str) -> str:
    """What a browser calls itself (User-Agent), as people do; anything else as it stands. It may lie."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} on {system}" if browser and system else one_line(agent, 60)


def _tried(step: Callable[[], object]) -> HelmwardError | None:
    """Why it failed, which also stands in the log."""
    try:
        step()
    except HelmwardError as error:
        _log.warning("A session ended, but not all of it could be written: %s", error)
        return error
    return None


def _shown(row: SessionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "started": format_time(datetime.fromtimestamp(row.started, UTC)),
        "until": format_time(datetime.fromtimestamp(row.until, UTC)),
        "source": row.source,
        "browser": row.browser,
        "by": "password" if row.own else "token",
    }
