"""Signing in and out: by token, by name and password, or by a one-time link."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.nouns import Actor
from helmward.door.identity import Refused
from helmward.faces.api.gate import App, source_of
from helmward.faces.api.links import Links
from helmward.faces.console.client import Api
from helmward.faces.console.contract import RUN
from helmward.faces.console.signing.session import COOKIE, Session, Sessions
from helmward.house import House
from helmward.house.sessions import UnknownSession

_NO_LINK = "This link was used already, or is older than five minutes; `helmward console` makes another."


class SignedIn(NamedTuple):
    """Who it is, and their session."""

    actor: Actor
    session: Session


class Signing:
    """Knows who is signed in. `secure`: cookies go over TLS alone."""

    def __init__(self, house: House, api: App, links: Links, secure: bool) -> None:
        self._house, self._api, self._links, self._secure = house, api, links, secure
        self.sessions = Sessions(house.session_key)

    def who(self, request: Request) -> SignedIn | None:
        """Who sends this; None for nobody, or a session that is over. Raises Refused for a token that no longer holds."""
        session = self.sessions.open(request.cookies.get(COOKIE, ""), time.time())
        if session is None:
            return None
        actor = self._house.identity.check_again(session.token, self._house.clock())
        return SignedIn(actor, session) if self._house.people.sessions.stands(session.id) else None

    def holds(self, session: Session) -> bool:
        """Whether a session can go on."""
        try:
            self._house.identity.check_again(session.token, self._house.clock())
        except DeniedError:
            return False
        return time.time() < session.until and self._house.people.sessions.stands(session.id)

    async def sign_in(self, request: Request, form: Mapping[str, str]) -> Response:
        """With what was typed. Raises HelmwardError, with one sentence; a refusal is audited."""
        if code := form.get("code", ""):
            token, own = self._links.use(code), False
            if token is None:
                raise HelmwardError(_NO_LINK)
        elif token := form.get("token", "").strip():
            own = False
        else:
            body = {"name": form.get("name", ""), "password": form.get("password", "")}
            if not body["name"] or not body["password"]:
                raise HelmwardError("Type your name and password, or a token.")
            api = Api(self._api, "", source_of(request.scope))
            token, own = (await api.post("/login", body))["token"], True
        try:
            actor = self._house.identity.check(token, self._house.clock())
        except Refused as error:
            await self._house.people.refused(error, "POST /login", source_of(request.scope))
            raise
        response = RedirectResponse(looked_at(local(form.get("next", "/"))), 303)
        begun = await asyncio.to_thread(
            self._house.people.sessions.begin,
            actor,
            own,
            source_of(request.scope),
            request.headers.get("user-agent", ""),
        )
        sealed = self.sessions.seal(Session(token, begun.until, begun.id))
        self._keep(response, sealed, begun.until - begun.started, self._secure or _over_tls(request))
        return response

    async def leave(self, who: SignedIn) -> str:
        """End the session: no copy of its cookie is good any more. A sentence where that could not be written down, else ""."""
        try:
            await asyncio.to_thread(self._house.people.sessions.end, who.actor, who.session.id)
        except UnknownSession:  # somebody else ended it just now
            return ""
        except HelmwardError as error:
            return f"You are signed out, but that could not be written down, and a restart may undo it. {error}"
        return ""

    async def sign_out(self) -> Response:
        """The browser forgets."""
        response = RedirectResponse("/login", 303)
        self._keep(response, "", 0, self._secure)
        return response

    @staticmethod
    def _keep(response: Response, value: str, seconds: int, secure: bool) -> None:
        response.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def looked_at(place: str) -> str:
    """The address without RUN, for who was not led there by a page of ours; who signs in was not, whoever named it."""
    path, _, rest = place.partition("?")
    query, _, mark = rest.partition("#")
    kept = "&".join(one for one in query.split("&") if unquote_plus(one.partition("=")[0]) != RUN)
    return path + (f"?{kept}" if kept else "") + (f"#{mark}" if mark else "")


def _over_tls(request: Request) -> bool:
    """Whether a proxy says so. Anybody's word will do: it makes only the cookie of who says it stricter."""
    return request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower() == "https"


def to_sign_in(request: Request) -> Response:
    """The way to the page where one signs in, and back."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(wanted, safe='/')}" if request.method == "GET" else "/login", 303)


def local(place: str) -> str:
    """An address of ours; anything else becomes the first page."""
    fine = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
    return place if fine else "/"
