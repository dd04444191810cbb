"""The server goes and comes back under an open page: who signed in by password stays signed in, and the page is current again."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from playwright.async_api import expect

from helmward.core.settings import ServerSettings
from helmward.door.identity import NewAccount
from helmward.house.auditing import HELMWARD

from ..faces.station import station as start
from .browser import Pages

WAIT = 60_000
PASSWORD = "correct horse " + "battery staple"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_page_outlives_the_server(pages: Pages, tmp_path: Path) -> None:
    settings = ServerSettings(port=free_port())
    page = await pages()
    first = start(tmp_path, settings)
    station = await asyncio.to_thread(first.__enter__)
    try:
        wish = NewAccount("ann", "user", ("viewer",), password=PASSWORD)
        await asyncio.to_thread(station.call, station.house.people.add_actor, HELMWARD, wish)
        await page.goto(f"{station.url}/settings?q=server")
        await page.get_by_label("Name").fill("ann")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.wait_for_url("**/settings?q=server")
        await page.goto(f"{station.url}/")
        await expect(page.locator("h1")).to_have_text("Nothing is wrong")
    finally:
        await asyncio.to_thread(first.__exit__, None, None, None)
    await expect(page.locator("[data-line]")).to_contain_text("Not current", timeout=WAIT)
    second = start(tmp_path, settings)
    station = await asyncio.to_thread(second.__enter__)
    try:
        await asyncio.to_thread(station.incident, "late")
        await expect(page.locator("h1")).to_have_text("1 incident now", timeout=WAIT)
        await expect(page.locator("[data-line]")).to_be_hidden()
        await page.reload()
        await expect(page.locator("h1")).to_have_text("1 incident now")
    finally:
        await asyncio.to_thread(second.__exit__, None, None, None)
