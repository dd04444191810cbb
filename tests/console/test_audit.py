"""The audit log in the console: found by filter, opened, verified, taken along; administrators alone."""

from __future__ import annotations

import asyncio
import html
import json
from datetime import UTC, datetime

import aiohttp
import pytest
from playwright.async_api import Page, expect

from helmward.core.nouns import Actor
from helmward.door.audit import Entry
from helmward.faces.console.assets import Assets
from helmward.faces.console.client import Api
from helmward.faces.console.contract import Visit
from helmward.faces.console.rendering import Templates

from ..faces.station import Station
from .browser import axe, console_errors
from .entering import Visitor, enter

HOSTILE = "<script>alert('x')</script>"
ROBIN = Actor(name=f"Robin {HOSTILE}", kind="agent")


@pytest.fixture(scope="module")
def recorded(station: Station) -> Station:
    """Sixty records of somebody hostile."""

    async def record() -> None:
        details = {"incident": "inc-abc123", "targets": ["Deployment/shop/web", HOSTILE], "nested": {"deep": HOSTILE}}
        entries = [
            Entry(actor=ROBIN, action="drill.propose", target=f"plan-robin{number}", reason=HOSTILE, details=details)
            for number in range(60)
        ]
        await asyncio.gather(*(station.house.audit.append(entry) for entry in entries))

    station.do(record())
    return station


async def test_records_are_found_paged_and_opened_and_hostile_words_are_text(recorded: Station) -> None:
    async with Visitor(recorded) as visitor:
        await visitor.enter(recorded.token("admin"))
        query = {"actor": ROBIN.name, "action": "drill.*"}
        _, page = await visitor.get("/audit", params=query)
        assert page.count("data-row") == 50
        assert HOSTILE not in page
        assert html.escape(HOSTILE) in page.replace("&#39;", "&#x27;")
        older = html.unescape(page.split('class="button" href="/audit?')[-1].split('"')[0])
        _, rest = await visitor.get(f"/audit?{older}")
        assert rest.count("data-row") == 10
        assert "These are the oldest." not in page
        number = page.split('id="r')[1].split('"')[0]
        status, record = await visitor.get(f"/audit?record={number}")
        assert status == 200
        assert HOSTILE not in record
        sheet = record.split('role="dialog"')[1]
        assert 'href="/incidents/inc-abc123"' in sheet
        assert 'href="/objects/Deployment/shop/web"' in sheet
        assert "nested.deep" in sheet
        assert 'href="/plans/plan-robin' in sheet
        _, page = await visitor.get("/audit?since=yesterdayish&actor=heal")
        assert "is not a duration" in page
        assert 'value="heal"' in page, "what was typed is still there"


def test_a_search_that_found_nothing_yet_in_a_long_log_goes_on() -> None:
    """The API looks at so many records a call; a page of none with a number to go on from is not the end."""

    async def unused(*_: object) -> None:
        raise AssertionError

    visit = Visit(Api(unused, "", ""), ROBIN, "/audit", {}, {"q": "needle", "before": "900000"})
    status = {"tampered": [], "unaudited": "", "unexplained": "", "unsaved": "", "stale": [], "notices": []}
    given = {"visit": visit, "status": status, "proof": None, "fresh": True, "form_key": ""}
    templates = Templates(Assets(), lambda: datetime.now(UTC))
    part = templates.live("audit", given | {"found": {"records": [], "next": 700001}})["live-records"].decode()
    assert 'href="/audit?q=needle&amp;before=700001">Search further' in part
    part = templates.live("audit", given | {"found": {"records": [], "next": None}})["live-records"].decode()
    assert "No record is like this." in part
    assert "Search further" not in part


async def test_it_is_verified_and_exported_as_the_api_exports_it(recorded: Station) -> None:
    async with Visitor(recorded) as visitor:
        await visitor.enter(recorded.token("admin"))
        _, page, address = await visitor.post("/audit/verify", {})
        assert address == "/audit"
        assert "✓ whole" in page, page.split("live-proof")[1][:1500]
        async with visitor.session.get(recorded.url + "/audit/export") as answer:
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="helmward-audit-')
            assert int(answer.headers["Content-Length"]) == len(await answer.read())
        export = html.unescape((await visitor.get("/audit?q=plan-robin7"))[1])
        wanted = export.split('href="/audit/export?format=records')[1].split('"')[0]
        _, text = await visitor.get(f"/audit/export?format=records{wanted}")
        assert [json.loads(line)["target"] for line in text.splitlines()] == ["plan-robin7"]
        status, page = await visitor.get("/audit/export?q=x")
        assert status == 400
        assert "cannot be filtered" in page
        status, _ = await visitor.get("/audit/export", headers={"Sec-Fetch-Site": "cross-site"})
        assert status == 403


async def test_who_is_no_administrator_is_told_so(recorded: Station) -> None:
    async with Visitor(recorded) as visitor:
        await visitor.enter(recorded.token("viewer"))
        for path in ("/audit", "/audit/export"):
            status, page = await visitor.get(path)
            assert status == 403
            assert "it needs the role &#39;admin&#39;" in page
            assert "plan-robin" not in page


async def test_nobody_downloads_without_signing_in(recorded: Station) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(recorded.url + "/audit/export", allow_redirects=False) as answer,
    ):
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/login")


async def test_new_records_come_to_the_top_by_themselves(page: Page, recorded: Station) -> None:
    await enter(page, recorded, "/audit", recorded.token("admin"))
    assert await axe(page) == []
    first = page.locator("tr[data-row]").first
    was = await first.get_attribute("id")
    entry = Entry(actor=ROBIN, action="drill.deny", target="plan-robinlive", reason="just now")
    await asyncio.to_thread(lambda: recorded.do(recorded.house.audit.append(entry)))
    await expect(first).to_contain_text("plan-robinlive", timeout=20_000)
    assert await first.get_attribute("id") != was
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await expect(page.get_by_role("dialog")).to_contain_text("just now")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await console_errors(page) == []
