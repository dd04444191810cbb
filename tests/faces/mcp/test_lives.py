"""What ends a call that follows something: its token, or the server. And lists in pages; and a face that is turned off."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from mcp.shared.exceptions import MCPError

from helmward.core.nouns import Actor
from helmward.door.identity import NewToken
from helmward.faces.mcp.listing import page
from helmward.faces.serve import Application
from helmward.house.auditing import HELMWARD
from helmward.house.calling.calls import ToolCalls

from ..station import Station
from ..station import station as start
from .wire import asked, headers

ROOT = Actor(name="root", kind="user", roles=("admin",))


class Following:
    """actions_get with progress, of a plan that waits for as long as the test lasts; `first` is set by its first message."""

    def __init__(self, station: Station, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
        plan = {"id": "plan-a", "state": "waiting", "text": "", "approvers": [], "expires": "", "actions": []}

        async def waits(*_: Any) -> Any:
            return plan

        monkeypatch.setattr("helmward.house.change_requests.ChangeRequests.row", waits)
        monkeypatch.setattr("helmward.house.change_requests.ChangeRequests.find", waits)
        self.first, self._url = asyncio.Event(), f"{station.url}/mcp"
        arguments = {"id": "plan-a", "wait_seconds": 60}
        self._body = asked("tools/call", name="actions_get", arguments=arguments, meta={"progressToken": 1})
        self._headers = headers(token, Mcp_Method="tools/call", Mcp_Name="actions_get")

    async def read(self) -> str:
        """Until it ends."""
        text = b""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._url, data=self._body, headers=self._headers) as answer,
        ):
            async for line in answer.content:
                text += line
                if b"notifications/progress" in line:
                    self.first.set()
        return text.decode()


async def test_a_token_that_ends(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    house = station.house
    minted = station.call(house.identity.create, HELMWARD, NewToken("a follower", ("viewer",)), house.clock())
    following = Following(station, monkeypatch, minted.text)
    reading = asyncio.create_task(following.read())
    await asyncio.wait_for(following.first.wait(), 20)
    begun = time.monotonic()
    station.call(house.identity.revoke, HELMWARD, minted.token.id, house.clock())
    assert '"state":"waiting"' in await asyncio.wait_for(reading, 20)
    assert time.monotonic() - begun < 20


async def test_a_server_that_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with start(tmp_path) as running:
        following = Following(running, monkeypatch, running.token("viewer"))
        reading = asyncio.create_task(following.read())
        await asyncio.wait_for(following.first.wait(), 20)
        stopping = threading.Thread(target=running.stop)
        stopping.start()
        await asyncio.wait([reading], timeout=20)
        assert reading.done()
        reading.exception()  # the stream may break off
        await asyncio.to_thread(stopping.join)


def test_pages_of_a_list(station: Station) -> None:
    offers = ToolCalls(station.house).offered(ROOT)
    found, cursor = [], None
    while True:
        tools, cursor = page(offers, cursor, 7)
        assert len(tools) <= 7
        found += tools
        if cursor is None:
            break
    assert found == offers
    assert page(offers, None, len(offers)) == (offers, None)
    with pytest.raises(MCPError, match="leave it out"):
        page(offers, "nothing", 7)


async def test_turned_off_it_is_not_there(station: Station) -> None:
    house = dataclasses.replace(station.house, loaded=station.house.loaded.replaced({"mcp.enabled": False}))
    statuses = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    given = [(b"authorization", f"Bearer {station.token('viewer')}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "headers": given, "client": None}
    await Application(house)({**scope, "raw_path": b"/mcp", "root_path": "", "scheme": "http"}, receive, send)
    assert statuses[0] == 404
