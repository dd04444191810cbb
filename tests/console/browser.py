"""A real Chromium for the console's tests: one for each worker, a fresh profile for each test, and what the page complained of.

The browser lives on the session's event loop, so tests that use it are async and run there; conftest.py sees to that.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")

PATIENCE = 45_000
"""Milliseconds for what a browser waits: the machine may be busy with other tests."""

expect.set_options(timeout=PATIENCE)

Pages = Callable[..., Awaitable[Page]]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WATCH = """
globalThis.addEventListener("securitypolicyviolation", event => helmwardViolation(
    `CSP: ${event.effectiveDirective} stopped ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""
# A violation's event is a task of the page: one queued before this timer has run when it fires. Without scripts none fires.
_SETTLED = "() => matchMedia('(scripting: enabled)').matches && new Promise(done => setTimeout(done))"
_complaints: WeakKeyDictionary[BrowserContext, list[str]] = WeakKeyDictionary()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, headless. Without one the test is skipped, or fails where HELMWARD_REQUIRE_BROWSER is 1."""
    arguments = ["--disable-gpu", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:  # Chromium refuses its sandbox to root
        arguments.append("--no-sandbox")
    path = _chromium()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    """`await pages(color_scheme="dark", viewport=PHONE, java_script_enabled=False)`: a page in a profile of its own.

    It takes what Playwright's `new_context` takes; `(await pages()).context.new_page()` is a second tab of the same profile.
    """
    contexts: list[BrowserContext] = []

    async def fresh(**options: Any) -> Page:
        context = await browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **options})
        contexts.append(context)
        await _listen(context)
        return await context.new_page()

    yield fresh
    for context in contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(pages: Pages) -> Page:
    """A page of a desktop's width, in light colours."""
    return await pages(color_scheme="light", viewport={"width": 1280, "height": 800})


async def axe(page: Page) -> list[str]:
    """What axe-core finds of impact serious or critical, one line each: the rule, the impact, where, and how to mend it.

    It runs in the page without a script element, so the page's CSP has no say in it.
    """
    await page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
    found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


async def console_errors(page: Page) -> list[str]:
    """What the pages of this profile complained of so far: CSP violations, errors on the console, uncaught exceptions."""
    await page.evaluate(_SETTLED)
    return list(_complaints[page.context])


async def _listen(context: BrowserContext) -> None:
    context.set_default_timeout(PATIENCE)
    said = _complaints[context] = []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    await context.expose_function("helmwardViolation", lambda text: said.append(text))
    await context.add_init_script(_WATCH)


def _chromium() -> str:
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found:
        return found
    missing = f"there is no Chromium here ({', '.join(_NAMES)} are not on PATH); install Debian's package chromium"
    if os.environ.get("HELMWARD_REQUIRE_BROWSER") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
