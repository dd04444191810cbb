"""The default policy: its own tests pass, it can be read, and a changed rule is noticed by them."""

from __future__ import annotations

import msgspec
import pytest

from helmward.door.policy.engine import DEFAULT, Policy, PolicyError, load
from helmward.door.policy.explain import explain
from helmward.door.policy.request import BlastRadius, Ownership, Request, Scope, Windows
from helmward.door.policy.testing import run_tests

from .policies import ALLOW, HEAD, policy, request

HEAL = {"name": "heal", "kind": "service", "roles": ["requester"]}


def sources() -> dict[str, str]:
    return {path.name: path.read_text() for path in DEFAULT.iterdir()}


def test_its_own_tests_pass(default: Policy) -> None:
    report = run_tests(default)
    assert [result for result in report.results if result.problem] == []
    assert report.passed and len(report.results) >= 40
    assert report.idle == () and report.unapprovable == ()


HOLES = {
    "visible": [("default visible := false", 'default visible := false\n\nvisible if input.tool == "resources_patch"')],
    "observe": [('not input.mode in {"ask", "auto"}', 'not input.mode in {"ask", "auto", "observe"}')],
    "mode": [('\tinput.mode == "auto"\n', "")],
    "freeze": [
        ("\tinput.windows.freeze == false\n", ""),
        ("\tinput.windows.freeze\n", "\tinput.windows.freeze == null\n"),
    ],
    "helm": [
        ("\tinput.ownership.overwritten_by == null\n", ""),
        ("\towner := input.ownership.overwritten_by\n", "\towner := null\n"),
    ],
    "destructive": [
        ('\tinput.effect == "MUTATE"\n', ""),
        ('if input.effect == "DESTRUCTIVE"', "if input.effect == null"),
    ],
    "irreversible": [("\tinput.reversible == true\n", "")],
    "the name heal": [('\tinput.actor.kind == "service"\n', "")],
    "objects": [("\tblast.objects <= limits.objects\n", "")],
    "agents": [('\tinput.actor.kind == "agent"\n', '\tinput.actor.kind == "robot"\n')],
    "a caller's tools": [('tool_roles := known_roles - {"caller"}', "tool_roles := known_roles")],
    "a caller's models": [('known_roles := {"caller", ', "known_roles := {")],
    "the class of data": [
        ("\tnot may_get(input.model.highest_class, input.model.data_class)\n", "\tinput.model == null\n")
    ],
    "the order of classes": [('"confidential": 2, "restricted": 3', '"confidential": 1, "restricted": 1')],
    "a call without a model": [('deny["no-model"]', 'allow["no-model"]')],
    "overrides": [("\tnot overrides\n", "\tnot input.ownership.temporary\n")],
}


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_in_it_is_found_by_its_own_tests(name: str) -> None:
    files = sources()
    for before, after in HOLES[name]:
        assert before in files["default.rego"]
        files["default.rego"] = files["default.rego"].replace(before, after)
    assert not run_tests(load(files)).passed


def test_it_says_what_its_input_holds() -> None:
    told = (DEFAULT / "default.rego").read_text().split("package helmward.door")[0]
    assert [name for name in Request.__struct_fields__ if f"input.{name}" not in told] == []
    parts = (BlastRadius, Ownership, Scope, Windows)
    assert [name for part in parts for name in part.__struct_fields__ if name not in told] == []


def test_a_temporary_override_is_asked_where_the_policy_allows_one() -> None:
    files = sources()
    files["limits.rego"] = files["limits.rego"].replace("overrides := false", "overrides := true")
    made = load(files)
    owned = {"managers": ["argocd"], "reverted_by": "argocd", "overwritten_by": None}
    assert made.decide(request(ownership={**owned, "temporary": False})).verdict == "deny"
    asked = made.decide(request(ownership={**owned, "temporary": True}, mode="auto", actor=HEAL))
    assert asked.verdict == "ask" and "argocd" in asked.reason and "expires" in asked.reason


