"""The audit log through the API: search, choices, verification, export; each only for administrators of everything."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from helmward.core.nouns import Actor
from helmward.door.audit import Entry, page, verify

from ..station import Station
from ..station import station as start
from .test_access import call

AUDIT = "/api/v1/audit"
ROBIN = Actor(name="Robin Übel", kind="agent")


@pytest.fixture(scope="module")
def admin(station: Station) -> str:
    """An administrator's token, once there are some records to look for."""

    async def record() -> None:
        entries = [
            Entry(
                actor=ROBIN,
                action="drill.approve" if number % 2 else "drill.deny",
                target=f"Pod/shop/web-{number}",
                outcome="done" if number % 3 else "denied",
                reason=f"Robin's reason {number}",
            )
            for number in range(30)
        ]
        await asyncio.gather(*(station.house.audit.append(entry) for entry in entries))

    station.do(record())
    return station.token("admin")


async def get(station: Station, token: str, path: str, **params: Any) -> Any:
    status, _, answer = await call(station, "GET", f"{AUDIT}{path}", token, params=params)
    assert status == 200, answer
    return answer


async def download(station: Station, token: str, **params: Any) -> tuple[Any, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{station.url}{AUDIT}/export", headers=headers, params=params) as answer,
    ):
        return answer, await answer.read()


def lines(station: Station) -> list[bytes]:
    return page(station.house.audit.folder, 0, 1 << 30)


async def test_search_gives_the_records_as_they_stand(station: Station, admin: str) -> None:
    found = await get(
        station, admin, "/search", actor="Robin Übel", action="drill.*", outcome="done", target="SHOP/", q="robin's"
    )
    records = [json.loads(line) for line in reversed(lines(station))]
    expected = [one for one in records if one["actor"]["name"] == "Robin Übel" and one["outcome"] == "done"]
    assert len(expected) == 20
    assert found["records"] == expected
    assert found["next"] is None
    assert found["scanned"] >= 30


async def test_pages_follow_each_other(station: Station, admin: str) -> None:
    whole = (await get(station, admin, "/search", kind="agent", action="drill.deny"))["records"]
    pages, before = [], {}
    while True:
        found = await get(station, admin, "/search", kind="agent", action="drill.deny", limit="4", **before)
        pages += found["records"]
        assert len(found["records"]) <= 4
        if found["next"] is None:
            break
        before = {"before": str(found["next"])}
    assert pages == whole
    assert len(whole) >= 15


async def test_a_search_by_time(station: Station, admin: str) -> None:
    newest = (await get(station, admin, "/search", since="1h", limit="1"))["records"][0]
    assert (await get(station, admin, "/search", until="1h"))["records"] == []
    older = await get(station, admin, "/search", until=newest["time"], limit="500")
    assert newest["sequence"] not in [one["sequence"] for one in older["records"]]
    assert older["records"]


@pytest.mark.parametrize(
    "asked",
    [{"since": "yesterday"}, {"until": "1x"}, {"limit": "501"}, {"before": "0"}, {"kind": "robot"}, {"outcome": "?"}],
)
async def test_what_cannot_be_asked(station: Station, admin: str, asked: dict[str, str]) -> None:
    status, _, answer = await call(station, "GET", f"{AUDIT}/search", admin, params=asked)
    assert status in (400, 422)
    assert answer["error"].endswith(".")


async def test_the_choices_of_a_filter(station: Station, admin: str) -> None:
    found = await get(station, admin, "/facets")
    deadline = time.monotonic() + 60
    while (
        "Robin Übel" not in found["actors"] and time.monotonic() < deadline
    ):  # what somebody asked before is kept for a while
        await asyncio.sleep(1)
        found = await get(station, admin, "/facets")
    assert {"Robin Übel", "helmward"} <= set(found["actors"])
    assert {"drill.approve", "drill.deny", "server.start"} <= set(found["actions"])
    assert {"done", "denied"} <= set(found["outcomes"])
    assert all(names == sorted(names) for names in found.values())


