"""The same hostile models behind the gateway, over HTTP, at upstreams of both APIs."""

from __future__ import annotations

import pytest

from .models import Scripted, calls, cited, says
from .scripts import Hostile, hostile
from .stage import APIS, Stage
from .trying import known
from .wire import plays

pytestmark = pytest.mark.asyncio(loop_scope="session")
MODELS = hostile()


def api_of(number: int, script: Hostile) -> str:
    """One after the other; arguments that are no JSON cannot be written in Anthropic's API."""
    return APIS[0] if script.name == "malformed-arguments" else APIS[number % 2]


CASES = [(api_of(number, script), script) for number, script in enumerate(MODELS)]


@pytest.mark.parametrize(("api", "script"), CASES, ids=[f"{script.name}-{api}" for api, script in CASES])
async def test_a_hostile_model_gets_nothing(stage: Stage, api: str, script: Hostile) -> None:
    model = script.model(await known(stage, script))
    upstream = stage.upstreams[api]
    upstream.scripts[:] = [plays(model)]
    upstream.received.clear()
    assert stage.house.models is not None
    port = stage.house.models.port
    run = await stage.ask(port, script.asks, script.who, model=api, **script.given.get("settings", {}))
    run.seen = "\n".join(model.seen)
    stage.unharmed()
    stage.silent(run)
    for text in script.expects("never"):
        assert text not in run.said, text
    assert run.answer is None or [one.state for one in run.answer.proposals] == script.expects("proposals")
    stopped = [one for one in run.records if one["outcome"] == "denied" or one["action"] == "plan.propose"]
    assert stopped or run.left_out, run.records
    assert any(one["action"] == "model.call" for one in run.records)
    stage.attempts[f"{script.name} through the gateway"] = sorted(run.refused | set(run.left_out)) or ["gateway"]


@pytest.mark.parametrize("api", APIS)
async def test_an_honest_model_is_heard(stage: Stage, api: str) -> None:
    """The measure of the others, at an upstream of either API: calls, their answers, and a sentence that stands."""
    model = Scripted(
        calls(("incidents_list", {}), text="Let me look."),
        calls(("incidents_list", {"limit": 1})),
        lambda turns: says(f"The registry refuses to hand out the image of notifier [{cited(turns, 'refuses')}]."),
    )
    stage.upstreams[api].scripts[:] = [plays(model)]
    assert stage.house.models is not None
    run = await stage.ask(stage.house.models.port, "What is broken?", model=api)
    assert run.answer is not None
    assert [one.text for one in run.answer.sentences] == ["The registry refuses to hand out the image of notifier."]
    assert (run.answer.steps, run.answer.left_out, run.answer.looked[1]) == (3, (), "incidents_list limit=1")
    assert run.answer.tokens > 0
