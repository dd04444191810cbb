"""Actors and tokens in the console: added, bounded, removed with a second look; a token's text is shown once and kept nowhere."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape

import pytest
from playwright.async_api import expect

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.house.auditing import HELMWARD

from ..faces.api.test_access import call
from ..faces.api.test_actors import login
from ..faces.station import Station
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

HOSTILE = '<img src=x onerror="alert(1)">'
PASSWORD = "a horse, a battery"
_SECRET = re.compile(r"hw_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


async def blank(visitor: Visitor, path: str = "/tokens/new") -> str:
    """The one-time value of a fresh form."""
    _, page = await visitor.get(path)
    return page.split('name="once" value="', 1)[1].split('"', 1)[0]


def write(station: Station, statement: str, *values: str) -> None:
    """Somebody else writes into the data folder."""
    with closing(sqlite3.connect(station.folder / "data" / "state.db", timeout=10)) as database, database:
        assert database.execute(statement, values).rowcount == 1


@contextmanager
def forged(station: Station, identity: str) -> Iterator[None]:
    """This token is an administrator's, its row says."""
    write(station, "UPDATE tokens SET roles = 'admin' WHERE id = ?", identity)
    yield
    write(station, "UPDATE tokens SET roles = 'viewer' WHERE id = ?", identity)


@pytest.mark.parametrize("path", ["/actors", "/actors/alice", "/tokens", "/tokens/new"])
async def test_who_is_no_administrator_is_told_so(station: Station, path: str) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("oncall"))
        status, page = await visitor.get(path)
        assert status == 403
        assert "a oncall may not do this: it needs the role &#39;admin&#39;." in page


async def test_who_is_bounded_is_offered_no_page_that_refuses_and_a_refusal_is_recorded_once(station: Station) -> None:
    wish = NewToken("bounded", ("admin",), scope=Scope(namespaces=("default",)))
    made = station.call(station.house.identity.create, HELMWARD, wish, station.house.clock())
    async with Visitor(station) as visitor:
        await visitor.enter(made.text)
        _, page = await visitor.get("/")
        offered = re.findall(r'<a href="([^"]+)" data-key', page)
        assert offered[0] == "/" and len(offered) > 5
        for path in offered:
            assert (await visitor.get(path))[0] == 200, path
        for path in {"/kill", "/models", "/actors", "/audit"} - set(offered):
            status, page = await visitor.get(path)
            assert status == 403 and "try again" not in page
        assert not {"/kill", "/models", "/actors", "/audit"} & set(offered)
    records = [json.loads(line) for line in station.call(station.house.audit_tail, 300)]
    denied = [one["target"] for one in records if one["actor"]["name"] == "bounded" and one["action"] == "access.deny"]
    assert sorted(denied) == ["GET /actors", "GET /audit", "GET /kill", "GET /models"]


