"""Every page of the console in a real Chromium, with hostile words in the cluster and in what people said: readable by all,
inert, within the policy, whatever the theme and the width; and readable with scripts off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from helmward.core.extend import REGISTRY
from helmward.faces.console.contract import Page
from helmward.lab.client import Client, path_of

from ..faces.station import Station
from ..waiting import until
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

DESK = {"width": 1280, "height": 860}
HOSTILE = (
    "<img src=x onerror=globalThis.hit=1>\"'><script>globalThis.hit=2</script>"
    "</title></textarea><svg onload=globalThis.hit=3>{{7*7}}\u202e${7*7}<a href='javascript:globalThis.hit=4'>x</a>"
)
INERT = """() => globalThis.hit === undefined
    && document.querySelectorAll("img[src=x], svg[onload], a[href^='javascript:'], [onerror]").length === 0"""


async def make_hostile(shop: Station) -> str:
    """A pod whose status is an attack, acknowledged with another; the incident's id."""
    client, name = Client.from_kubeconfig(shop.home.kubeconfig), "hostile"
    try:
        spec = {
            "nodeName": "nowhere",
            "containers": [
                {"name": "app", "image": "registry.example.com/x:9", "env": [{"name": "A", "value": HOSTILE}]}
            ],
        }
        where = {"name": name, "namespace": "production", "annotations": {"said": HOSTILE}}
        await client.create({"apiVersion": "v1", "kind": "Pod", "metadata": where, "spec": spec})
        waiting = {"reason": "ImagePullBackOff", "message": f"Back-off pulling image: ErrImagePull: {HOSTILE}"}
        state = {
            "name": "app",
            "image": "x",
            "imageID": "",
            "ready": False,
            "restartCount": 0,
            "state": {"waiting": waiting},
        }
        status = {"status": {"phase": "Pending", "message": HOSTILE, "containerStatuses": [state]}}
        await client.patch(path_of("Pod", "production", name, "status"), status)
    finally:
        await client.close()

    def mine() -> list[str]:
        return [one.id for one in shop.house.incidents() if one.incident.resource.name == name]

    await until(mine, "the hostile pod's incident")
    return mine()[0]


@pytest.fixture(scope="module")
def hostile(shop: Station) -> Iterator[tuple[Station, str]]:
    yield shop, shop.do(make_hostile(shop))


def addresses(incident: str) -> list[str]:
    """One of each page."""
    named = {
        "/incidents/{identity}": f"/incidents/{incident}",
        "/plans/{identity}": "/approvals?all=yes",
        "/actors/{name}": "/actors",
        "/objects/{kind}/{namespace}/{name}": "/objects/Pod/production/hostile",
        "/tools/{name}": "/tools/rollout_restart",
    }
    pages: list[Page] = list(REGISTRY.build("page"))
    found = [named.get(page.path, page.path) for page in pages]
    assert not [path for path in found if "{" in path], "a page without an example here"
    return sorted({*found, "/objects/Pod/production/hostile?tab=yaml", "/nowhere", "/login"})


@pytest.mark.parametrize(("theme", "size"), [("light", DESK), ("dark", PHONE)])
async def test_pages_are_accessible_within_the_policy_and_inert(
    pages: Pages, hostile: tuple[Station, str], theme: str, size: dict[str, int]
) -> None:
    station, incident = hostile
    page = await pages(color_scheme=theme, viewport=size)
    await enter(page, station)
    acknowledged = f"/incidents/{incident}"
    await page.goto(station.url + acknowledged)
    if await page.get_by_label("I know of it").count():  # once: it is the same incident each time
        await page.get_by_label("I know of it").fill(HOSTILE[:400])
        await page.get_by_role("button", name="Acknowledge").click()
        await expect(page.locator(".said")).to_be_visible()
    wrong = []
    for path in addresses(incident):
        await page.goto(station.url + path)
        wrong += [f"{path}: {found}" for found in await axe(page)]
        if not await page.evaluate(INERT):
            wrong.append(f"{path}: an attack came through")
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: wider than the screen")
        if await page.locator("h1").count() != 1:
            wrong.append(f"{path}: {await page.locator('h1').count()} first headings")
    assert wrong == []
    complaints = [text for text in await console_errors(page) if "404" not in text]
    assert complaints == []


async def test_the_keyboard_goes_everywhere(pages: Pages, hostile: tuple[Station, str]) -> None:
    station, incident = hostile
    page = await pages(viewport=DESK)
    await enter(page, station)
    await page.keyboard.press("Control+k")
    await page.get_by_role("searchbox", name="Search").fill("x")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.palette")).to_be_hidden()
    await page.keyboard.press("Control+k")
    await page.get_by_role("searchbox", name="Search").fill(incident)
    await expect(page.locator(".palette [role=option]").first).to_contain_text("hostile")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/incidents/{incident}")
    for key, path in (("p", "/approvals"), ("u", "/audit"), ("k", "/kill"), ("n", "/")):
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await page.wait_for_url(station.url + path)
    await page.keyboard.press("/")
    await expect(page.locator("[data-search]")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    dialog, me = page.get_by_role("dialog", name="Keyboard"), page.locator(".who > summary")
    await expect(dialog.get_by_role("heading", name="Keyboard")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await me.click()
    await page.get_by_role("button", name="Keyboard").click()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Keyboard")).to_be_focused()


async def test_a_shared_address_holds_only_what_was_asked(pages: Pages, hostile: tuple[Station, str]) -> None:
    station, _ = hostile
    page = await pages(viewport=DESK)
    await enter(page, station)
    await page.goto(f"{station.url}/?q=hostile&namespace=&state=all&to=%2F%2Felsewhere")
    assert page.url == f"{station.url}/?q=hostile&state=all&to=%2F%2Felsewhere"  # the server's doing
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    await page.get_by_role("button", name="Filter").click()
    await page.wait_for_url(f"{station.url}/?q=hostile&state=all")
    assert not any(url.endswith("=") or "=&" in url for url in sent), sent  # the script's


async def test_pages_read_without_scripts(hostile: tuple[Station, str]) -> None:
    station, incident = hostile
    async with Visitor(station) as visitor:
        await visitor.enter()
        for path in addresses(incident):
            status, text = await visitor.get(path)
            assert status in (200, 404), (path, status)
            assert text.count("<h1") == 1, path
            assert "<img src=x" not in text, path
        _, shown = await visitor.get(f"/incidents/{incident}")
        assert "Evidence" in shown and "image" in shown
        assert re.search(r'class="mode"[^>]*><span[^>]*>[○◔▸] (observe|ask|auto)</span>', shown), (
            "one word says the mode"
        )


async def test_the_first_load_is_small(pages: Pages, hostile: tuple[Station, str]) -> None:
    """Of a browser that was never here: everything together, as it is sent."""
    station, _ = hostile
    page = await pages(viewport=DESK)
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    loaded: list[float] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    await enter(page, station)
    await page.wait_for_function("globalThis.htmx !== undefined")
    assert 0 < sum(loaded) <= 120_000, json.dumps(loaded)
