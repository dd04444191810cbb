"""The policy from the command line: shown, tested, and explained for a call and for a plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..conftest import Cli
from ..shop import restarted

CLOSED = """package helmward.door

default visible := false

default decision := {"verdict": "deny", "reason": "Nothing is allowed.", "rule": "default"}
"""
EXAMPLE = """examples:
  - name: everything is denied
    input: {actor: {name: ada, kind: user}, tool: rollout_restart, effect: MUTATE, permission: restart}
    expect: %s
"""


def policy(folder: Path, expect: str = "deny", rego: str = CLOSED) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "own.rego").write_text(rego)
    (folder / "own.yaml").write_text(EXAMPLE % expect)
    return str(folder)


def test_shown(shopkeeper: Cli) -> None:
    found = json.loads(shopkeeper("policy", "show", "-o", "json").out)
    assert "package helmward.door" in found["modules"]["default.rego"]
    assert len(found["hash"]) == 64
    page = shopkeeper("policy", "show")
    assert found["hash"] in page.out
    assert "package helmward.door" in page.out
    assert "default.rego" in shopkeeper("policy", "show", "-o", "name").out.split()


def test_the_default_policy_passes_its_own_tests(alone: Cli) -> None:
    result = alone("policy", "test")
    assert result.code == 0, result.out
    assert result.out.splitlines()[-1].endswith(" passed.")
    report = json.loads(alone("policy", "test", "-o", "json").out)
    assert report["passed"] is True
    assert report["idle"] == report["unapprovable"] == []


def test_a_failing_example_is_exit_1(alone: Cli, tmp_path: Path) -> None:
    assert alone("policy", "test", policy(tmp_path / "good")).code == 0
    failed = alone("policy", "test", policy(tmp_path / "bad", "allow"))
    assert (failed.code, "FAILED" in failed.out) == (1, True)
    assert "expected allow, got deny" in failed.out


def test_a_policy_that_is_none_is_one_sentence(alone: Cli, tmp_path: Path) -> None:
    for rego in ("package helmward.door\nthis is no rego {", "package helmward.door\nvisible := true"):
        result = alone("policy", "test", policy(tmp_path / "broken", rego=rego))
        assert (result.code, result.out) == (1, "")
        assert result.err.count("\n") == 1
    assert alone("policy", "test", str(tmp_path / "nowhere")).code in (1, 2)


def test_explained_for_a_call(shopkeeper: Cli) -> None:
    result = shopkeeper("policy", "explain", "rollout_restart", "namespace=production", "-o", "json")
    (answer,) = json.loads(result.out)["answers"]
    assert (answer["decision"], answer["visible"]) == ("ask", True)
    assert ("ask", "approval") in [(reason["group"], reason["name"]) for reason in answer["reasons"]]
    assert all(reason["where"].startswith("default.rego:") for reason in answer["reasons"])
    page = shopkeeper("policy", "explain", "rollout_restart", "namespace=production").out
    assert page.startswith("ask: ")
    assert "default.rego:" in page
    assert shopkeeper("policy", "explain", "resources_list", "-o", "name").out == "allow\n"


def test_explained_for_a_plan(shopkeeper: Cli) -> None:
    (answer,) = json.loads(shopkeeper("policy", "explain", restarted(shopkeeper), "-o", "json").out)["answers"]
    assert (answer["actor"], answer["tool"], answer["decision"]) == ("local", "rollout_restart", "ask")
    assert answer["input"]["blast"]["objects"] == 1
    assert (answer["recorded"]["decision"], answer["recorded"]["samePolicy"]) == ("ask", True)
    assert (
        f"When {answer['plan']} was made, this policy said ask" in shopkeeper("policy", "explain", answer["plan"]).out
    )


def test_explained_why_it_is_denied(cli: Cli) -> None:
    """This server only observes."""
    page = cli("policy", "explain", "rollout_restart", "namespace=default").out
    assert page.startswith("deny: ")
    assert "observe" in page


@pytest.mark.parametrize("words", [("nothing",), ("plan-zzzzzzzz",), ("rollout_restart", "production"), ("\x1b[31m",)])
def test_wrong_words(words: tuple[str, ...], shopkeeper: Cli) -> None:
    result = shopkeeper("policy", "explain", *words)
    assert (result.code, result.out) == (2, "")
    assert "\x1b" not in result.err
