"""Plain language in the console: what was understood, what came of it, and a model's words held at arm's length."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from helmward.door.identity import NewToken
from helmward.house.asking import conversations
from helmward.house.auditing import HELMWARD

from ..faces.models.stand import Stand, stand
from ..faces.shop import eventually
from ..faces.station import Station
from ..gateway.upstream import hangs
from ..redteam.models import Scripted, calls, cited, says
from ..redteam.wire import plays
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

HOSTILE = "\"><img src=x onerror='alert(1)'>"
STORY = "Could it be the weather that makes shoppers complain today?"
KEY = "AKIA" + "QZ7XJ3M5K2PLW4RT"


async def said(visitor: Visitor, text: str, conversation: str = "") -> tuple[str, str]:
    """The page after something was said, and its conversation."""
    _, page, address = await visitor.post("/ask/say", {"text": text, "conversation": conversation, "back": "/ask"})
    found = re.fullmatch(r"/ask\?conversation=(conv-[a-z0-9]+)", address)
    assert found is not None, (address, page)
    return page, found[1]


async def test_what_is_asked_is_answered_without_a_script(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("requester"))
        _, page = await visitor.get(f"/ask?text={quote('status' + HOSTILE)}")
        assert "status&#34;&gt;&lt;img src=x" in page and "<img src=x" not in page
        page, going = await said(visitor, "list pods")
        assert "helmward tools run resources_list kind=Pod" in page
        assert 'href="/tools/resources_list?a.kind=Pod&amp;run=read#result"' in page
        assert re.search(r'href="/objects/Pod/production/frontend-[^"]*">frontend-', page)
        page, same = await said(visitor, "any incidents?", going)
        assert same == going
        assert "Nothing is wrong [seen-1]" in page and "Rests on 1 piece of evidence" in page
        assert page.index("resources_list kind=Pod") < page.index("$ </span>helmward incidents")
        page, _ = await said(visitor, f"approve plan-abcd2345 {HOSTILE}", going)
        assert "⊘ not done" in page and "<img src=x" not in page
        page, _ = await said(visitor, "approve plan-abcd2345", going)
        assert "<code>helmward approve plan-abcd2345</code>" in page
        _, page = await visitor.get("/ask")
        assert f'href="/ask?conversation={going}">list pods</a>' in page
        assert (await visitor.get("/ask?conversation=conv-nothing"))[0] == 404


async def test_what_is_missing_is_asked_back_and_a_change_waits(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("requester"))
        page, going = await said(visitor, "restart it")
        assert "Which one do you mean?" in page and "helmward tools run rollout_restart …" in page
        assert '<button name="text" value="frontend">Deployment production/frontend</button>' in page
        page, _ = await said(visitor, "frontend", going)
        assert "rollout_restart" in page and "◔ waiting" in page
        assert '<button name="text"' not in page, "what was answered is not asked again"
        assert "Look and approve" not in page, "a requester does not approve"
        sheet = re.search(r'href="(/approvals\?sheet=(plan-[a-z0-9]+))">Look at it', page)
        assert sheet is not None
        page, _ = await said(visitor, "who approved that plan?", going)
        assert f'href="/plans/{sheet[2]}"' in page and "nobody has approved it yet" in page
        _, shown = await visitor.get(sheet[1])
        digest = shown.split('name="digest" value="')[1].split('"')[0]
        assert 'class="said wrong"' in (await visitor.post(f"/plans/{sheet[2]}/approve", {"digest": digest}))[1]
        await visitor.enter()
        _, page = await visitor.get(f"/ask?conversation={going}")
        assert "no conversation" in page, "another's is as good as none"


async def test_a_conversation_that_is_over_is_read_and_another_begins(
    shop: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        page, going = await said(visitor, "describe it")
        assert f'name="conversation" value="{going}"' in page
        monkeypatch.setattr(conversations, "LASTS", timedelta(0))
        _, page = await visitor.get(f"/ask?conversation={going}")
        assert "This conversation is over" in page and "What you ask begins a new one" in page
        assert 'name="conversation" value=""' in page
        assert '<button name="text"' not in page
        _, page, address = await visitor.post("/ask/say", {"text": "status", "conversation": going})
        assert (address, "any more" in page) == ("/ask?text=status", True), "the words are not lost"


async def test_what_might_run_at_once_is_asked_back(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter()
        page, going = await said(visitor, "restart user-service")
        plan = page.split("sheet=plan-")[1].split('"')[0]
        _, shown = await visitor.get(f"/approvals?sheet=plan-{plan}")
        digest = shown.split('name="digest" value="')[1].split('"')[0]
        await visitor.post(f"/plans/plan-{plan}/approve", {"digest": digest})

        def done() -> bool:
            return f"plan-{plan}" in shop.house.door.means.ledger.closed

        await asyncio.to_thread(eventually, done, "the restart ends")
        _, page = await visitor.get(f"/ask?conversation={going}")
        assert "✓ done" in page and "Look at it" in page
        page, _ = await said(visitor, "undo that", going)
        assert re.search(r'name="text" value="yes" class="primary">Yes: undo', page)
        page, _ = await said(visitor, "no", going)
        assert "nothing was done" in page and 'value="yes"' not in page


async def test_what_the_guards_stop_stands_in_no_address(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        status, page, address = await visitor.post("/ask/say", {"text": "x" * 3000, "conversation": "conv-nothing"})
        assert (status, "no conversation" in page) == (200, True)
        assert len(address) < 700
        _, page, address = await visitor.post("/ask/say", {"text": f"why is frontend down {KEY}", "back": "/ask"})
        assert KEY not in address and KEY not in page
        given = {"text": "status", "form_key": "another's"}
        async with visitor.session.post(f"{shop.url}/ask/stream", data=given) as answer:
            assert (answer.status, "not of your session" in await answer.text()) == (403, True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("asked"), **{"ask.model": "small"}) as made:
        yield made


async def test_a_model_is_heard_step_by_step_and_its_words_are_text(pages: Pages, place: Stand) -> None:
    house = place.station.house
    wish = NewToken(f"ann {HOSTILE}", ("viewer",))
    token = place.station.call(house.identity.create, HELMWARD, wish, house.clock()).text
    looks: list[Any] = [calls(("resources_list", {"kind": "Namespace"}))]
    page = await enter(await pages(viewport=PHONE), place.station, "/ask", token)
    field, going = page.get_by_label("Ask", exact=True), page.locator("#going")

    place.script(plays(Scripted(*looks)), hangs())
    await field.fill(STORY)
    await page.keyboard.press("Enter")
    await expect(going).to_contain_text(STORY)
    await expect(going.locator("li")).to_contain_text("resources_list kind=Namespace ✓")
    await page.get_by_role("button", name="Stop").click()
    await expect(going.get_by_role("alert")).to_contain_text("Stopped")

    def last(turns: Any) -> Any:
        return says(f"There is a default [{cited(turns, 'default')}]. {HOSTILE} http://evil.example/x [e1].")

    place.script(plays(Scripted(*looks, last)))
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page).to_have_url(re.compile("conversation=conv-"))
    answer = page.locator("#latest")
    await expect(answer).to_contain_text("There is a default")
    await answer.locator("a.cite").first.click()
    await expect(page.locator("blockquote:target")).to_contain_text("default")
    await expect(page.locator("img[src=x]")).to_have_count(0)
    await expect(page.locator("a[href*=evil]")).to_have_count(0)
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    await field.fill("list namespaces")
    await page.keyboard.press("Enter")
    await expect(page.locator("article")).to_have_count(2)
    await expect(page.locator("#latest .command")).to_contain_text("resources_list kind=Namespace")
    await expect(going).to_be_empty()
    await field.fill("x" * 10)
    await page.context.clear_cookies()
    await page.keyboard.press("Enter")
    await expect(going.get_by_role("alert")).to_contain_text("signed out")
    assert await console_errors(page) == []
