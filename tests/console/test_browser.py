"""The browser that the console's tests use sees what a person's would, and tells what went wrong in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from .browser import Pages, axe, console_errors

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
)
_GOOD = """<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p id=said>before</p>
<img alt="" width=1 height=1></main><script src=/said.js></script>"""
_BAD = """<!doctype html><html><title>Bad</title><main><h1>Bad</h1><form><input name=who></form>
<p style="color: red">inline</p><script>alert(1)</script><script>document.body.dataset.ran = "yes"</script></main>"""


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[str]:
    """Two pages under a strict policy, one of which offends it."""

    def answer(body: str, kind: str = "text/html") -> web.Response:
        return web.Response(text=body, content_type=kind, headers={"Content-Security-Policy": _POLICY})

    async def serve(request: web.Request) -> web.Response:
        match request.path:
            case "/good":
                return answer(_GOOD)
            case "/said.js":
                return answer("document.getElementById('said').textContent = 'after';", "text/javascript")
            case "/bad":
                return answer(_BAD)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_get("/{any:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_whole_page_has_nothing_to_complain_of(page: Page, site: str) -> None:
    await page.goto(f"{site}/good")
    await expect(page.locator("#said")).to_have_text("after")
    assert await axe(page) == []
    assert await console_errors(page) == []


async def test_an_offending_page_is_told_of(page: Page, site: str) -> None:
    await page.goto(f"{site}/bad")
    assert await page.evaluate("document.body.dataset.ran") is None
    grave = "\n".join(await axe(page))
    assert "html-has-lang (serious)" in grave
    assert "label (critical)" in grave
    complaints = "\n".join(await console_errors(page))
    assert "CSP: script-src-elem stopped inline" in complaints
    assert "CSP: style-src-attr stopped inline" in complaints


@pytest.mark.parametrize("scripts", [True, False])
async def test_pages_are_as_they_were_asked_for(pages: Pages, site: str, scripts: bool) -> None:
    phone = await pages(viewport={"width": 390, "height": 844}, color_scheme="dark", java_script_enabled=scripts)
    await phone.goto(f"{site}/good")
    await expect(phone.locator("#said")).to_have_text("after" if scripts else "before")
    assert await phone.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, True]
    assert await console_errors(phone) == []


async def test_a_profile_shares_nothing_with_another(pages: Pages, site: str) -> None:
    one, other = await pages(), await pages()
    for each in (one, other):
        await each.goto(f"{site}/good")
    await one.evaluate("localStorage.setItem('theme', 'dark')")
    assert await other.evaluate("localStorage.getItem('theme')") is None
    assert await (await one.context.new_page()).evaluate("1") == 1
