"""The queue of a channel, on a real server that fails, hangs and limits."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import aiohttp
import pytest

from helmward.adapters.channels.channel import Target
from helmward.adapters.channels.pace import Limit, Patience
from helmward.adapters.channels.sender import Sender
from helmward.adapters.channels.webhook import Webhook
from helmward.core.notices import Message
from helmward.core.nouns import Severity
from helmward.core.settings import ChannelSettings
from helmward.guard.secrets import mask

from .notes import note
from .receiver import Receiver, eventually

QUICK = Patience(tries=4, first=0.01, longest=0.02)


@asynccontextmanager
async def sending(
    receiver: Receiver, http: aiohttp.ClientSession, patience: Patience = QUICK, capacity: int = 1000, **settings: Any
) -> AsyncIterator[Sender]:
    settings = {
        "name": "ops",
        "kind": "webhook",
        "url": receiver.url,
        "group_seconds": 0,
        "per_minute": 600,
        **settings,
    }
    channel = Webhook(Target(receiver.url), http)
    sender = Sender(channel, ChannelSettings(**settings), mask, patience, capacity)
    sender.start()
    try:
        yield sender
    finally:
        await sender.close(1.0)


def _incidents(body: dict[str, Any]) -> list[str]:
    return [one["incident"] for one in body["notifications"]]


async def test_what_happens_within_the_group_is_one_message(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    async with sending(receiver, http, group_seconds=0.1) as sender:
        for number in range(112):
            sender.offer(note(f"inc-{number:03}", severity=Severity.CRITICAL if number == 111 else Severity.HIGH))
        (body,) = await receiver.until(1)
    assert _incidents(body)[:2] == ["inc-111", "inc-000"]
    assert (len(body["notifications"]), body["more"], body["lost"]) == (100, 12, 0)
    assert sender.snapshot() == {
        "offered": 112, "delivered": 112, "lost": 0, "messages": 1, "retries": 0, "waiting": 0
    }  # fmt: skip


async def test_one_incident_is_told_once_in_a_group(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    async with sending(receiver, http, group_seconds=0.1) as sender:
        sender.offer(note("inc-a"))
        sender.offer(note("inc-b"))
        sender.offer(note("inc-a", event="worsened", severity=Severity.CRITICAL))
        sender.offer(note("inc-b", event="resolved"))
        (body,) = await receiver.until(1)
    told = {one["incident"]: (one["event"], one["severity"]) for one in body["notifications"]}
    assert told == {"inc-a": ("open", "critical"), "inc-b": ("resolved", "high")}


async def test_only_what_the_channel_wants(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    async with sending(receiver, http, min_severity="high", namespaces=("production",)) as sender:
        sender.offer(note("inc-low", severity=Severity.MEDIUM))
        sender.offer(note("inc-elsewhere", namespace="staging"))
        sender.offer(note("inc-wanted"))
        (body,) = await receiver.until(1)
    assert _incidents(body) == ["inc-wanted"]
    assert sender.counts.offered == 1


@pytest.mark.parametrize("answers", [[500, 503], [429], ["cut", "cut"], [408], [(503, "0")], [(429, "soon")]])
async def test_what_may_work_later_is_tried_again(
    receiver: Receiver, http: aiohttp.ClientSession, answers: list[Any]
) -> None:
    receiver.answers = list(answers)
    async with sending(receiver, http) as sender:
        sender.offer(note())
        bodies = await receiver.until(len(answers) + 1)
        await eventually(lambda: sender.counts.delivered == 1)
    assert len({body["id"] for body in bodies}) == 1
    assert (sender.counts.retries, sender.counts.lost) == (len(answers), 0)


async def test_retry_after_is_kept_to(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    receiver.answers = [(429, "1")]
    async with sending(receiver, http) as sender:
        begin = time.monotonic()
        sender.offer(note())
        await receiver.until(2)
    assert time.monotonic() - begin >= 1.0


async def test_a_server_that_hangs_holds_nobody_up(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    receiver.answers = ["hang"]
    async with sending(receiver, http, capacity=5) as sender:
        sender.offer(note("inc-0"))
        await receiver.until(1)
        begin = time.monotonic()
        for number in range(2000):
            sender.offer(note(f"inc-{number}"))
        assert time.monotonic() - begin < 1.0
        assert sender.snapshot()["waiting"] == 6
        assert sender.counts.lost == 1995
        await sender.close(0.1)
    assert (sender.counts.delivered, sender.counts.lost) == (0, 2001)


async def test_what_is_given_up_is_said_in_the_next_message(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    receiver.answers = [500, 500, 500, 500, 404]
    async with sending(receiver, http) as sender:
        sender.offer(note("inc-1"))
        await eventually(lambda: sender.counts.lost == 1)
        sender.offer(note("inc-2"))
        await eventually(lambda: sender.counts.lost == 2)
        sender.offer(note("inc-3"))
        await receiver.until(6)
        sender.offer(note("inc-4"))
        bodies = await receiver.until(7)
        await eventually(lambda: sender.counts.delivered == 2)
    assert [body["lost"] for body in bodies] == [0, 0, 0, 0, 1, 2, 0]
    assert sender.counts.retries == 3


async def test_a_redirect_is_not_followed(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    receiver.answers = [302]
    async with sending(receiver, http) as sender:
        sender.offer(note())
        await eventually(lambda: sender.counts.lost == 1)
    assert len(receiver.received) == 1


async def test_the_limit_of_a_minute_holds(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    async with sending(receiver, http, per_minute=2) as sender:
        for number in range(3):
            sender.offer(note(f"inc-{number}"))
            await eventually(lambda number=number: sender.counts.messages == min(number + 1, 2))
        sender.offer(note("inc-3"))
        assert sender.snapshot()["waiting"] == 2
        await sender.close(1.0)
    # At the end what waited goes out at once, together.
    assert [len(body["notifications"]) for body in await receiver.until(3)] == [1, 1, 2]
    assert sender.counts.lost == 0


def test_the_limit_is_over_any_minute() -> None:
    limit, now, passes = Limit(3), 0.0, []
    for _ in range(9):
        now += limit.wait(now)
        limit.passed(now)
        passes.append(now)
    assert passes == [0, 0, 0, 60, 60, 60, 120, 120, 120]


def test_waits_grow_are_jittered_and_bounded() -> None:
    patience = Patience(first=1, longest=8, longest_asked=100)
    waits = [[patience.wait(tried, None) for _ in range(200)] for tried in (1, 3, 9)]
    assert [max(some) <= most for some, most in zip(waits, (1, 4, 8), strict=True)] == [True, True, True]
    assert min(waits[2]) < 4 < max(waits[2])
    assert 5 <= patience.wait(1, 5) <= 6
    assert patience.wait(1, 10**9) <= 101


async def test_secrets_leave_in_no_field(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    secret = "hunter" + "2"
    async with sending(receiver, http) as sender:
        sender.offer(
            note(title=f"password={secret}", cause=f"postgres://u:{secret}@db:5432/x", remedy=f"--token={secret}abc")
        )
        (body,) = await receiver.until(1)
    assert secret not in str(body)
    assert body["notifications"][0]["cause"] == "postgres://u:[secrets/connection-string]@db:5432/x"


async def test_after_the_end_nothing_is_taken(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    async with sending(receiver, http, group_seconds=60) as sender:
        sender.offer(note("inc-waits"))
        begin = time.monotonic()
        await sender.close(5.0)
        assert time.monotonic() - begin < 4
        sender.offer(note("inc-late"))
    assert [_incidents(body) for body in await receiver.until(1)] == [["inc-waits"]]
    assert (sender.counts.delivered, sender.counts.lost) == (1, 1)


class _Buggy:
    kind: ClassVar[str] = "buggy"
    most: ClassVar[int] = 1
    signs: ClassVar[bool] = False

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) == 1:
            raise KeyError("a plugin's own fault")


async def test_a_channel_that_raises_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    channel = _Buggy()
    settings = ChannelSettings(name="x", kind="buggy", url="https://x.example", group_seconds=0)
    sender = Sender(channel, settings, mask, QUICK)
    sender.start()
    sender.offer(note("inc-1"))
    await eventually(lambda: sender.counts.lost == 1)
    sender.offer(note("inc-2"))
    await eventually(lambda: sender.counts.delivered == 1)
    await sender.close()
    assert channel.sent[1].lost == 1
    assert "Channel x failed" in caplog.text


async def test_the_address_is_in_no_log(http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture) -> None:
    address = "http://127.0.0.1:1/" + "s" * 20
    sender = Sender(
        Webhook(Target(address), http),
        ChannelSettings(name="x", kind="webhook", url=address, group_seconds=0),
        mask,
        QUICK,
    )
    sender.start()
    sender.offer(note())
    await eventually(lambda: sender.counts.lost == 1)
    await asyncio.wait_for(sender.close(), 5)
    assert "given up" in caplog.text
    assert "s" * 20 not in caplog.text
    assert "s" * 20 not in repr(Target(address))
