"""The console as an ASGI application: pages, acts, live updates and files; who is not signed in gets the way there."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.extend import REGISTRY, load_package
from helmward.door.identity import Refused
from helmward.faces.api.gate import App, Message, Receive, Send, source_of
from helmward.faces.api.links import Links
from helmward.faces.console import pages, search
from helmward.faces.console.assets import PREFIX as STATIC
from helmward.faces.console.assets import Assets
from helmward.faces.console.client import Api, ApiError
from helmward.faces.console.contract import RUN, Done, Page, View, Visit
from helmward.faces.console.frame import Frame
from helmward.faces.console.headers import guarded
from helmward.faces.console.live.live import Live, digest
from helmward.faces.console.live.pulse import Pulse
from helmward.faces.console.passing import downloads, logs
from helmward.faces.console.routes import Routes, page_of, short
from helmward.faces.console.signing.forms import form_of, from_here, led_by_us
from helmward.faces.console.signing.notes import Notes
from helmward.faces.console.signing.signing import SignedIn, Signing, local, looked_at, to_sign_in
from helmward.house import House

_log = logging.getLogger(__name__)
_NOWHERE = "There is no page at this address."
_BY_SCRIPT = ("/live", search.PATH)
_MOST_PARAMETERS = 40


class Console:
    """Answers browsers. `secure`: they come over TLS; `closing` ends the live updates."""

    def __init__(self, house: House, api: App, links: Links, closing: asyncio.Event, secure: bool) -> None:
        self._api, self._secure = api, secure
        self._signing = Signing(house, api, links, secure)
        self._notes = Notes(self._signing.sessions, secure)
        self._assets = Assets()
        load_package(pages)
        found: list[Page] = list(REGISTRY.build("page"))
        self._routes = Routes(found)
        self._frame = Frame(house, self._assets, found, self._signing.sessions)
        self._pulses = {world: Pulse(house, closing, world) for world in (False, True)}
        self.live = Live(closing)
        self._house = house

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3, http only."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as error:  # the session's token was ended
            await self._house.people.refused(error, f"{request.method} {request.url.path}", source_of(scope))
            response = await self._signing.sign_out()
            self._notes.leave(response, f"You were signed out. {error}", True, time.time())
        except UsageError as error:  # a form that is none
            response = self._frame.problem(None, str(error), 400)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 - an error of our own becomes a page that says so, and stands in the log
            _log.exception("A page of the console failed in Helmward itself.")
            response = self._frame.broken()
        await guarded(response, self._secure)(scope, receive, send)

    async def close(self) -> None:
        """End what runs beside requests."""
        for pulse in self._pulses.values():
            await pulse.close()

    # ---- inside ----

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith(STATIC):
            return self._assets.answer(request)
        if path == "/login":
            return await self._login(request)
        signed_in = self._signing.who(request)
        if signed_in is None and path in _BY_SCRIPT:
            return Response(status_code=401)
        if signed_in is None:
            return to_sign_in(request)
        if path in _BY_SCRIPT and request.method != "GET":
            return self._frame.problem(None, "This address takes GET.", 405)
        if path == "/live":
            return self._stream(request, signed_in)
        if logs.PATH.fullmatch(path) and request.method == "GET":
            api, session = self._api_of(request, signed_in), signed_in.session
            return logs.follow(api, request, lambda: self._signing.holds(session), self._pulses[False])
        if path == search.PATH:
            return await self._search(request, signed_in)
        if path in downloads.PATHS and request.method == "GET":
            return await self._download(request, signed_in)
        if request.method in ("GET", "HEAD"):
            return await self._show(request, signed_in)
        if request.method != "POST":
            return self._frame.problem(None, "This address takes GET and POST.", 405)
        return await self._act(request, signed_in)

    async def _login(self, request: Request) -> Response:
        said = self._notes.take(request, time.time())
        form: Mapping[str, str] = request.query_params
        if request.method == "POST":
            if not from_here(request):
                return self._frame.login("/", "This form came from another site; sign in here.", 403)
            form = await form_of(request)
        # A link that another site made its visitor open signs nobody in, and who only looks (HEAD) uses none up.
        linked = bool(form.get("code")) and request.method == "GET" and from_here(request)
        if request.method == "POST" or linked:
            try:
                return await self._signing.sign_in(request, form)
            except HelmwardError as error:
                status = getattr(error, "status", getattr(error, "http_status", 401))
                return self._frame.login(local(form.get("next", "/")), str(error), status)
        response = self._frame.login(local(form.get("next", "/")), said.text if said else "", 200)
        self._notes.drop(response)
        return response

    def _api_of(self, request: Request, who: SignedIn) -> Api:
        return Api(self._api, who.session.token, source_of(request.scope))

    def _visit(
        self,
        request: Request,
        who: SignedIn,
        path: str,
        params: Mapping[str, str],
        query: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        live: bool = False,
    ) -> Visit:
        return Visit(self._api_of(request, who), who.actor, path, params, query, form or {}, live, who.session.id)

    async def _show(self, request: Request, who: SignedIn) -> Response:
        found = self._routes.page(request.url.path)
        if found is None and self._routes.act(request.url.path):
            # The answer to an act, loaded by its address.
            return RedirectResponse(page_of(request.url.path), 303)
        # First of all: an address that is rewritten below must not keep what nobody here asked to run.
        if found and RUN in request.query_params and not led_by_us(request):
            return RedirectResponse(looked_at(local(f"{request.url.path}?{request.url.query}")), 303)
        shorter = short(request.scope["raw_path"].decode("latin-1"), request.url.query)
        if shorter is not None:
            return RedirectResponse(local(shorter), 303)
        query = found.page.query(dict(list(request.query_params.items())[:_MOST_PARAMETERS])) if found else {}
        visit = self._visit(request, who, request.url.path, found.params if found else {}, query)
        said = self._notes.take(request, time.time())
        if found is None:
            return await self._frame.trouble(visit, who.session, _NOWHERE, 404)
        try:
            given, title = await self._frame.given(found.page, visit, who.session)
        except ApiError as error:
            response = await self._frame.trouble(visit, who.session, str(error), error.status, said)
        else:
            parts = self._frame.templates.live(found.page.name, given)
            given |= {"title": title, "said": said, "seen": digest(parts)}
            response = self._frame.page(found.page.name, request, given, parts)
        if said is not None:
            self._notes.drop(response)
        return response

    async def _act(self, request: Request, who: SignedIn) -> Response:
        form = await form_of(request)
        if not from_here(request) or not self._signing.sessions.fits(who.session, form.pop("form_key", "")):
            return self._frame.problem(None, "This form is not of your session; load the page again.", 403)
        if request.url.path == "/logout":
            return await self._leave(who)
        found = self._routes.act(request.url.path)
        if found is None:
            return self._frame.problem(None, _NOWHERE, 404)
        back = local(form.pop("back", "/"))
        visit = self._visit(request, who, page_of(request.url.path), found.params, {}, form)
        try:
            done: Done | View | Response = await getattr(found.page, found.method)(visit)
        except ApiError as error:
            done = Done(back, str(error), wrong=True)
        if isinstance(done, Response):
            return done
        if isinstance(done, View):
            given = await self._frame.around(done, found.page, visit, who.session)
            return self._frame.page(found.page.name, request, given)
        response = RedirectResponse(local(done.goto), 303)
        if done.said:
            self._notes.leave(response, done.said, done.wrong, time.time())
        return response

    async def _leave(self, who: SignedIn) -> Response:
        unwritten = await self._signing.leave(who)
        response = await self._signing.sign_out()
        if unwritten:
            self._notes.leave(response, unwritten, True, time.time())
        return response

    async def _search(self, request: Request, who: SignedIn) -> Response:
        api = self._api_of(request, who)
        try:
            return JSONResponse(await search.found(api, request.query_params.get("q", "")))
        except ApiError as error:
            return JSONResponse({"error": str(error)}, error.status)

    async def _download(self, request: Request, who: SignedIn) -> Response:
        if not from_here(request):
            return self._frame.problem(
                None, "Another site asked for this download; ask for it on the page itself.", 403
            )
        visit = self._visit(request, who, request.url.path, {}, dict(request.query_params))
        try:
            return await downloads.download(visit.api, visit.path, visit.query)
        except ApiError as error:
            return await self._frame.trouble(visit, who.session, str(error), error.status)

    def _stream(self, request: Request, who: SignedIn) -> Response:
        """`/live?path=…&query=…&seen=…`: what changes of the page at that address."""
        asked = request.query_params
        path, query = asked.get("path", "/"), asked.get("query", "")
        found = self._routes.page(path)
        if found is None:
            return Response(status_code=204)
        one = found.page
        visit = self._visit(request, who, path, found.params, one.query(dict(parse_qsl(query))), live=True)

        async def render() -> Mapping[str, bytes]:
            given, _ = await self._frame.given(one, visit, who.session)
            return self._frame.templates.live(one.name, given)

        seen = request.headers.get("last-event-id") or asked.get("seen", "")
        pulse = self._pulses[one.world]
        mine = repr(who.actor)
        if not self.live.has_room(mine):
            return Response("Too many pages are open.", 429, media_type="text/plain")
        key = "\n".join((mine, path, query))
        events = self.live.stream(key, seen, render, lambda: self._signing.holds(who.session), pulse)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)
