"""Budgets as callers meet them: never overshot, however many come at once; and what a killed server leaves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from ...gateway.upstream import Upstream, answers, hangs
from ...gateway.upstream import serving as upstream_serving
from .stand import Stand, stand
from .talk import chat

_MOST = 40


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    budgets = [{"name": "few", "requests": _MOST, "seconds": 86400, "key": "a requester"}]
    with stand(tmp_path_factory.mktemp("bounded"), **{"gateway.budgets": budgets}) as made:
        yield made


def test_a_thousand_at_once_never_overshoot(bounded: Stand) -> None:
    bounded.script(answers("ok"))

    async def one(session: aiohttp.ClientSession) -> int:
        body = {"model": "small", "messages": [{"role": "user", "content": "x"}]}
        async with session.post(f"{bounded.url}/v1/chat/completions", json=body) as answer:
            await answer.read()
            if answer.status == 429:
                assert answer.headers["x-should-retry"] == "false" and int(answer.headers["retry-after"]) > 0
            return answer.status

    async def all_at_once() -> list[int]:
        headers = {"Authorization": f"Bearer {bounded.key}"}
        async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=200)) as session:
            return await asyncio.gather(*(one(session) for _ in range(1000)))

    statuses = asyncio.run(all_at_once())
    assert sorted(set(statuses)) == [200, 429] and statuses.count(200) == _MOST
    assert len(bounded.openai.received) == _MOST
    said = chat(bounded, "one more")
    assert said.status == 429 and str(_MOST) in said.error
    assert bounded.records()[-1].outcome == "denied"


_SERVER = """
import asyncio, sys
from pathlib import Path
from helmward.core.settings import ServerSettings, load
from helmward.app import running_house
from helmward.faces.serve import bind, serving
from helmward.lab.embedded.engine import EmbeddedEngine

async def main(folder, upstream):
    engine = EmbeddedEngine(folder / "engine")
    await engine.start()
    (folder / "data").mkdir(exist_ok=True)
    loaded = load(None, {"HOME": str(folder)}, {
        "kubernetes.kubeconfig": str(engine.kubeconfig),
        "gateway.upstreams": [{"name": "one", "api": "openai", "url": upstream}],
        "gateway.models": [{"name": "small", "upstream": "one"}],
        "gateway.budgets": [{"name": "b", "requests": 5, "seconds": 86400, "each": "all"}],
    })
    async with running_house(loaded, folder / "data", folder / "keys") as house:
        standing = house.models.gateway.parts.budgets.standing()
        print(house.local_token, [list(one.remaining) for one in standing], flush=True, sep="|")
        address = bind(ServerSettings(port=0))
        async with serving(house, ServerSettings(port=0), address):
            print(address.url, flush=True)
            await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def test_a_killed_server_neither_loses_nor_doubles_what_was_leased(tmp_path: Path) -> None:
    async with upstream_serving() as upstream:
        first = await _Killable.start(tmp_path, upstream)
        try:
            upstream.then(answers("ok"), hangs())
            assert await first.ask() == 200
            waiting = asyncio.create_task(first.ask())
            await upstream.until(2)
        finally:
            await first.kill()
        assert await waiting == 0
        upstream.scripts.clear()
        upstream.then(answers("ok"))
        second = await _Killable.start(tmp_path, upstream)
        try:
            (remaining,) = second.remaining
            # One call was settled, one was cut off; what else its block held counts as spent, and nothing counts twice.
            assert 0 <= remaining[0] <= 3
            statuses = [await second.ask() for _ in range(remaining[0] + 1)]
            assert statuses == [200] * remaining[0] + [429]
        finally:
            await second.kill()


class _Killable:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], token: str, remaining: list[list[int]], url: str) -> None:
        self._process, self._token, self.remaining, self._url = process, token, remaining, url

    @classmethod
    async def start(cls, folder: Path, upstream: Upstream) -> _Killable:
        words = [sys.executable, "-c", _SERVER, str(folder), upstream.url]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        assert process.stdout is not None
        token, _, remaining = (await asyncio.to_thread(process.stdout.readline)).strip().partition("|")
        url = (await asyncio.to_thread(process.stdout.readline)).strip()
        return cls(process, token, json.loads(remaining.replace("None", "null")), url)

    async def ask(self) -> int:
        body = {"model": "small", "messages": [{"role": "user", "content": "x"}]}
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with (
                aiohttp.ClientSession(headers=headers) as session,
                session.post(f"{self._url}/v1/chat/completions", json=body) as answer,
            ):
                await answer.read()
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)
        if self._process.stdout is not None:
            self._process.stdout.close()