def test_the_limits_are_figures_to_change() -> None:
    files = sources()
    files["limits.rego"] = files["limits.rego"].replace('"replicas_share": 0.5,', '"replicas_share": 0.25,')
    made = load(files)
    for share, verdict in ((0.25, "allow"), (0.26, "ask")):
        blast = {"objects": 1, "replicas_share": share, "namespaces": 1}
        assert made.decide(request(mode="auto", actor=HEAL, blast=blast)).verdict == verdict


def test_reasons_name_who_stands_against_it(default: Policy) -> None:
    owned = {"managers": [], "reverted_by": "argocd", "overwritten_by": None, "temporary": False}
    assert "argocd would put this field back" in default.decide(request(ownership=owned)).reason
    helm = {"managers": [], "reverted_by": None, "overwritten_by": "helm", "temporary": False}
    assert "the next upgrade overwrites" in default.decide(request(ownership=helm)).reason
    assert "only observes" in default.decide(request(mode="observe")).reason


def test_failed_tests_are_told() -> None:
    text = "examples: [{name: one, input: {actor: {name: x, kind: user, roles: []}, tool: t, effect: READ, permission: p}, "
    tests = (
        'package helmward.door\n\ntest_good if 1 == 1\n\ntest_bad if input.tool == "x"\n\ntest_breaks if 1 / 0 == 1\n'
    )
    report = run_tests(load(policy() | {"e.yaml": text + "expect: allow}]\n", "own_test.rego": tests}))
    problems = {result.name: result.problem for result in report.results}
    assert not report.passed
    assert problems["one"].startswith("expected allow, got deny")
    assert problems["own_test.rego:3 test_good"] == ""
    assert problems["own_test.rego:5 test_bad"] == "it is undefined, not true"
    assert "divide by zero" in problems["own_test.rego:7 test_breaks"]
    assert report.idle == ("t",)


def test_no_tests_are_not_passed_tests() -> None:
    assert not run_tests(load(policy())).passed


def test_an_ask_that_nobody_may_approve_is_told() -> None:
    text = "examples: [{name: one, input: {actor: {name: x, kind: user, roles: []}, tool: t, effect: READ, permission: p}, "
    made = load(policy('decision := {"verdict": "ask", "reason": "x"} if true') | {"e.yaml": text + "expect: ask}]\n"})
    assert run_tests(made).unapprovable == ("one",)


def test_an_explanation_names_every_reason_with_its_line(default: Policy) -> None:
    frozen = {"business_hours": True, "freeze": True}
    found = explain(default, request(mode="auto", windows=frozen, actor=HEAL))
    assert found.decision.verdict == "ask" and found.visible
    assert {(reason.group, reason.name) for reason in found.reasons} == {("ask", "approval"), ("ask", "freeze")}
    lines = (DEFAULT / "default.rego").read_text().splitlines()
    for reason in found.reasons:
        file, line = reason.where.split(":")
        assert file == "default.rego" and lines[int(line) - 1].startswith(f'{reason.group}["{reason.name}"]')


def test_a_reason_taken_from_another_group_is_found_where_it_is_written(default: Policy) -> None:
    found = explain(default, request(actor={"name": "x", "kind": "user", "roles": []}))
    line = int(next(each for each in found.reasons if each.name == "no-role").where.split(":")[1])
    assert (DEFAULT / "default.rego").read_text().splitlines()[line - 1].startswith('not_theirs["no-role"]')


def test_another_policy_is_explained_by_its_rules() -> None:
    made = load(policy("calm if not input.windows.freeze", ALLOW + "calm"))
    found = explain(made, request())
    line = HEAD.count("\n") + 1
    assert {(rule.name, rule.text, rule.where) for rule in found.rules} >= {("calm", "true", f"own.rego:{line}")}
    assert found.reasons == ()


def test_an_explanation_of_what_does_not_fit_says_so(default: Policy) -> None:
    with pytest.raises(msgspec.ValidationError):
        explain(default, {"tool": 1})


def test_an_explanation_that_never_ends_is_stopped() -> None:
    made = load(policy(f'endless if regex.match("^(a+)+$", "{"a" * 99}!")'))
    with pytest.raises(PolicyError, match="was stopped"):
        explain(made, request(), deadline=1.5)
