"""Who may use which model with which data: the policy of the house decides, and nothing odd reaches it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from helmward.core.nouns import Actor, Scope
from helmward.core.plans import Decision
from helmward.core.settings_changes import ChangeSettings
from helmward.core.settings_gateway import UpstreamSettings
from helmward.door.judge import Judge
from helmward.door.policy.engine import Policy, load_folder
from helmward.door.policy.request import ModelUse
from helmward.gateway.authorise import Authoriser


class At:
    """The ledger's clock."""

    def now(self) -> datetime:
        return datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_folder(None)


@pytest.fixture
def authoriser(policy: Policy) -> Authoriser:
    return Authoriser(Judge(policy, ChangeSettings(), At(), "https://cluster", lambda namespace: {}))  # type: ignore[arg-type]


def actor(*roles: str, **more: Any) -> Actor:
    return Actor(**{"name": "ci", "kind": "service", "roles": roles, "token": "tok-1"} | more)


def upstream(highest: str = "internal") -> UpstreamSettings:
    return UpstreamSettings(name="vllm", api="openai", url="http://127.0.0.1:1/v1", highest_class=highest)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["caller", "viewer", "requester", "approver", "oncall", "admin"])
def test_every_role_may_use_a_model(authoriser: Authoriser, role: str) -> None:
    for kind in ("user", "service", "agent"):
        assert authoriser.decide(actor(role, kind=kind), "small", "internal", upstream(), True).verdict == "allow"


def test_nobody_without_a_role_may(authoriser: Authoriser) -> None:
    for roles in ((), ("root",), ('x","verdict":"allow',)):
        assert authoriser.decide(actor(*roles), "small", "public", upstream(), False).verdict == "deny"


@pytest.mark.parametrize(
    ("given", "highest", "verdict"),
    [
        ("public", "public", "allow"),
        ("internal", "public", "deny"),
        ("confidential", "internal", "deny"),
        ("restricted", "confidential", "deny"),
        ("restricted", "restricted", "allow"),
        ("confidential", "restricted", "allow"),
    ],
)
def test_data_goes_no_further_than_the_upstream_may_see(
    authoriser: Authoriser, given: Any, highest: str, verdict: str
) -> None:
    decision = authoriser.decide(actor("admin"), "small", given, upstream(highest), False)
    assert decision.verdict == verdict
    assert decision.rule == ("model" if verdict == "allow" else "data-class")


def test_a_scope_does_not_bound_models(authoriser: Authoriser) -> None:
    bounded = actor("requester", scope=Scope(namespaces=("team-a",)))
    assert authoriser.decide(bounded, "small", "internal", upstream(), False).verdict == "allow"


class Asked:
    """A judge that keeps what it was asked, and answers as the test says."""

    def __init__(self, verdict: str) -> None:
        self.verdict, self.uses = verdict, list[ModelUse]()

    def model(self, actor: Actor, use: ModelUse) -> Decision:
        self.uses.append(use)
        return Decision(verdict=self.verdict, reason="An approver must agree.", rule="asked")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", 'x"y', "a\nb", "a\0", "größe", "a b", "m" * 101, "-x", "{{x}}", "m\n"])
def test_an_odd_name_never_reaches_the_policy(name: str) -> None:
    judge = Asked("allow")
    decision = Authoriser(judge).decide(actor("admin"), name, "public", upstream(), False)
    assert (decision.verdict, judge.uses) == ("deny", [])


def test_what_a_policy_would_ask_about_is_denied() -> None:
    decision = Authoriser(Asked("ask")).decide(actor("admin"), "small", "public", upstream(), True)
    assert (decision.verdict, decision.rule) == ("deny", "asked")
    assert decision.reason == "An approver must agree. Nobody can approve a model call."


def test_the_policy_is_told_all_of_it() -> None:
    judge = Asked("allow")
    Authoriser(judge).decide(actor("caller"), "org/model:7b", "confidential", upstream("restricted"), True)
    assert judge.uses == [
        ModelUse(
            name="org/model:7b",
            data_class="confidential",
            upstream="vllm",
            api="openai",
            highest_class="restricted",
            tools=True,
        )
    ]
