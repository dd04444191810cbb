"""The models page, of real calls through a real gateway: figures and tables without scripts, charts in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from ..faces.api.test_scopes import token as bounded
from ..faces.models.stand import Stand, stand
from ..faces.models.talk import MAIL, chat, parrot
from ..faces.station import Station
from ..gateway.upstream import answers, refuses
from .browser import Pages, axe, console_errors
from .entering import Visitor, enter

BUDGETS = [
    {"name": "wide", "each": "all", "usd": 5, "seconds": 86400},
    {"name": "narrow", "each": "user", "requests": 6, "seconds": 86400},
]


PAINTED = "document.querySelector('.plot canvas')?.toDataURL()"


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Two that are answered, one masked, one that fails, one of a model that nobody has."""
    with stand(tmp_path_factory.mktemp("models"), **{"gateway.budgets": BUDGETS}) as made:
        made.script(answers("fine and well"))
        assert [chat(made, "how is it?").status for _ in range(2)] == [200, 200]
        made.script(parrot())
        assert chat(made, f"write to {MAIL}", model="large").status == 200
        made.script(refuses(500))
        assert chat(made, "well?").status >= 500
        assert chat(made, "well?", model="nobody").status >= 400
        yield made


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_figures_and_tables_read_without_scripts(called: Stand) -> None:
    async with Visitor(called.station) as visitor:
        await visitor.enter()
        status, html = await visitor.get("/models?since=1h")
        assert status == 200 and "style=" not in html
        shown = text_of(html)
        for found in ("5 calls", "✕ 1 failed", "⊘ 1 denied", "1 masked", "pii/email ◐ mask 1", "no such model 1"):
            assert found in shown, found
        assert shown.index("narrow user") < shown.index("wide everybody"), "what has least left stands first"
        assert re.search(r"[45] of 6 calls, [12] left", shown)
        assert re.search(r'<meter value="[45]" min="0" max="6"', html)
        _, html = await visitor.get("/models?model=large&by=user")
        assert "1 call " in text_of(html) and "<option selected>large</option>" in html
        status, html = await visitor.get("/models?since=9d")
        assert status in (400, 422) and "ask for at most 7d" in html


async def test_charts_are_drawn_and_drawn_again(called: Stand, pages: Pages) -> None:
    page = await pages(color_scheme="light", viewport={"width": 1280, "height": 860})
    await enter(page, called.station, "/models?since=1h")
    charts = page.locator(".plot canvas")
    await expect(charts).to_have_count(3)
    await expect(page.get_by_role("img", name="Calls over time")).to_be_visible()
    before = await page.evaluate(PAINTED)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(f"was => {PAINTED} !== was", arg=before)
    await expect(charts).to_have_count(3)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.wait_for_function(
        "[...document.querySelectorAll('.plot')].every(place => place.querySelector('canvas').clientWidth === place.clientWidth)"
    )
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    called.script(answers("again"))
    assert chat(called, "and now?").status == 200
    await page.evaluate("htmx.trigger('#now', 'every')")
    await expect(page.locator(".figures b").first).to_have_text("6")
    await expect(charts).to_have_count(3)
    assert await console_errors(page) == []
    notice = page.get_by_text("Not current: Helmward does not answer")
    for fails in (lambda route: route.fulfill(status=503, body="<p>Not now.</p>"), lambda route: route.abort()):
        await page.route("**/models*", fails)
        await page.evaluate("htmx.trigger('#now', 'every')")
        await expect(notice).to_contain_text(re.compile(r"is of \d+s ago;"))
        await expect(page.locator(".figures b").first).to_have_text("6")
        await page.unroute("**/models*")
        await page.evaluate("htmx.trigger('#now', 'every')")
        await expect(notice).to_be_hidden()
    await expect(charts).to_have_count(3)
    assert await axe(page) == []


async def test_who_sees_a_part_of_the_cluster_is_told_why_not(called: Stand) -> None:
    async with Visitor(called.station) as visitor:
        await visitor.enter(bounded(called.station, "default"))
        status, html = await visitor.get("/models")
        assert status == 403 and "<h1" in html


async def test_without_models_it_says_what_to_write(station: Station) -> None:
    async with Visitor(station) as visitor:
        await visitor.enter()
        status, html = await visitor.get("/models")
        assert status == 200 and "No model is set up." in html and "helmward gateway check" in html
        assert "upstreams:" in html and "data-chart" not in html
