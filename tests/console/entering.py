"""How a test's browser, or its plain HTTP client, signs in."""

from __future__ import annotations

from typing import Any

import aiohttp
from playwright.async_api import Page

from ..faces.station import Station

PHONE = {"width": 390, "height": 800}


async def link(station: Station, token: str = "") -> str:
    """A one-time address, for who has this token; the server's own user without one."""
    headers = {"Authorization": f"Bearer {token or station.house.local_token}"}
    address = f"{station.url}/api/v1/console/links"
    async with aiohttp.ClientSession() as session, session.post(address, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return station.url + str((await answer.json())["address"])


async def enter(page: Page, station: Station, path: str = "/", token: str = "") -> Page:
    """Sign in, and look at a page; live updates are on when this returns."""
    await page.goto(await link(station, token))
    if path != "/":
        await page.goto(station.url + path)
    return page


class Visitor:
    """A browser without scripts: cookies and forms alone."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.session.close()

    async def enter(self, token: str = "") -> Visitor:
        async with self.session.get(await link(self._station, token)) as answer:
            assert answer.status == 200
        return self

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        async with self.session.get(self._station.url + path, **options) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, form: dict[str, str], **options: Any) -> tuple[int, str, str]:
        """Send a form of the page; the status, the text and the address of where it led."""
        _, page = await self.get("/approvals")
        key = page.split('name="form_key" value="', 1)[1].split('"', 1)[0]
        data = {"form_key": key, **form}
        async with self.session.post(self._station.url + path, data=data, **options) as answer:
            return answer.status, await answer.text(), str(answer.url.path_qs)
