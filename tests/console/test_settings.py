"""The settings in the console: what holds and whence, what is read, the policy and what heals; nothing can be changed there."""

from __future__ import annotations

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.house.auditing import HELMWARD

from ..faces.station import Station
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

TABS = ("", "?tab=reads", "?tab=policy", "?tab=heal")


async def test_settings_are_found_by_words_and_by_not_being_defaults(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("viewer"))
        _, page = await visitor.get("/settings")
        assert "<code>port</code><br>" in page
        assert "The port; 0 takes a free one." in page
        assert "start Helmward again" in page
        _, page = await visitor.get("/settings?q=free+port")
        assert page.count("<tr data-row") == 1
        _, page = await visitor.get("/settings?changed=yes")
        rows = page.split("<tr data-row")[1:]
        assert all("● set" in row for row in rows)
        assert ("No setting is like this." in page) == (not rows)
        _, page = await visitor.get("/settings?q=nothing-like-this")
        assert "No setting is like this." in page
        assert "<form method" not in page.split("<main", 1)[1]


async def test_what_is_read_the_policy_and_healing_are_shown(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter(station.token("viewer"))
        _, page = await visitor.get("/settings?tab=reads")
        assert "<li>Pod <strong>" in page
        assert f"Kubernetes {station.house.sight.version}" in page
        _, page = await visitor.get("/settings?tab=policy")
        assert station.house.door.judge.policy.hash in page
        assert "package helmward.door" in page
        _, page = await visitor.get("/settings?tab=heal")
        assert "Roll back the bad rollout" in page


async def test_who_is_bounded_gets_the_rest_and_the_reason(station: Station) -> None:
    wish = NewToken("bounded", ("viewer",), scope=Scope(namespaces=("team-a",)))
    text = station.call(station.house.identity.create, HELMWARD, wish, station.house.clock()).text
    async with Visitor(station) as visitor:
        await visitor.enter(text)
        assert "<code>port</code>" in (await visitor.get("/settings"))[1]
        status, page = await visitor.get("/settings?tab=heal")
        assert (status, "bounded to a scope" in page) == (200, True)


async def test_the_settings_are_fit_for_everybody(pages: Pages, station: Station) -> None:
    page = await pages(viewport=PHONE)
    await enter(page, station, "/settings", station.token("viewer"))
    for tab, dark in zip(TABS, (False, True, False, True), strict=True):
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await page.goto(f"{station.url}/settings{tab}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert await axe(page) == []
    assert await console_errors(page) == []
