"""Policy is asked with everything it may know; the strictest step decides, and only who may approve each may approve all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from helmward.core.nouns import Scope
from helmward.core.plans import Decision, Managed, Step
from helmward.core.settings_changes import WindowSettings
from helmward.door.policy.engine import Policy
from helmward.door.policy.request import ModelUse, Request
from helmward.door.tool import Tool

from .stand import BOT, HEAL, RITA, Stand, asking, person, standing


class Scripted:
    """Answers what the test says, and keeps what it was asked."""

    hash = "h"

    def __init__(self, *answers: Decision, visible: bool = True) -> None:
        self.answers, self.seen, self.asked = list(answers), visible, list[Request]()

    def decide(self, request: Request) -> Decision:
        self.asked.append(request)
        return self.answers.pop(0)

    def visible(self, request: Request) -> bool:
        self.asked.append(request)
        return self.seen


def answer(verdict: str, *approvers: str) -> Decision:
    return Decision(verdict=verdict, reason=f"it is {verdict}", approvers=approvers)  # type: ignore[arg-type]


async def steps(stand: Stand, count: int) -> tuple[list[Tool], list[Step]]:
    step = (await stand.proposed()).plan.steps[0]
    return [stand.tool] * count, [step] * count


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [(("allow", "ask"), "ask"), (("ask", "deny"), "deny"), (("deny", "allow"), "deny"), (("allow", "allow"), "allow")],
)
async def test_the_strictest_step_decides(stand: Stand, verdicts: tuple[str, ...], worst: str) -> None:
    tools, planned = await steps(stand, 2)
    stand.means.judge.policy = Scripted(*(answer(verdict, "approver") for verdict in verdicts))
    decision = stand.means.judge.plan(RITA, tools, planned, None)
    assert (decision.verdict, decision.reason) == (worst, f"it is {worst}")


async def test_only_who_may_approve_each_step_may_approve_the_plan(stand: Stand) -> None:
    tools, planned = await steps(stand, 3)
    stand.means.judge.policy = Scripted(
        answer("ask", "approver", "admin"), answer("allow", "x"), answer("ask", "admin")
    )
    assert stand.means.judge.plan(RITA, tools, planned, None).approvers == ("admin",)
    stand.means.judge.policy = Scripted(answer("ask", "approver"), answer("allow"), answer("ask", "admin"))
    assert stand.means.judge.plan(RITA, tools, planned, None).approvers == ()


async def test_what_is_not_visible_is_denied_whatever_is_decided(stand: Stand) -> None:
    stand.means.judge.policy = Scripted(answer("allow"), visible=False)
    decision = stand.means.judge.call(RITA, stand.tool, "shop")
    assert (decision.verdict, decision.rule) == ("deny", "visible")


async def test_outside_of_a_scope_policy_is_not_even_asked(stand: Stand) -> None:
    policy = stand.means.judge.policy = Scripted(answer("allow"))
    away = person("rita", "requester", scope=Scope(namespaces=("team-*",)))
    assert stand.means.judge.call(away, stand.tool, "shop").rule == "scope"
    assert policy.asked == []


async def test_what_policy_is_told(stand: Stand) -> None:
    step = (await stand.proposed(BOT, namespace="dev-shop")).plan.steps[0]
    step = msgspec.structs.replace(step, managed=Managed(reverted_by="argocd", overwritten_by="helm"))
    policy = stand.means.judge.policy = Scripted(answer("ask"))
    stand.means.judge.plan(BOT, [stand.tool], [step], "high")
    request = policy.asked[-1]
    assert (request.actor.name, request.actor.kind, request.actor.token) == ("bot", "agent", "")
    assert (request.tool, request.permission, request.mode) == ("config_set", "restore", "ask")
    assert (request.scope.namespace, request.scope.environment) == ("dev-shop", "staging")
    assert request.ownership is not None
    assert (request.ownership.reverted_by, request.ownership.overwritten_by) == ("argocd", "helm")
    assert request.reversible is True


async def test_a_decision_ends_when_a_window_opens(tmp_path: Path, policy: Policy) -> None:
    """The decision of a moment before is not kept over the beginning of a freeze."""
    freeze = WindowSettings(from_time="2026-01-31T13:00:00Z", to_time="2026-01-31T14:00:00Z")
    settings = asking(freeze=(freeze,)).model_copy(update={"mode": "auto"})
    async with standing(tmp_path, policy, settings) as stand:
        before = await stand.proposed(HEAL)
        assert before.state == "approved"
        stand.clock = datetime(2026, 1, 31, 13, tzinfo=UTC)
        assert (await stand.door.act(before.plan, 0)).state == "failed"
        assert (await stand.proposed(HEAL)).state == "waiting"
        stand.clock = datetime(2026, 1, 31, 14, tzinfo=UTC)
        assert (await stand.proposed(HEAL)).state == "approved"


@pytest.mark.parametrize("managed", [Managed(reverted_by="argocd"), Managed(reverted_by="HPA")])
async def test_what_a_controller_would_put_back_is_refused(stand: Stand, managed: Managed) -> None:
    step = msgspec.structs.replace((await stand.proposed()).plan.steps[0], managed=managed)
    decision = stand.means.judge.plan(RITA, [stand.tool], [step], None)
    assert decision.verdict == "deny"
    assert "put this field back" in decision.reason


async def test_for_helm_the_answer_is_ask(stand: Stand) -> None:
    stand.means.judge.settings = asking().model_copy(update={"mode": "auto"})
    step = (await stand.proposed(HEAL)).plan.steps[0]
    assert stand.means.judge.plan(HEAL, [stand.tool], [step], None).verdict == "allow"
    step = msgspec.structs.replace(step, managed=Managed(overwritten_by="helm"))
    decision = stand.means.judge.plan(HEAL, [stand.tool], [step], None)
    assert decision.verdict == "ask"
    assert "the next upgrade overwrites" in decision.reason


async def test_a_gateway_key_has_no_tools_whatever_the_policy_says(stand: Stand) -> None:
    key = person("ci", "caller")
    stand.means.judge.policy = lax = Scripted(*[answer("allow")] * 3)
    assert not stand.means.judge.sees(key, stand.tool)
    decision = stand.means.judge.call(key, stand.tool, "shop")
    assert (decision.verdict, decision.rule, lax.asked) == ("deny", "models-alone", [])


async def test_the_call_of_a_model_is_asked_as_a_tool_that_changes_nothing(stand: Stand) -> None:
    stand.means.judge.policy = asked = Scripted(answer("allow"))
    use = ModelUse(name="m", data_class="public", upstream="up", api="openai", highest_class="public")
    bounded = msgspec.structs.replace(RITA, scope=Scope(namespaces=("elsewhere",)), token="tok-1")
    assert stand.means.judge.model(bounded, use).verdict == "allow"
    request = asked.asked[0]
    assert (request.tool, request.effect, request.permission, request.model) == (
        "model.call",
        "READ",
        "models.use",
        use,
    )
    assert request.actor.token == "" and request.scope.namespace == ""
