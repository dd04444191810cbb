"""The map page: the drawing and its words, by plain HTTP, and as it follows what happens in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from ..faces.station import Station
from ..waiting import until
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

SPACE = "drawn"
HOSTILE = "A<img src=x onerror=hit()>_URL"


def item(api: str, kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": SPACE}, **rest}


def deployment(name: str, **container: Any) -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": "a", **container}]},
    }
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    return item("apps/v1", "Deployment", name, spec=spec)


async def made(station: Station) -> None:
    """A frontend that needs a Service, and what is behind that; both asleep."""
    create = station.home.writer.create
    await create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    await create(item("v1", "Service", "back", spec={"selector": {"app": "back"}, "ports": [{"port": 80}]}))
    await create(deployment("back"))
    await create(deployment("front", env=[{"name": HOSTILE, "value": "http://back:80/v1"}]))
    await until(lambda: station.house.world.get("Deployment", SPACE, "front"), "the Deployment in the world")


async def scale(station: Station, replicas: int) -> None:
    """Wake the frontend, which finds nothing behind the Service, or put it to sleep again."""
    where = f"/apis/apps/v1/namespaces/{SPACE}/deployments/front"
    await station.home.writer.patch(where, {"spec": {"replicas": replicas}})


@pytest.fixture(scope="module")
def mapped(station: Station) -> Iterator[Station]:
    station.do(made(station))
    yield station


async def test_the_map_reads_without_scripts(mapped: Station) -> None:
    async with Visitor(mapped) as visitor:
        await visitor.enter()
        status, text = await visitor.get(f"/map?namespace={SPACE}")
        assert status == 200 and "3 of 3 things" in text and "No dependency is broken" in text
        drawing, words = text.split('<h2 id="words">')
        assert drawing.count('class="node ') == 3 and drawing.count('<path class="edge') == 2
        assert f'href="/objects/Deployment/{SPACE}/front"' in drawing and "needs" in words
        assert "<img src=x" not in text and "A&lt;img src=x" in words
        assert "style=" not in text
        status, text = await visitor.get(f"/map?around=Deployment/{SPACE}/front&hops=1")
        assert status == 200 and f'value="Deployment/{SPACE}/front"' in text
        status, text = await visitor.get("/map?around=Deployment/nowhere/nothing")
        assert status == 404 and "There is no Deployment/nowhere/nothing on the map" in text


async def test_the_drawing_follows_what_happens(mapped: Station, pages: Pages) -> None:
    page = await pages(viewport={"width": 1280, "height": 860})
    await enter(page, mapped, f"/map?namespace={SPACE}")
    front, service = (page.locator(f"[data-node='{kind}/{SPACE}/{name}']") for kind, name in (
        ("Deployment", "front"), ("Service", "back")))  # fmt: skip
    edge = page.locator(f"path[data-from='Deployment/{SPACE}/front']")
    await front.locator(".box").hover()
    await expect(edge).to_have_class("edge on")
    await page.locator("h1").hover()
    await expect(edge).to_have_class("edge")
    await front.locator("a").first.focus()
    await expect(service).to_have_class("node degraded on")  # asleep, though a Service stands before it
    mapped.do(scale(mapped, 1))
    back = page.locator(f"[data-node='Deployment/{SPACE}/back']")
    await expect(back.locator(f"a[href='/incidents/{await ours(mapped)}']")).to_contain_text("✕ broken")
    await expect(page.locator(".cross")).to_have_count(2)
    await expect(page.locator("h1")).to_have_text("2 dependencies are broken")
    assert await axe(page) == []
    await on_a_phone(page)
    assert await console_errors(page) == []
    mapped.do(scale(mapped, 0))


async def on_a_phone(page: Page) -> None:
    """The drawing moves in its own box, in letters of their full size, and begins with what is broken."""
    await page.set_viewport_size(PHONE)
    await page.reload()
    drawing = page.locator(".drawing")
    await expect(drawing.locator(".node.broken .name").first).to_be_in_viewport()
    assert await drawing.evaluate(
        "it => [it.scrollWidth > it.clientWidth, it.querySelector('svg').getScreenCTM().a]"
    ) == [True, 1]
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    reach = await drawing.locator(".reach").first.bounding_box()
    assert reach and reach["height"] >= 40
    assert await axe(page) == []


async def ours(station: Station) -> str:
    def found() -> list[str]:
        return [one.id for one in station.house.incidents() if one.incident.resource.namespace == SPACE]

    await until(found, "the incident")
    return found()[0]
