"""Cookies: sealed, each for its own purpose, over when they are over; forms that are not of the session do nothing."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.door.identity import NewToken
from helmward.faces.console.live.live import MOST_EACH
from helmward.faces.console.signing.session import Session, Sessions
from helmward.faces.console.signing.signing import local
from helmward.house.auditing import HELMWARD

from ..faces.station import Station
from .entering import Visitor, link

NOW = 1_000_000.0


def test_a_cookie_is_good_for_its_own_purpose_and_time() -> None:
    sessions = Sessions(os.urandom(32))
    session = Session("a token", NOW + 10)
    sealed = sessions.seal(session)
    assert sessions.open(sealed, NOW) == session
    assert sessions.open(sealed, NOW + 11) is None
    assert sessions.open(sealed, NOW, "another") is None
    assert Sessions(os.urandom(32)).open(sealed, NOW) is None
    assert "token" not in sealed


@given(st.text(max_size=80))
def test_no_other_text_is_a_cookie(text: str) -> None:
    assert Sessions(b"k" * 32).open(text, NOW) is None


@given(st.text(max_size=60))
def test_nobody_is_sent_elsewhere(place: str) -> None:
    found = local(place)
    assert found.startswith("/") and found[1:2] not in ("/", "\\")


@pytest.mark.parametrize(
    "place", ["//evil", "/\\evil", "https://evil", "javascript:x", "/a\nb", "\t//evil", "", "/\t/evil"]
)
def test_addresses_elsewhere_lead_to_the_first_page(place: str) -> None:
    assert local(place) == "/"


async def test_forms_of_elsewhere_do_nothing(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        form = {"kind": "all", "reason": "x"}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            status, _, _ = await visitor.post("/kill/stop", form, headers=headers)
            assert status == 403
        status, text, _ = await visitor.post("/kill/stop", {**form, "form_key": "0" * 32})
        assert (status, "not of your session" in text) == (403, True)
        _, shown = await visitor.get("/kill")
        assert "nothing is stopped" in shown


async def test_a_session_ends_with_its_token(station: Station) -> None:
    token = station.token("viewer")
    async with Visitor(station) as visitor:
        await visitor.enter(token)
        assert (await visitor.get("/"))[0] == 200
        station.call(station.house.people.revoke_token, station.house.identity.check(
            station.house.local_token, station.house.clock()
        ), f"tok-{token.split('_')[1]}")  # fmt: skip
        status, text = await visitor.get("/")
        assert (status, "You were signed out" in text, "<h1>Sign in" in text) == (200, True, True)


def cookie(visitor: Visitor) -> dict[str, str]:
    """A copy of the session's cookie."""
    return {kept.key: kept.value for kept in visitor.session.cookie_jar if kept.key == "helmward-session"}


async def test_a_copied_cookie_ends_with_the_sign_out(station: Station) -> None:
    async with Visitor(station) as visitor, Visitor(station) as thief:
        await visitor.enter(station.token("viewer"))
        thief.session.cookie_jar.update_cookies(cookie(visitor))
        assert "<h1>Sign in" not in (await thief.get("/"))[1]
        stream = await thief.session.get(f"{station.url}/live?path=/&query=q%3Dthief")
        await stream.content.readline()
        _, _, where = await visitor.post("/logout", {})
        assert where == "/login"
        assert "<h1>Sign in" in (await thief.get("/"))[1]
        assert (await thief.get("/live?path=/"))[0] == 401
        stream.close()


async def test_one_sees_and_ends_ones_own_sessions(station: Station) -> None:
    async with Visitor(station) as here, Visitor(station) as there, Visitor(station) as other:
        wish, clock = NewToken("sam", ("requester",)), station.house.clock()
        made, named_so_too = (station.call(station.house.identity.create, HELMWARD, wish, clock).text for _ in range(2))
        for visitor in (here, there):
            await visitor.enter(made)
        await other.enter(named_so_too)
        _, page = await here.get("/sessions")
        assert page.count("this one") == 1 and page.count('name="session"') == 1
        identity = page.split('name="session" value="', 1)[1].split('"', 1)[0]
        _, text, _ = await other.post("/sessions/end", {"session": identity})
        assert "You have no session" in text, "another's"
        assert "Your sessions" in (await there.get("/sessions"))[1]
        _, text, _ = await here.post("/sessions/others", {})
        assert "1 session ended." in text and "There are no others" in text
        assert "<h1>Sign in" in (await there.get("/sessions"))[1]
        assert "Your sessions" in (await other.get("/sessions"))[1]


