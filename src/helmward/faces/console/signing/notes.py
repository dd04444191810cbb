"""A sentence carried over a redirect: what came of an act, shown once on the page that follows."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from helmward.faces.console.signing.session import Session, Sessions

_COOKIE = "helmward-said"
_LONGEST = 600  # characters
_LASTS = 60  # seconds


class Said(NamedTuple):
    """A sentence, and whether it tells of something that went wrong."""

    text: str
    wrong: bool


class Notes:
    """Keeps them in a sealed cookie, so that nobody else can put words there."""

    def __init__(self, sessions: Sessions, secure: bool) -> None:
        self._sessions, self._secure = sessions, secure

    def leave(self, response: Response, text: str, wrong: bool, now: float) -> None:
        """For the next page."""
        sealed = self._sessions.seal(Session(("!" if wrong else ".") + text[:_LONGEST], now + _LASTS), _COOKIE)
        response.set_cookie(
            _COOKIE, sealed, max_age=_LASTS, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def take(self, request: Request, now: float) -> Said | None:
        """What the page before left."""
        kept = self._sessions.open(request.cookies.get(_COOKIE, ""), now, _COOKIE)
        return None if kept is None else Said(kept.token[1:], kept.token[0] == "!")

    def drop(self, response: Response) -> None:
        """It was shown."""
        response.delete_cookie(_COOKIE, path="/", secure=self._secure, httponly=True, samesite="lax")
