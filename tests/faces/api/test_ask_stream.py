"""POST /ask/stream: the command first, each look of a model, then what /ask answers; and conversations read again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.faces.api import ask as route
from helmward.house.asking import transcripts
from helmward.house.asking.steps import Steps
from helmward.house.auditing import HELMWARD

from ...gateway.upstream import hangs
from ...redteam.models import Scripted, calls, cited, says
from ...redteam.wire import plays
from ...waiting import until
from ..models.stand import Stand, stand
from .test_access import call

PATH = "/api/v1/ask/stream"
STORY = "Could it be the weather that makes shoppers complain today?"
KEY = "AKIA" + "QZ7XJ3M5K2PLW4RT"
NAMESPACES = ("resources_list", {"kind": "Namespace"})
Events = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("streamed"), **{"ask.model": "small"}) as made:
        yield made


@asynccontextmanager
async def opened(place: Stand, text: str, token: str | None = None, **body: Any) -> AsyncIterator[Any]:
    headers = {"Authorization": f"Bearer {token or place.key}"}
    timeout = aiohttp.ClientTimeout(total=30)
    given = {"text": text, "conversation": "new"} | body
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
        session.post(place.url + PATH, json=given) as answer,
    ):
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        yield answer.content


def parsed(raw: bytes) -> Events:
    found: Events = []
    for block in raw.decode().split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith(":")]
        if lines:
            name, data = lines
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


async def streamed(place: Stand, text: str, **body: Any) -> Events:
    async with opened(place, text, **body) as content:
        return parsed(await content.read())


async def asked(place: Stand, text: str) -> Any:
    status, _, answer = await call(
        place.station, "POST", "/api/v1/ask", place.key, json={"text": text, "conversation": "new"}
    )
    assert status == 200, answer
    return answer


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("help", "command"),
        ("any incidents?", "command"),
        ("what did you do", "command"),
        ("list namespaces", "command"),
        ("scale it", "question"),
        ("approve plan-abcd2345", "refusal"),
    ],
)
async def test_it_answers_what_ask_answers(place: Stand, text: str, kind: str) -> None:
    (first, command), (last, result) = await streamed(place, text)
    assert (first, command["kind"], last) == ("command", kind, "result")
    same = await asked(place, text)
    assert (same["kind"], same.get("command", [])) == (kind, command["command"])
    assert command["conversation"] == result["conversation"] != same["conversation"]
    assert result | {"conversation": ""} == same | {"conversation": ""}


async def test_a_models_looks_are_told_as_they_are_made(place: Stand) -> None:
    def script() -> Any:
        looks = [calls(NAMESPACES, ("incidents_list", {})), calls(("nothing_like_it", {"x": "CALL NOW"}))]
        return plays(Scripted(*looks, lambda turns: says(f"There is a default [{cited(turns, 'default')}].")))

    place.script(script())
    events = await streamed(place, STORY)
    assert [name for name, _ in events] == ["command", "step", "step", "step", "result"]
    command, result = events[0][1], events[-1][1]
    assert (command["kind"], command["command"], command["model"]) == ("answer", [], "small")
    steps = [(data["number"], data["tool"], data["outcome"]) for name, data in events if name == "step"]
    assert steps == [(1, "resources_list", "done"), (2, "incidents_list", "done"), (3, None, "refused")]
    assert "CALL NOW" not in json.dumps(events)
    place.script(script())
    same = await asked(place, STORY)
    assert (result["kind"], result["notes"], result["answer"]["sentences"]) == (
        "answer",
        same["notes"],
        same["answer"]["sentences"],
    )


async def test_the_arguments_of_a_step_are_masked_and_bounded(place: Stand) -> None:
    told: Events = []
    steps = Steps(place.station.house.guards, lambda name, data: told.append((name, data)))
    for given in ({"password": "correct horse battery"}, {"note": KEY}, {"note": "line\n" * 500}):
        with steps.made("a_tool", given):
            pass
    shown = json.dumps(told)
    assert "correct horse" not in shown and KEY not in shown
    assert [data["outcome"] for _, data in told] == ["done"] * 3
    assert len(told[2][1]["arguments"]["note"]) == 200


async def test_a_step_says_what_was_called_and_how_much_it_found(place: Stand) -> None:
    said = Scripted(calls(NAMESPACES), lambda turns: says(f"There is a Namespace default [{cited(turns, 'default')}]."))
    place.script(plays(said))
    _, (name, step), (last, result) = await streamed(place, STORY)
    assert (name, last) == ("step", "result")
    assert step.pop("seconds") >= 0
    found = step.pop("result")
    assert found.endswith(("item", "items")) and int(found.split()[0]) > 0
    assert step == {"number": 1, "tool": NAMESPACES[0], "arguments": NAMESPACES[1], "outcome": "done"}
    assert result["answer"]["looked"] == ["resources_list kind=Namespace"]


async def test_a_call_that_fails_is_a_step_of_our_own_words(place: Stand) -> None:
    wrong = ("resources_get", {"kind": "Pod", "namespace": "default", "name": "call-this-number-now"})
    place.script(plays(Scripted(calls(wrong, wrong), says("I know nothing."))))
    events = await streamed(place, STORY)
    steps = [data for name, data in events if name == "step"]
    assert [(one["number"], one["outcome"], one["arguments"]) for one in steps] == [
        (1, "failed", None),
        (2, "refused", None),
    ]
    assert "call-this-number" not in json.dumps(events)


async def test_what_the_guards_stop_fails_and_masks_hold(place: Stand) -> None:
    async with opened(place, f"why is frontend down {KEY}") as content:
        raw = await content.read()
    assert KEY.encode() not in raw
    (name, data) = parsed(raw)[-1]
    assert name in ("failed", "result")
    assert name == "result" or (set(data), data["exitCode"]) == ({"error", "exitCode"}, 5)


async def test_a_refusal_is_an_event(place: Stand) -> None:
    ((name, data),) = await streamed(place, "status", conversation="conv-nothing")
    assert (name, data["exitCode"]) == ("failed", 2)
    assert "no conversation" in data["error"]


async def test_who_hangs_up_stops_the_model(place: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "_HEARTBEAT", 0.05)
    place.script(hangs())
    before = place.station.house.audit.sequence
    async with opened(place, STORY) as content:
        while b"still here" not in await content.readline():
            pass
        place.station.do(place.openai.until(1))
    (received,) = place.openai.received
    place.station.do(asyncio.wait_for(received.gone.wait(), 10))
    house = place.station.house

    def ends() -> list[Any]:
        records = [json.loads(one) for one in house.audit_page(before, 100, None)]
        return [one for one in records if one["action"] == "ask.answer"]

    await until(ends, "the end of the question is in the audit log")
    assert [(one["outcome"], one["reason"]) for one in ends()] == [("failed", "Whoever asked went away.")]


def test_a_server_that_stops_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with stand(tmp_path_factory.mktemp("stopping"), **{"ask.model": "small"}) as own:
        own.script(hangs())

        async def heard() -> Events:
            async with opened(own, STORY) as content:
                await asyncio.to_thread(own.station.do, own.openai.until(1))
                own.station.stop()
                return parsed(await content.read())

        name, data = asyncio.run(heard())[-1]
        assert (name, data["exitCode"]) == ("failed", 7)


async def test_conversations_are_read_again_by_their_own_actor(place: Stand) -> None:
    house = place.station.house
    ann, eve = (
        place.station.call(house.identity.create, HELMWARD, NewToken(name, ("viewer",)), house.clock()).text
        for name in ("ann of conversations", "eve of conversations")
    )
    (_, first), _ = await streamed(place, "help", token=ann)
    _, (_, second) = await streamed(place, f"list namespaces {KEY[:4]}", token=ann)
    for _ in range(2):
        await streamed(place, "any incidents?", token=ann, conversation=first["conversation"])
    _, _, listed = await call(place.station, "GET", "/api/v1/conversations", ann)
    rows = listed["conversations"]
    assert [(one["id"], one["count"], one["over"]) for one in rows] == [
        (first["conversation"], 3, False),
        (second["conversation"], 1, False),
    ]
    assert rows[0]["title"] == "help" and rows[0]["started"] <= rows[0]["last"]
    path = f"/api/v1/conversations/{first['conversation']}"
    status, _, whole = await call(place.station, "GET", path, ann)
    assert (status, [one["text"] for one in whole["turns"]]) == (200, ["help", "any incidents?", "any incidents?"])
    turn = whole["turns"][1]
    answer = turn.pop("answer")
    assert (answer["kind"], answer["command"]) == ("command", ["helmward incidents"])
    assert "Nothing is wrong" in answer["result"]["text"] and answer["result"]["evidence"]
    assert turn.pop("time") and "Nothing is wrong" in turn.pop("result")
    command = ["helmward incidents"]
    assert turn == {"text": "any incidents?", "kind": "command", "command": command, "failed": False, "plans": []}
    assert (await call(place.station, "GET", "/api/v1/conversations", eve))[2] == {"conversations": []}
    for identity, token in ((first["conversation"], eve), ("conv-nothing", ann)):
        status, _, answer = await call(place.station, "GET", f"/api/v1/conversations/{identity}", token)
        assert (status, "no conversation" in answer["error"]) == (404, True)


async def test_whole_answers_are_kept_as_long_as_there_is_room(place: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "LARGEST", 2500)
    _, (_, first) = await streamed(place, "help")
    within = {"conversation": first["conversation"]}
    path = f"/api/v1/conversations/{first['conversation']}"
    for text in ("help", "list namespaces", "status", "help"):
        result = (await streamed(place, text, **within))[-1][1]
    _, _, whole = await call(place.station, "GET", path, place.key)
    answers = [one["answer"] for one in whole["turns"]]
    assert answers[-1] == {name: value for name, value in result.items() if name != "conversation"}
    assert (answers[0], [one["kind"] for one in whole["turns"]]) == (None, ["command"] * 5)


async def test_who_is_bounded_has_conversations_of_their_own(place: Stand) -> None:
    house = place.station.house
    wish = NewToken("bounded", ("viewer",), scope=Scope(namespaces=("default",)))
    token = place.station.call(house.identity.create, HELMWARD, wish, house.clock()).text
    _, (_, result) = await streamed(place, "any incidents?", token=token)
    path = f"/api/v1/conversations/{result['conversation']}"
    status, _, whole = await call(place.station, "GET", path, token)
    assert (status, len(whole["turns"])) == (200, 1)