async def test_a_form_key_is_of_one_session(station: Station) -> None:
    token = station.token("admin")
    async with Visitor(station) as one, Visitor(station) as two:
        await one.enter(token)
        await two.enter(token)
        pages = [(await visitor.get("/approvals"))[1] for visitor in (one, two)]
        keys = [page.split('name="form_key" value="', 1)[1].split('"', 1)[0] for page in pages]
        status, text, _ = await two.post("/kill/stop", {"form_key": keys[0], "kind": "nothing"})
        assert (status, "not of your session" in text) == (403, True)


async def test_a_link_works_once(station: Station) -> None:
    address = await link(station)
    async with Visitor(station) as visitor, Visitor(station) as late:
        async with visitor.session.get(address) as answer:
            assert answer.status == 200
        async with late.session.get(address) as answer:
            assert "used already" in await answer.text()


async def test_headers_keep_a_page_to_itself(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter()
        async with visitor.session.get(f"{station.url}/") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Frame-Options"] == "DENY"
        async with visitor.session.get(f"{station.url}/static/../../pyproject.toml") as answer:
            assert answer.status == 404
        cookies = {cookie.key: cookie for cookie in visitor.session.cookie_jar}
        session = cookies["helmward-session"]
        assert session["httponly"] and session["samesite"] == "lax"


async def test_what_is_no_form_is_told_so_and_leaves_the_log_alone(station: Station) -> None:
    async with Visitor(station) as visitor:
        for body in (b"abc", b"\xff=1", b"a=1&" * 300, b"a=" + b"x" * 70_000):
            async with visitor.session.post(f"{station.url}/login", data=body) as answer:
                assert (answer.status, "Not done" in await answer.text()) == (400, True), body[:10]
        await visitor.enter(station.token("viewer"))
        status, text, _ = await visitor.post("/kill/stop", {"form_key": "é"})
        assert (status, "not of your session" in text) == (403, True)


async def test_a_link_of_another_site_signs_nobody_in_and_a_look_uses_none_up(station: Station) -> None:
    address = await link(station)
    async with Visitor(station) as visitor:
        async with visitor.session.get(address, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
            assert "<h1>Sign in" in await answer.text()
        async with visitor.session.head(address) as answer:
            assert answer.status == 200
        async with visitor.session.get(address, headers={"Sec-Fetch-Site": "none"}) as answer:
            assert (answer.status, answer.url.path) == (200, "/")


async def test_scripts_of_nobody_are_told_so(station: Station) -> None:
    async with Visitor(station) as visitor:
        for path in ("/live?path=/", "/search.json?q=x"):
            assert (await visitor.get(path))[0] == 401


async def test_who_may_not_look_is_told_so(station: Station) -> None:
    async with Visitor(station) as visitor, visitor.session.get(await link(station, station.token("viewer"))) as answer:
        assert answer.status == 200
    async with Visitor(station) as visitor:
        form = {"token": station.token("caller"), "next": "/"}
        async with visitor.session.post(f"{station.url}/login", data=form) as answer:
            assert (answer.status, "Sign in as somebody who may look" in await answer.text()) == (403, True)
    records = [json.loads(line) for line in station.call(station.house.audit_tail, 20)]
    refused = [
        one["target"] for one in records if one["actor"]["name"] == "a caller" and one["action"] == "access.deny"
    ]
    assert refused == ["GET /"], "one refusal, not one of each route"


async def test_one_caller_keeps_a_bounded_number_of_different_pages_open(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("viewer"))
        streams = []
        for number in range(MOST_EACH):
            streams.append(await visitor.session.get(f"{station.url}/live?path=/&query=q%3D{number}"))
            assert streams[-1].status == 200
            await streams[-1].content.readline()
        assert (await visitor.get("/live?path=/&query=q%3Dmore"))[0] == 429
        for stream in streams:
            stream.close()
