"""Watches: frames of any length, bookmarks, and every way in which they end."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.transport import Limits
from helmward.adapters.clients.kubernetes.watching import WatchEvent
from helmward.core.cluster import Forbidden, Gone, Interrupted, KubernetesError, Unavailable

from .server import Api, frame, hangs_up, pod, refuses, streams

PODS = "/api/v1/pods"


async def read(client: Client, path: str = PODS, into: list[WatchEvent] | None = None) -> list[WatchEvent]:
    events = [] if into is None else into
    async with aclosing(client.watch(path, "7")) as watch:
        async for event in watch:
            events.append(event)
    return events


async def test_events_come_with_their_versions(api: Api, connect) -> None:
    added = pod("a")
    bookmark = {"kind": "Pod", "apiVersion": "v1", "metadata": {"resourceVersion": "12"}}
    api.then(
        streams(frame("ADDED", added) + frame("MODIFIED", added), frame("DELETED", added) + frame("BOOKMARK", bookmark))
    )
    events = await read(await connect(api.url))
    assert [event.type for event in events] == ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    assert [event.resource_version for event in events] == ["7", "7", "7", "12"]
    assert json.loads(events[0].raw) == added


async def test_the_request_asks_for_bookmarks_and_spreads_its_end(api: Api, connect) -> None:
    api.then(streams(frame("ADDED", pod("a"))))
    client = await connect(api.url)
    for _ in range(8):
        await read(client)
    for seen in api.seen:
        assert seen.query["watch"] == seen.query["allowWatchBookmarks"] == "true"
        assert seen.query["resourceVersion"] == "7"
        assert 300 <= int(seen.query["timeoutSeconds"]) <= 600
    assert len({seen.query["timeoutSeconds"] for seen in api.seen}) > 1


async def test_an_object_of_ten_megabytes_in_small_pieces(api: Api, connect) -> None:
    line = frame("ADDED", pod("huge", text="x" * 10_000_000)) + frame("ADDED", pod("next"))
    pieces = [line[start : start + 300_001] for start in range(0, len(line), 300_001)]
    api.then(streams(*pieces))
    events = await read(await connect(api.url))
    assert [json.loads(event.raw)["metadata"]["name"] for event in events] == ["huge", "next"]
    assert len(events[0].raw) > 10_000_000


async def test_a_frame_may_come_byte_by_byte(api: Api, connect) -> None:
    line = frame("ADDED", pod("ünicode")) + b"\n" + frame("ADDED", pod("b"))
    api.then(streams(*[line[index : index + 1] for index in range(len(line))]))
    assert len(await read(await connect(api.url))) == 2


@pytest.mark.parametrize("cut", [True, False], ids=["connection cut", "ended cleanly"])
async def test_a_watch_that_ends_in_the_middle_of_an_object(api: Api, connect, cut: bool) -> None:
    whole = frame("ADDED", pod("a"))
    api.then(streams(whole, whole[:-20], cut=cut))
    events: list[WatchEvent] = []
    with pytest.raises(Interrupted, match="broke off"):
        await read(await connect(api.url), into=events)
    assert len(events) == 1


async def test_a_line_that_is_no_frame_interrupts(api: Api, connect) -> None:
    api.then(streams(frame("ADDED", pod("a")), b'{"type":"ADDED","object":{"metadata"\n'))
    events: list[WatchEvent] = []
    with pytest.raises(Interrupted, match="cannot be read"):
        await read(await connect(api.url), into=events)
    assert len(events) == 1


async def test_gone_as_status_and_as_event(api: Api, connect) -> None:
    expired = {"kind": "Status", "reason": "Expired", "message": "too old resource version: 7 (90)", "code": 410}
    api.then(refuses(410, "too old"), streams(frame("ADDED", pod("a")), frame("ERROR", expired)))
    client = await connect(api.url)
    with pytest.raises(Gone):
        await read(client)
    events: list[WatchEvent] = []
    with pytest.raises(Gone, match="too old resource version"):
        await read(client, into=events)
    assert len(events) == 1


async def test_another_error_event_keeps_its_status(api: Api, connect) -> None:
    api.then(streams(frame("ERROR", {"kind": "Status", "message": "internal", "code": 500})))
    with pytest.raises(Unavailable, match="500 internal"):
        await read(await connect(api.url))


async def test_a_forbidden_watch(api: Api, connect) -> None:
    api.then(refuses(403, "no watching"))
    with pytest.raises(Forbidden):
        await read(await connect(api.url))


async def test_a_silent_watch_is_given_up(api: Api, connect) -> None:
    never = asyncio.Event()
    api.then(streams(frame("ADDED", pod("a")), hold=never.wait()))
    client = await connect(api.url, Limits(watch_silence=0.2))
    events: list[WatchEvent] = []
    with pytest.raises(Interrupted, match="fell silent"):
        await read(client, into=events)
    assert len(events) == 1


async def test_a_server_that_ends_every_watch_at_once_is_an_interruption(api: Api, connect) -> None:
    api.then(streams())
    with pytest.raises(Interrupted, match="ended at once"):
        await read(await connect(api.url))


async def test_a_server_that_hangs_up_is_unavailable(api: Api, connect) -> None:
    api.then(hangs_up())
    with pytest.raises(Unavailable):
        await read(await connect(api.url))


async def test_watches_do_not_take_the_slots_of_requests(api: Api, connect) -> None:
    never = asyncio.Event()

    async def watched(request):
        return await streams(frame("ADDED", pod("a")), hold=never.wait())(request)

    api.by_path[PODS] = watched
    api.then(refuses(404))
    client = await connect(api.url, Limits(at_once=1))
    async with aclosing(client.watch(PODS, "7")) as first, aclosing(client.watch(PODS, "7")) as second:
        await anext(first)
        await anext(second)
        with pytest.raises(KubernetesError):
            async with asyncio.timeout(5):
                await client.list("/api/v1/nodes")


async def test_secrets_are_reduced_and_unreadable_ones_left_out(api: Api, connect, reports: list[str]) -> None:
    good = {"kind": "Secret", "metadata": {"name": "a", "resourceVersion": "8"}, "data": {"p": "aHVudGVyMg=="}}
    bad = {"kind": "Secret", "metadata": {"name": "b", "resourceVersion": "9"}, "data": ["hunter2"]}
    nameless = {name: value for name, value in good.items() if name != "kind"}
    api.then(streams(frame("ADDED", good), frame("ADDED", bad), frame("ADDED", nameless)))
    events = await read(await connect(api.url), "/api/v1/secrets")
    assert [json.loads(event.raw)["data"]["p"]["size"] for event in events] == [7, 7]
    assert len(reports) == 1
    assert "hunter2" not in reports[0]