async def test_a_life_of_an_actor(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        _, page = await visitor.get("/actors?add=yes")
        assert "A requester who may approve their own change" in page
        form = {"name": "zoe", "kind": "user", "password": PASSWORD, "namespaces": "team-*, shop", "role.viewer": "on"}
        _, page, address = await visitor.post("/actors/add", form)
        assert address == "/actors/zoe"
        assert "zoe is registered." in page
        assert 'value="shop team-*"' in page

        _, page, _ = await visitor.post("/actors/zoe/change", {"role.approver": "on", "role.oncall": "on"})
        assert "<dd>approver, oncall</dd>" in page
        assert "<dd>everywhere</dd>" in page
        _, page, _ = await visitor.post("/actors/zoe/change", {"back": "/actors/zoe"})
        assert "Choose at least one role" in page
        await visitor.post("/actors/zoe/password", {"password": "another " + PASSWORD})
        assert (await login(station, "zoe", "another " + PASSWORD))[0] == 201

        _, page = await visitor.get("/actors/zoe")
        assert "/actors/zoe/remove" not in page
        _, page = await visitor.get("/actors/zoe?sure=remove")
        assert 'action="/actors/zoe/remove"' in page
        _, page, address = await visitor.post("/actors/zoe/remove", {})
        assert (address, "zoe was removed" in page) == ("/actors", True)
        assert (await login(station, "zoe", "another " + PASSWORD))[0] == 401


async def test_what_was_refused_is_shown_again_without_the_password(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        form = {"name": "heal", "kind": "user", "password": PASSWORD, "role.oncall": "on", "clusters": "prod-*"}
        _, page, address = await visitor.post("/actors/add", form)
        assert "Helmward&#39;s own; choose another one." in page
        assert 'value="heal"' in page
        assert 'value="prod-*"' in page
        assert re.search(r'name="role\.oncall"[^>]*checked', page)
        assert "password" not in address
        assert PASSWORD not in page


async def test_a_new_tokens_text_is_on_one_page_and_nowhere_else(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        once = await blank(visitor)
        form = {"once": once, "name": HOSTILE, "kind": "service", "role.viewer": "on", "expires": "1h"}
        _, page, address = await visitor.post("/tokens/new/made", form, allow_redirects=False)
        (text,) = _SECRET.findall(page)
        assert (HOSTILE in page, HOSTILE in unescape(page)) == (False, True)
        assert "hx-sse:connect" not in page, "what follows changes would ask for it again"
        assert address == "/tokens/new/made"
        secret = text.split("_", 2)[2]
        assert not [cookie for cookie in visitor.session.cookie_jar if secret in cookie.value]
        assert (await call(station, "GET", "/api/v1/status", text))[0] == 200

        _, page, address = await visitor.post("/tokens/new/made", form)
        assert (address, "nothing was made now" in page) == ("/tokens", True)
        assert page.count(">&lt;img") == 1
        assert secret not in page
        status, page = await visitor.get("/tokens/new/made", allow_redirects=False)
        assert (status, secret in page) == (303, False)
    kept = [path for path in station.folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert kept == []


async def test_a_form_that_was_refused_can_be_sent_again(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        form = {"once": await blank(visitor), "name": "grafana-9", "kind": "service", "role.admin": "on"}
        _, page, address = await visitor.post("/tokens/new/made", form)
        assert "approving and managing are for people" in page
        assert address.startswith("/tokens/new?name=grafana-9")
        _, page, _ = await visitor.post("/tokens/new/made", form | {"role.admin": "", "role.viewer": "on"})
        assert not _SECRET.findall(page), "an empty box is ticked all the same"
        del form["role.admin"]
        _, page, _ = await visitor.post("/tokens/new/made", form | {"role.viewer": "on"})
        assert len(_SECRET.findall(page)) == 1
        _, page, _ = await visitor.post("/tokens/new/made", form | {"role.viewer": "on", "once": "made-up"})
        assert not _SECRET.findall(page)


async def test_a_forged_token_is_loud_and_revoking_takes_a_second_look(station: Station) -> None:
    identity = f"tok-{station.token('viewer').split('_')[1]}"
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        assert "forged.</strong>" not in (await visitor.get("/tokens"))[1]
        with forged(station, identity):
            _, page = await visitor.get("/tokens")
            assert "1 forged.</strong>" in page
            deadline = time.monotonic() + 30
            while f"The row of token {identity}" not in page and time.monotonic() < deadline:
                _, page = await visitor.get("/tokens")  # every page tells of it, within seconds
            assert f"The row of token {identity}" in page
            _, page = await visitor.get("/tokens?state=forged")
            assert re.search(rf'class="forged">.*?✕ forged.*?{identity}', page, re.DOTALL)
        assert "/tokens/revoke" not in page
        _, page = await visitor.get(f"/tokens?q={identity}&sure={identity}")
        assert f"Revoke {identity}?" in page
        then = {"id": identity, "then": "/tokens?state=revoked"}
        _, page, address = await visitor.post("/tokens/revoke", then)
        assert (address, f"{identity} has ended." in page) == ("/tokens?state=revoked", True)
        _, page, _ = await visitor.post("/tokens/revoke", {"id": "tok-none", "back": "/tokens"})
        assert "There is no token &#39;tok-none&#39;" in page


async def test_an_actor_whose_row_was_forged_is_told_of_and_can_be_removed(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("admin"))
        await visitor.post("/actors/add", {"name": "tina", "kind": "user", "role.viewer": "on"})
        write(station, "UPDATE actors SET roles = 'admin' WHERE name = ?", "tina")
        _, page = await visitor.get("/actors?q=tina")
        assert re.search(r'class="forged">.*?tina.*?✕ unrecorded', page, re.DOTALL)
        status, page = await visitor.get("/actors/tina?sure=remove")
        assert (status, "its row was tampered with" in page) == (200, True)
        assert "/actors/tina/change" not in page
        _, page, _ = await visitor.post("/actors/tina/remove", {})
        assert "tina was removed" in page
        assert "The row of actor tina" not in page
        assert (await visitor.get("/actors/tina"))[0] == 404


async def test_a_token_is_made_in_a_browser_and_copied(pages: Pages, station: Station) -> None:
    page = await pages(viewport=PHONE, color_scheme="dark", permissions=["clipboard-read", "clipboard-write"])
    await enter(page, station, "/actors?add=yes", station.token("admin"))
    assert await axe(page) == []
    await page.goto(f"{station.url}/tokens/new?name=ci-runner&kind=service")
    await page.get_by_label("requester", exact=True).check()
    await page.get_by_role("button", name="Make it").click()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert _SECRET.fullmatch(await page.evaluate("navigator.clipboard.readText()"))
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert await axe(page) == []
    await page.reload()
    await expect(page.locator(".said.wrong")).to_contain_text("nothing was made now")
    assert await console_errors(page) == []
