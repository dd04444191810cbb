"""The tree of what runs, and one object: what a person finds there, with scripts and without."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Page, expect

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.faces.console.showing import yaml_lines
from helmward.house.auditing import HELMWARD
from helmward.lab.client import Client, path_of

from ..faces.api.test_cluster import Events, pod_of, write
from ..faces.station import Station
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

HOSTILE = '<img src=x onerror="document.title=1">\x1b]0;mine\x07 ‮evil'


HIDES = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def token(shop: Station) -> str:
    return shop.token("viewer")


def text_of(page: str) -> str:
    """What a person reads of a page's main part."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


async def test_the_tree_and_its_filters(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter()
        status, page = await visitor.get("/cluster")
        words = text_of(page)
        assert status == 200
        assert "frontend Deployment in production" in words
        assert "✓ healthy Service frontend 2 of 2 endpoints ready" in words
        assert re.search(r"1 ReplicaSet, 2 Pods .* ReplicaSet frontend-\w+ 2 of 2 ready, current", words)
        assert re.search(r"✓ Running Pod frontend-\S+ 1/1 ready lab-node-\d", words)
        assert "3 workloads" in words
        assert "frontend Deployment" not in text_of((await visitor.get("/cluster?q=payment"))[1])
        assert "Nothing here is broken." in text_of((await visitor.get("/cluster?broken=yes"))[1])
        assert "No workload is like this." in text_of((await visitor.get("/cluster?namespace=none&q=x"))[1])
        assert "There are fewer workloads now." in text_of((await visitor.get("/cluster?from=900"))[1])


async def test_an_object_and_its_tabs(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "frontend", token)
    write(shop, pod, HOSTILE)
    path = f"/objects/Pod/production/{pod}"
    async with Visitor(shop) as visitor:
        await visitor.enter()
        _, page = await visitor.get(path)
        words = text_of(page)
        assert f"Cluster › production › Deployment frontend › ReplicaSet {pod.rpartition('-')[0]} Pod {pod}" in words
        assert "✓ healthy Running" in words
        assert "registry.example.com/shop/frontend" in words
        assert f'href="/tools/pods_delete?a.kind=Pod&amp;a.namespace=production&amp;a.name={pod}"' in page
        (restart,) = re.findall(r'href="(/tools/rollout_restart[^"]+)"', page)
        _, tool = await visitor.get(unescape(restart))
        assert re.search(r'name="a.name"[^>]* value="frontend"', tool)
        _, page = await visitor.get(f"{path}?tab=yaml")
        assert f'<span class="key">name</span>: {pod}\n' in page
        assert "Scheduled" in text_of((await visitor.get(f"{path}?tab=events"))[1])
        _, page = await visitor.get(f"{path}?tab=logs&tail=100")
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=" in page
        assert "\\x1b]0;mine\\x07 \\u202eevil" in page
        status, page = await visitor.get("/objects/Pod/production/none")
        assert (status, "There is no Pod none" in text_of(page)) == (404, True)
        _, page = await visitor.get("/objects/Node/-/lab-node-1?tab=logs")
        assert "Ready" in text_of(page)
    async with Visitor(shop) as visitor:
        await visitor.enter(token)
        assert "/tools/pods_delete" not in (await visitor.get(path))[1]


async def test_an_open_object_is_not_read_again_and_again(shop: Station, token: str) -> None:
    """Each look at an object is audited, and each record makes open pages look: that must not go round."""
    pod = await pod_of(shop, "frontend", token)
    async with Visitor(shop) as visitor:
        await visitor.enter()
        await visitor.get(f"/objects/Pod/production/{pod}")
        before = shop.house.audit.sequence
        live = f"{shop.url}/live?path=/objects/Pod/production/{pod}&query=&seen=none"
        async with visitor.session.get(live, timeout=aiohttp.ClientTimeout(20)) as events:
            assert b"live-head" in await _partial(events)
        assert shop.house.audit.sequence == before


async def test_a_scope_bounds_the_pages(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "frontend", token)
    house = shop.house
    wish = NewToken("of elsewhere", ("viewer",), scope=Scope(namespaces=("elsewhere",)))
    outside = shop.call(house.identity.create, HELMWARD, wish, house.clock()).text
    async with Visitor(shop) as visitor:
        await visitor.enter(outside)
        assert "No workload runs here." in text_of((await visitor.get("/cluster"))[1])
        assert "Namespaces Nothing runs in the part of the cluster that you may see: elsewhere." in text_of(
            (await visitor.get("/"))[1]
        )
        status, page = await visitor.get(f"/objects/Pod/production/{pod}")
        assert (status, "outside of what" in page) == (403, True)
        _, log = await visitor.get(f"/objects/Pod/production/{pod}/logs/stream")
        (event, data) = log.strip().split("\n")
        assert (event, "outside of what" in json.loads(data.removeprefix("data: "))["reason"]) == ("event: end", True)


async def test_a_log_goes_on_where_it_was_cut(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "payment-service", token)
    address = f"{shop.url}/objects/Pod/production/{pod}/logs/stream?tail=100"
    async with Visitor(shop) as visitor:
        await visitor.enter(token)
        write(shop, pod, "before the cut")
        async with visitor.session.get(address) as answer:
            assert answer.content_type == "text/event-stream"
            _, place = await Events(answer).until("before the cut")
        write(shop, pod, "after the cut")
        async with visitor.session.get(address, headers={"Last-Event-ID": place}) as answer:
            lines, _ = await Events(answer).until("after the cut")
        assert "before the cut" not in " ".join(lines)
        async with visitor.session.get(f"{address}&after={quote(place)}") as answer:
            lines, _ = await Events(answer).until("after the cut")
    assert "before the cut" not in " ".join(lines)


async def test_the_log_of_who_signed_out_ends_though_nothing_is_written(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "payment-service", token)
    async with Visitor(shop) as visitor:
        await visitor.enter(token)
        write(shop, pod, "the last line")
        async with visitor.session.get(f"{shop.url}/objects/Pod/production/{pod}/logs/stream?tail=1") as answer:
            await Events(answer).until("the last line")
            await visitor.post("/logout", {})
            rest = await asyncio.wait_for(answer.content.read(), 3)
    assert rest.startswith(b"event: end\n") and b"You were signed out" in rest


def test_yaml_in_pieces() -> None:
    text = "a: 1\nb:\n- name: 'x: y'\n  text: |\n    c: no key\n\n    d: neither\n  'e f': {}\nplain\n"
    lines = yaml_lines.parted(text)
    assert "".join(f"{''.join(line)}\n" for line in lines) == text
    assert [line.key for line in lines] == ["a", "b", "name", "text", "", "", "", "'e f'", ""]


async def test_a_log_is_followed_and_pods_come_and_go(pages: Pages, shop: Station, token: str) -> None:
    page = await pages(viewport=PHONE)
    pod = await pod_of(shop, "frontend", token)
    await enter(page, shop, f"/objects/Pod/production/{pod}?tab=logs&tail=100")
    log, said = page.locator("#log"), page.locator("[data-log-said]")
    await expect(said).to_contain_text("following")
    write(shop, pod, f"now {HOSTILE}", "level=error it broke")
    await expect(log).to_contain_text("now <img src=x onerror=")
    await expect(log.locator(".level-error").last).to_have_text(re.compile("it broke"))
    await page.get_by_label("Only lines with").fill("IT BROKE")
    await expect(log.get_by_text("it broke")).to_be_visible()
    await expect(log.get_by_text("now <img")).to_be_hidden()
    await expect(page).to_have_url(re.compile("find=IT"))
    await page.get_by_role("button", name="Pause").click()
    write(shop, pod, "while it was paused: it broke")
    await expect(said).to_contain_text("new")
    await expect(log.get_by_text("while it was paused")).to_have_count(0)
    await page.get_by_role("button", name="Follow").click()
    await expect(log.get_by_text("while it was paused")).to_be_visible()
    async with page.expect_event("requestfailed", lambda request: "/logs/stream" in request.url):
        await page.evaluate(HIDES, True)
    await expect(said).to_contain_text("resting")
    write(shop, pod, "while it was hidden: it broke")
    await page.evaluate(HIDES, False)
    await expect(log.get_by_text("while it was hidden")).to_be_visible()
    await expect(log.get_by_text("while it was paused")).to_have_count(1)
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await gone_and_seen(page, shop)
    assert await console_errors(page) == []


async def gone_and_seen(page: Page, shop: Station) -> None:
    """A pod that nobody broke, and no incident tells of, leaves an open page, and its log ends."""
    log = await page.context.new_page()
    client = Client.from_kubeconfig(shop.home.kubeconfig)
    container = {"name": "app", "image": "registry.example.com/shop/frontend:3.8.0"}
    alone = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "alone", "namespace": "production"}}
    await page.goto(f"{shop.url}/cluster")
    await client.create({**alone, "spec": {"containers": [container]}})
    row = page.get_by_role("link", name="alone Pod in production")
    await expect(row).to_be_visible()
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await log.goto(f"{shop.url}/objects/Pod/production/alone?tab=logs")
    await expect(log.locator("[data-log-said]")).to_contain_text("following")
    await client.delete(path_of("Pod", "production", "alone"), {"gracePeriodSeconds": 0})
    await client.close()
    await expect(row).to_have_count(0)
    await expect(log.locator("#log")).to_contain_text(re.compile("The pod is gone|There is no Pod alone in production"))
    await expect(log.locator("[data-log-said]")).to_contain_text("ended")
    await expect(log.locator("#live-head")).to_contain_text("It is not there any more")


async def _partial(events: aiohttp.ClientResponse) -> bytes:
    """The first message that puts something in place."""
    while b"hx-partial" not in (line := await events.content.readline()):
        assert line
    return line
