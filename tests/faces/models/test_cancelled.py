"""A caller who goes away at any moment leaves nothing reserved, and the record of every call that was begun has its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from helmward.door.audit import AuditError
from helmward.gateway.asked import Asked

from ...gateway.upstream import answers
from .stand import Stand, stand
from .talk import chat

_BUDGET = {"name": "all", "concurrent": 50, "requests": 100_000, "seconds": 3600}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("counted"), **{"gateway.budgets": [_BUDGET]}) as made:
        yield made


def _running(stand: Stand) -> int:
    assert stand.station.house.models is not None
    return sum(one.running for one in stand.station.house.models.gateway.parts.budgets.standing())


async def _leave(stand: Stand, turns: int, stream: bool) -> None:
    """Call, and be cancelled after so many turns of the loop."""
    models = stand.station.house.models
    assert models is not None
    body = {"model": "small", "stream": stream, "messages": [{"role": "user", "content": "x"}]}
    asked = Asked(models.caller(stand.key), "openai", "chat", json.dumps(body).encode())

    async def call() -> None:
        answer = await models.gateway.call(asked)
        try:
            if answer.pieces is not None:
                async for _ in answer.pieces:
                    pass
        finally:
            await answer.close()

    task = asyncio.ensure_future(call())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("stream", [False, True])
def test_cancelled_at_any_moment(counted: Stand, stream: bool) -> None:
    counted.script(answers("hello there", chunks=["hello ", "there"]))

    async def leave() -> None:
        for turns in [*range(0, 40, 2), *range(40, 400, 30)]:
            await _leave(counted, turns, stream)

    counted.station.do(leave())
    assert counted.station.call(_running, counted) == 0
    records = counted.records(last=400)
    begun = {record.sequence for record in records if record.outcome == "intended"}
    assert begun and begun <= {record.details.get("intent") for record in records}


def test_where_the_audit_takes_no_intent_nothing_stays_reserved(
    counted: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(_: object) -> None:
        raise AuditError("The audit log is closed.")

    assert counted.station.house.models is not None
    recorder = counted.station.house.models.gateway.parts.recorder
    with monkeypatch.context() as patched:
        patched.setattr(recorder, "intend", dead)
        assert chat(counted, "hello").status == 503
    assert counted.station.call(_running, counted) == 0


def test_what_fails_before_the_answer_is_recorded_too(counted: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("a slip of our own")

    assert counted.station.house.models is not None
    inbound = counted.station.house.models.gateway.parts.inbound
    before = len(counted.records(last=400))
    with monkeypatch.context() as patched:
        patched.setattr(inbound, "inspect", broken)
        assert chat(counted, "hello").status == 500
    assert [(one.outcome, one.target) for one in counted.records(last=400)[before:]] == [("failed", "small")]
    assert counted.station.call(_running, counted) == 0
