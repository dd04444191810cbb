"""The kill switch in the console: stopped with a reason and a second look, told of everywhere, lifted by administrators."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from helmward.door.audit import Entry
from helmward.house.auditing import HELMWARD

from ..faces.station import Station
from ..faces.station import station as start
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture
def free(station: Station) -> Iterator[Station]:
    """The server, and nothing is stopped there afterwards."""
    yield station
    switch = station.house.door.kills
    for scope in list(switch.standing()):
        station.do(switch.revive(HELMWARD, scope, "the test is over"))


async def test_everything_is_stopped_with_a_second_look_and_every_page_says_so(free: Station) -> None:
    async with Visitor(free) as visitor, Visitor(free) as admin:
        await visitor.enter(free.token("requester"))
        _, page = await visitor.get("/kill")
        assert "nothing is stopped" in page
        assert 'action="/kill/stop"' in page.split("Stop one alone")[1]
        assert 'action="/kill/stop"' not in page.split("Stop one alone")[0], "everything takes a second look"
        _, page = await visitor.get("/kill?sure=all&reason=what+is+it+doing")
        assert "Stop everything now?" in page
        assert 'value="what is it doing"' in page
        _, page, address = await visitor.post("/kill/stop", {"kind": "all", "reason": "what is it doing"})
        assert address == "/kill"
        assert "Everything is stopped" in page
        assert "An administrator lifts it" in page
        assert "All changes are stopped by" not in page, "the page itself says it once"
        _, page = await visitor.get("/")
        assert re.search(r"All changes are stopped by a requester since [\d: -]+ UTC: what is it doing\.", page)
        assert "watching, explaining and reading go on" in page
        _, page, _ = await visitor.post("/kill/revive", {"kind": "all", "reason": "mine", "back": "/kill"})
        assert re.search(r'said wrong" role="alert">[^<]*admin', page)

        await admin.enter(free.token("admin"))
        _, page = await admin.get("/kill?lift=all")
        assert "Let everything go on?" in page
        _, page, _ = await admin.post("/kill/revive", {"kind": "all", "reason": "seen"})
        assert "Everything may go on" in page
        assert "nothing is stopped" in page


async def test_one_tool_is_stopped_alone_and_hostile_reasons_are_text(free: Station) -> None:
    async with Visitor(free) as visitor:
        await visitor.enter(free.token("admin"))
        form = {"kind": "tool", "name": "pods_delete", "reason": HOSTILE}
        _, page, _ = await visitor.post("/kill/stop", form)
        assert "■ tool" in page
        assert HOSTILE not in page
        assert "&lt;img src=x" in page
        form = {"kind": "tool", "name": "pods_delte", "reason": "a slip", "back": "/kill"}
        _, page, address = await visitor.post("/kill/stop", form)
        assert address == "/kill"
        assert "There is no tool &#39;pods_delte&#39;" in page
        _, page = await visitor.get(f"/kill?sure=all&reason={HOSTILE}")
        assert HOSTILE not in page


async def test_who_may_only_look_gets_no_form_and_is_refused(free: Station) -> None:
    async with Visitor(free) as visitor:
        await visitor.enter(free.token("viewer"))
        _, page = await visitor.get("/kill")
        assert "You may look" in page
        assert "/kill/stop" not in page
        _, page, _ = await visitor.post("/kill/stop", {"kind": "all", "reason": "I want to", "back": "/kill"})
        assert "it needs the role &#39;requester&#39;" in page
        assert "nothing is stopped" in page


@pytest.fixture
def broken_off(tmp_path: Path) -> Iterator[Station]:
    """A server whose log knows of a write that nothing else knows of: it is for this test alone."""
    details = {
        "plan": "plan-halfdone",
        "number": 0,
        "digest": "",
        "tool": "rollout_restart",
        "effect": "MUTATE",
        "resource": "Deployment/shop/checkout",
        "uid": "",
        "verb": "patch",
        "permission": "",
        "undoOf": None,
        "incident": None,
        "standing": [],
        "row": "",
    }
    entry = Entry(actor=HELMWARD, action="action.act", target="act-halfdone", outcome="intended", details=details)
    with start(tmp_path) as station:
        station.do(station.house.door.means.ledger.record(entry))
        yield station


async def test_what_lies_half_done_is_there_with_the_way_to_its_undo(broken_off: Station) -> None:
    async with Visitor(broken_off) as visitor:
        await visitor.enter(broken_off.token("admin"))
        _, page = await visitor.get("/kill")
        assert 'href="/plans/plan-halfdone"' in page
        assert "/objects/Deployment/shop/checkout" in page
        assert "/kill?undo=act-halfdone" in page
        _, page = await visitor.get("/kill?undo=act-halfdone")
        assert 'action="/plans/act-halfdone/undo"' in page
        _, page, _ = await visitor.post("/kill/stop", {"kind": "all", "reason": "wait"})
        assert "act-halfdone" not in page, "an undo is a change, too"
        assert "plan-halfdone" in page


async def test_on_a_phone_it_is_a_reason_and_two_taps_and_open_pages_hear_of_it(pages: Pages, free: Station) -> None:
    page, other = await pages(viewport=PHONE), await pages(viewport=PHONE)
    await enter(other, free)
    await enter(page, free, "/kill", free.token("admin"))
    button = page.get_by_role("button", name="Stop everything")
    box = await button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800
    assert await axe(page) == []
    await page.get_by_label("Why (others read it)").fill("seen on the pager")
    await button.click()
    await expect(page.get_by_label("Why (others read it)")).to_have_value("seen on the pager")
    assert await axe(page) == []
    await page.get_by_role("button", name="Yes, stop everything").click()
    await expect(page.locator("#live-stops")).to_contain_text("Everything is stopped")
    await expect(other.locator("#live-status")).to_contain_text("seen on the pager", timeout=20_000)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await axe(page) == []
    await asyncio.to_thread(lambda: free.do(free.house.door.kills.revive(HELMWARD, "all", "all is well")))
    await expect(page.locator("#live-stops")).to_contain_text("nothing is stopped", timeout=20_000)
    assert await console_errors(page) == []