async def test_those_who_ask_at_once_get_the_result_of_one_run(station: Station, admin: str) -> None:
    before = len((await get(station, admin, "/search", action="audit.verify"))["records"])
    answers = await asyncio.gather(*(call(station, "POST", f"{AUDIT}/verify", admin) for _ in range(4)))
    bodies = [answer for _, _, answer in answers]
    assert {status for status, _, _ in answers} == {200}
    (ran,) = {json.dumps(body) for body in bodies}
    assert bodies[0]["ok"] is True
    assert bodies[0]["problems"] == []
    assert 30 < bodies[0]["records"] <= bodies[0]["lastSequence"]
    assert 30 < bodies[0]["head"]["sequence"] <= bodies[0]["lastSequence"]
    assert await get(station, admin, "/verify") == json.loads(ran)
    recorded = (await get(station, admin, "/search", action="audit.verify"))["records"]
    assert len(recorded) - before == 4
    assert recorded[0]["actor"]["name"] == "a admin"


async def test_a_copy_is_the_log_byte_for_byte_and_verifies(station: Station, admin: str, tmp_path: Path) -> None:
    answer, data = await download(station, admin)
    whole = b"".join(path.read_bytes() for path in sorted(station.house.audit.folder.iterdir()))
    assert whole.startswith(data)
    assert answer.content_type == "application/x-ndjson"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="helmward-audit-20')
    assert b'"action":"audit.export"' in data.splitlines()[-2]
    folder, keys = tmp_path / "copy" / "audit", tmp_path / "keys"
    folder.mkdir(parents=True)
    keys.mkdir()
    (folder / "000000000001.jsonl").write_bytes(data)
    (keys / "audit-signing.pub").write_bytes((station.folder / "keys" / "audit-signing.pub").read_bytes())
    verdict = verify(folder, keys)
    assert (verdict.ok, verdict.records) == (True, data.count(b'{"sequence":'))


async def test_records_alone_can_be_filtered(station: Station, admin: str) -> None:
    _, data = await download(station, admin, format="records", actor="Robin Übel", outcome="denied", after="3")
    expected = [line for line in lines(station) if b'"actor":{"kind":"agent"' in line and b'"outcome":"denied"' in line]
    assert data.splitlines() == expected
    assert len(expected) == 10
    (recorded, *_) = (await get(station, admin, "/search", action="audit.export"))["records"]
    assert recorded["details"] == {
        "format": "records",
        "after": 3,
        "filter": {"actor": "Robin Übel", "outcome": "denied"},
    }
    _, nothing = await download(station, admin, format="records", q="nobody ever wrote this")
    assert nothing == b""


async def test_the_logs_own_lines_cannot_be_filtered(station: Station, admin: str) -> None:
    status, _, answer = await call(station, "GET", f"{AUDIT}/export", admin, params={"q": "x"})
    assert (status, answer["exitCode"]) == (400, 2)


@pytest.fixture
def tampered(tmp_path: Path) -> Iterator[Station]:
    """A station of its own, in whose log a word was changed while it ran."""
    with start(tmp_path) as running:
        path = sorted(running.house.audit.folder.iterdir())[0]
        data = path.read_bytes().replace(b'"server.start"', b'"server.stars"', 1)
        descriptor = os.open(path, os.O_WRONLY)
        os.pwrite(descriptor, data, 0)
        os.close(descriptor)
        yield running


async def test_what_was_changed_is_named_even_where_nothing_can_be_recorded(tampered: Station) -> None:
    token = tampered.token("admin")
    assert await get(tampered, token, "/verify") is None
    status, _, answer = await call(tampered, "POST", f"{AUDIT}/verify", token)
    assert (status, answer["ok"], answer["firstBad"]) == (200, False, 1)
    assert "record 1 " in answer["problems"][0]
    (recorded,) = (await get(tampered, token, "/search", action="audit.verify"))["records"]
    assert (recorded["outcome"], recorded["reason"]) == ("failed", answer["problems"][0])
    with sorted(tampered.house.audit.folder.iterdir())[-1].open("ab") as file:
        file.write(b"something\n")
    status, _, answer = await call(tampered, "POST", f"{AUDIT}/verify", token)
    assert (status, answer["ok"], len(answer["problems"])) == (200, False, 2)
    assert "could not be recorded" in answer["problems"][1]
    assert await get(tampered, token, "/verify") == answer
    status, _, answer = await call(tampered, "GET", f"{AUDIT}/export", token)
    assert (status, "Something else wrote" in answer["error"]) == (503, True)
