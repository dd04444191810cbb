"""A log longer than a page, served by a real HTTP server that reads sinceTime as kubelets do: every line once, all masked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.core.times import parse_time
from helmward.door.tool import OUTPUT_LIMIT, Page, Reading
from helmward.door.toolbox import arguments_of
from helmward.guard.secrets import mask
from helmward.world.store import World

from .ground import ALICE, TOOLBOX

START = datetime(2026, 1, 1, tzinfo=UTC)
LINES = 20_000


class Kubelet:
    """Lines with their times; as many as three share one."""

    def __init__(self) -> None:
        self.lines = [
            (START + timedelta(milliseconds=number // 3 * 40), f"line {number:06} of the log, and what it says")
            for number in range(LINES)
        ]
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.asked.append(query)
        lines = self.lines
        if since := parse_time(query.get("sinceTime")):
            lines = [line for line in lines if line[0] >= since.replace(microsecond=0)]
        if "tailLines" in query:
            lines = lines[-int(query["tailLines"]) :]
        text = "".join(f"{time:%Y-%m-%dT%H:%M:%S.%f}000Z {words}\n" for time, words in lines)
        return web.Response(body=text.encode()[: int(query["limitBytes"])])


@pytest.fixture
async def kubelet() -> AsyncIterator[tuple[Kubelet, Client]]:
    served = Kubelet()
    app = web.Application()
    app.router.add_get("/api/v1/namespaces/shop/pods/web/log", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    async with Client(Connection(server=f"http://127.0.0.1:{port}", source="test"), b"0" * 32) as client:
        yield served, client
    await runner.cleanup()


async def read(client: Client, **arguments: object) -> Page:
    tool = TOOLBOX.reader("pods_log")
    given = {"namespace": "shop", "name": "web", "container": "app", **arguments}
    return await tool.read(arguments_of(tool, given), Reading(ALICE, client, World(), mask, START + timedelta(hours=1)))


async def everything(client: Client, **arguments: object) -> list[str]:
    lines: list[str] = []
    cursor = None
    while True:
        page = await read(client, **arguments, **({"cursor": cursor} if cursor else {}))
        assert len(page.text.encode()) <= OUTPUT_LIMIT
        lines += page.text.splitlines()
        cursor = page.cursor
        if cursor is None:
            return lines


async def test_every_line_once(kubelet: tuple[Kubelet, Client]) -> None:
    served, client = kubelet
    found = await everything(client, tail_lines=5000)
    assert found == [words for _, words in served.lines[-5000:]]
    assert len(served.asked) > 3 and all(query["timestamps"] == "true" for query in served.asked)


async def test_a_log_that_is_cut_off_goes_on(kubelet: tuple[Kubelet, Client]) -> None:
    """More than one answer holds: the page says that there is more, and where."""
    served, client = kubelet
    found = await everything(client, tail_lines=5000, since="24h")
    assert found == [words for _, words in served.lines[-5000:]]
    served.lines = [(time, words + " " + "and more " * 60) for time, words in served.lines[:3000]]
    found = await everything(client, tail_lines=3000)
    assert [line[:11] for line in found] == [words[:11] for _, words in served.lines]


async def test_secrets_of_one_line_and_of_many(kubelet: tuple[Kubelet, Client]) -> None:
    served, client = kubelet
    body = ["MIIEowIBAAKCAQEA" + "q7Xz" * 12 for _ in range(6)]
    fence = "-----{} RSA PRIVATE " + "KEY-----"
    key = "AKIA" + "QWERTYUIOP234567"
    words = ["before", fence.format("BEGIN"), *body, fence.format("END"), f"uses {key} now", "after"]
    served.lines = [(START + timedelta(seconds=number), word) for number, word in enumerate(words)]
    text = (await read(client)).text
    assert body[0] not in text and key not in text
    assert text.startswith("before\n") and text.endswith("\nafter")


async def test_control_characters_are_shown_as_text(kubelet: tuple[Kubelet, Client]) -> None:
    served, client = kubelet
    served.lines = [(START, "a\x1b[31mred\u202e")]
    assert (await read(client)).text == "a\\x1b[31mred\\u202e"
