"""The console before a real server on the lab: a fault appears by itself, is approved, proven, taken back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, expect

from helmward.lab import breaking

from ..faces.api.test_access import call as call_api
from ..faces.station import Station
from ..waiting import until
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

WAIT = 60_000  # milliseconds: the machine may be busy


async def break_image(shop: Station) -> None:
    shop.do(breaking.break_(shop.home.folder, ["image"]))


@pytest_asyncio.fixture(loop_scope="session")
async def whole(shop: Station) -> AsyncIterator[Station]:
    yield shop
    shop.do(breaking.mend(shop.home.folder))


async def opened(page: Page, shop: Station) -> str:
    """The page `now`, after a fault that came while it was open; the incident's address."""
    await enter(page, shop)
    await expect(page.locator("h1")).to_have_text("Nothing is wrong", timeout=WAIT)
    await break_image(shop)
    await expect(page.locator("h1")).to_have_text("1 incident now", timeout=WAIT)
    row = page.get_by_role("link", name="image tag not found")
    await expect(page.get_by_role("link", name="Look and approve")).to_be_visible(timeout=WAIT)
    await expect(page.locator(".worst-first a[href*='sheet=']")).to_have_count(
        1
    )  # what an incident shows is shown once
    return str(await row.get_attribute("href"))


async def test_two_tabs_approve_at_once_and_one_is_told(pages: Pages, whole: Station) -> None:
    first = await pages()
    address = await opened(first, whole)
    await first.get_by_role("link", name="Look and approve").click()
    second = await first.context.new_page()
    await second.goto(first.url)
    await first.get_by_role("button", name="Approve").click()
    await expect(first.locator(".said")).to_contain_text("Approved")
    await second.get_by_role("button", name="Approve").click()
    await expect(second.locator(".said.wrong")).to_be_visible()
    await expect(second.get_by_role("button", name="Approve")).to_have_count(0)
    await first.goto(whole.url + address)
    await expect(first.locator("#live-head")).to_contain_text("resolved", timeout=WAIT)


async def test_on_a_phone_cause_proof_and_approve_lie_on_the_first_screen(pages: Pages, whole: Station) -> None:
    page = await pages(viewport=PHONE)
    address = await opened(page, whole)
    await page.goto(whole.url + address)
    for what in (page.locator(".says"), page.locator(".proof").first, page.locator("[data-press=approve]")):
        box = await what.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.locator("[data-press=approve]").click()
    approve = await page.get_by_role("dialog").get_by_role("button", name="Approve").bounding_box()
    assert approve is not None and approve["y"] + approve["height"] <= 800  # in the sheet it stays in sight, too
    assert await axe(page) == []


async def test_what_no_playbook_fits_is_done_by_hand_and_who_paused_its_healing_is_named(whole: Station) -> None:
    await until(lambda: not whole.house.incidents(), "nothing is wrong")
    whole.do(breaking.break_(whole.home.folder, ["port"]))
    await until(whole.house.incidents, "an incident of port")
    identity = whole.house.incidents()[0].id
    async with Visitor(whole) as visitor:
        await visitor.enter()
        _, page = await visitor.get(f"/incidents/{identity}")
        assert "No playbook fits its first cause. To do by hand:" in page
        assert "/propose" not in page
        healing = f"/incidents/{identity}/healing"
        _, page, _ = await visitor.post(healing, {"what": "pause", "reason": "mine"})
        assert "Healing by itself was paused here by local" in page
        _, page = await visitor.get(f"/incidents/{identity}?healing=resume")
        assert "Resume healing" in page
        _, page, _ = await visitor.post(healing, {"what": "resume", "reason": "go on"})
        assert "was paused here" not in page
        _, page, _ = await visitor.post(f"/incidents/{identity}/acknowledge", {"reason": "on <it>"})
        assert (
            "✓ acknowledged</span>" in page
            and page.count("acknowledged it: on &lt;it&gt;") == 1
            and "<button>Acknowledge" not in page
        )
        _, page, _ = await visitor.post(f"/incidents/{identity}/suppress", {"for": "1h", "reason": "fix on Monday"})
        assert "fix on Monday" in page and "End the quiet now" in page and "<button>Keep quiet" not in page
        _, page = await visitor.get("/")
        assert "on &lt;it&gt;" in page and "fix on Monday" in page
        _, page, _ = await visitor.post(f"/incidents/{identity}/unsuppress", {})
        assert "Its quiet is over." in page
        assert "<button>Keep quiet" in page
        whole.do(breaking.mend(whole.home.folder))
        await until(lambda: not whole.house.incidents(), "it is over")
        _, page = await visitor.get(f"/incidents/{identity}")
        assert "It ended after a change that Helmward did not make." in page
        assert page.count("targetPort 9090 → 8080") == 2  # where it says how it ended, and in the timeline
        assert "resolved</span>" in page
        assert "by hand:" not in page


