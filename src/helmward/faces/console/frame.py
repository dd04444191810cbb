"""What every page has: the head, the navigation, the state of Helmward itself; and the pages that show what went wrong."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from helmward.core.errors import DeniedError
from helmward.door.identity import Role
from helmward.faces.console.assets import Assets
from helmward.faces.console.client import ApiError
from helmward.faces.console.contract import Page, View, Visit
from helmward.faces.console.rendering import Templates
from helmward.faces.console.signing.notes import Said
from helmward.faces.console.signing.session import Session, Sessions
from helmward.house import House, reach

THEME = "helmward-theme"
"""The cookie of who chose light or dark; without it the system's choice holds."""

_PACK_FROM = 1024  # bytes
_BROKEN = "Helmward itself failed here; server.log in its data folder says how. Please report it."


class Entry(NamedTuple):
    """A line of the navigation."""

    label: str
    path: str
    key: str
    name: str
    role: Role
    whole: bool


class Frame:
    """Draws pages."""

    def __init__(self, house: House, assets: Assets, pages: Sequence[Page], sessions: Sessions) -> None:
        self.templates = Templates(assets, house.clock)
        self._house, self._sessions = house, sessions
        found = sorted((one.nav, one) for one in pages if one.nav is not None)
        self._nav = [Entry(nav.label, one.path, nav.key, one.name, nav.role, nav.whole) for nav, one in found]

    async def given(self, page: Page, visit: Visit, session: Session) -> tuple[dict[str, Any], str]:
        """What a page's template is given, and its title. Raises ApiError."""
        await self._admit(page, visit)
        shown = await page.show(visit)
        return await self.around(shown, page, visit, session), shown.title

    async def around(self, shown: View, page: Page, visit: Visit, session: Session) -> dict[str, Any]:
        """What a page's template is given to show this. Raises ApiError."""
        return await self._common(visit, session, page.name) | {"title": shown.title, **shown.given}

    def page(
        self, name: str, request: Request, given: Mapping[str, Any], parts: Mapping[str, bytes] | None = None
    ) -> Response:
        """A whole page; `parts` of it are rendered already."""
        theme = request.cookies.get(THEME, "")
        body = self.templates.page(name, {**given, "theme": theme if theme in ("light", "dark") else ""}, parts)
        headers = {"Vary": "Accept-Encoding"}
        if len(body) >= _PACK_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, 4, mtime=0), "gzip"
        return Response(body, 200, headers, media_type="text/html; charset=utf-8")

    async def trouble(
        self, visit: Visit, session: Session, sentence: str, status: int, said: Said | None = None
    ) -> Response:
        """In place of a page: why there is none, in the frame of all others."""
        if not visit.may("viewer"):  # they may not even see how Helmward is
            return self.problem(None, f"{sentence} Sign in as somebody who may look.", 403)
        try:
            given = await self._common(visit, session, "")
        except ApiError as error:
            return self.problem(None, str(error), error.status)
        given |= {"title": "Not shown", "sentence": sentence, "said": said, "again": status not in (403, 404)}
        return self._drawn("trouble", given, status)

    def problem(self, _visit: None, sentence: str, status: int) -> Response:
        """The same for who is not known."""
        return self._drawn("problem", {"title": "Not done", "sentence": sentence}, status)

    def broken(self) -> Response:
        """An error of our own."""
        return self.problem(None, _BROKEN, 500)

    def login(self, following: str, sentence: str, status: int) -> Response:
        """Where one signs in."""
        return self._drawn("login", {"title": "Sign in", "sentence": sentence, "following": following}, status)

    async def _admit(self, page: Page, visit: Visit) -> None:
        """Raises ApiError where each route that the page asks would refuse. It is one denial then, not one of each route."""
        if page.nav is None:
            return
        try:
            reach.needs(visit.actor, page.nav.role, page.nav.whole)
        except DeniedError as error:
            await self._house.people.lacking(visit.actor, error, f"GET {page.path}")
            raise ApiError(str(error), 403) from error

    def _drawn(self, name: str, given: Mapping[str, Any], status: int) -> Response:
        body = self.templates.page(name, {"theme": "", "said": None, "seen": "", **given})
        return Response(body, status, media_type="text/html; charset=utf-8")

    async def _common(self, visit: Visit, session: Session, name: str) -> dict[str, Any]:
        return {
            "visit": visit,
            "me": visit.actor,
            "nav": [entry for entry in self._nav if visit.may(entry.role, entry.whole)],
            "at": name,
            "form_key": self._sessions.form_key(session),
            "status": await visit.api.get("/status"),
            "said": None,
            "seen": "",
        }