async def test_a_denial_takes_a_reason_and_is_found_as_one(whole: Station) -> None:
    async with Visitor(whole) as visitor:
        await visitor.enter()
        call = [{"tool": "rollout_restart", "arguments": {"namespace": "production", "name": "frontend"}}]
        _, _, plan = await call_api(whole, "POST", "/api/v1/plans", whole.house.local_token, json={"actions": call})
        async with Visitor(whole) as other:
            _, page = await (await other.enter(whole.token("viewer"))).get(f"/plans/{plan['id']}")
            assert "a viewer may not approve" in page
            assert 'data-press="approve"' not in page and ">Deny<" not in page
        _, page = await visitor.get(f"/plans/{plan['id']}")
        assert 'data-press="approve"' in page and ">Deny<" in page
        _, page, address = await visitor.post(f"/plans/{plan['id']}/deny", {"digest": plan["digest"], "reason": " "})
        assert "deny=yes" in address
        assert "Why not (others read it)" in page
        _, page, _ = await visitor.post(f"/plans/{plan['id']}/deny", {"reason": "not <b>now</b>"})
        assert "denied by local: not &lt;b&gt;now&lt;/b&gt;" in page
        _, page = await visitor.get(f"/audit?action=plan.deny&target={plan['id']}")
        assert page.count("data-row") == 1
        assert "not &lt;b&gt;now&lt;/b&gt;" in page


async def test_a_fault_appears_is_approved_proven_and_taken_back(page: Page, whole: Station) -> None:
    """The last one of this file: what a person took back is not proposed again."""
    address = await opened(page, whole)
    assert await axe(page) == []
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await page.wait_for_url(re.compile(re.escape(address)))  # loaded: the keys work
    await expect(page.locator("h1")).to_contain_text("image tag not found")
    await page.keyboard.press("a")
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(sheet.get_by_role("link", name="Close")).to_be_focused()
    await expect(sheet.locator(".before")).to_have_text("registry.example.com/shop/payment-service:2.5.0")
    await expect(sheet.locator(".after")).to_have_text("registry.example.com/shop/payment-service:2.4.0")
    await expect(sheet).to_contain_text("puts the template from before the roll-back in again")
    assert await axe(page) == []
    await sheet.get_by_label("Why (others read it)").fill("seen on the pager")
    await sheet.get_by_role("button", name="Approve").click()
    await expect(page.locator(".said")).to_contain_text("Approved")
    await expect(page.locator("#live-sheet")).to_contain_text("Proof", timeout=WAIT)
    await expect(page.locator("#live-head")).to_contain_text("resolved", timeout=WAIT)
    await page.go_back()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    await page.goto(f"{whole.url}{address}")
    await expect(page.locator(".first .says")).to_contain_text("Mended: roll Deployment")
    await expect(page.locator(".first .proven")).to_contain_text("the first cause is gone")
    await expect(page.get_by_text("To do:")).to_have_count(0)
    assert await axe(page) == []
    await page.get_by_role("link", name="Undo …").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Why undo it").fill("it was meant to be")
    await sheet.get_by_role("button", name="Undo it").click()
    await expect(page.locator(".said")).to_contain_text("taken back")
    await expect(page.locator("#live-sheet")).to_contain_text("done", timeout=WAIT)
    assert await console_errors(page) == []
