"""`helmward gateway`: keys that open models alone, what the settings would do, and what was used."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ...gateway.upstream import answers
from ..conftest import Cli
from ..models.stand import Stand, settings, stand
from ..station import Station

BUDGETS = [
    {"name": "pennies", "each": "team", "team": "payments", "usd": 0.5},
    {"name": "few", "key": "ci-*", "requests": 3, "concurrent": 5},
]
TEAMS = [{"name": "payments", "members": ["ci-payments", "ada"]}]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("gateway"), **{"gateway.budgets": BUDGETS, "gateway.teams": TEAMS}) as made:
        yield made


@pytest.fixture
def admin(alone: Cli, gateway: Stand, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line of an administrator of the server with a gateway."""
    monkeypatch.setenv("HELMWARD_URL", gateway.url)
    monkeypatch.setenv("HELMWARD_TOKEN", gateway.station.token("admin"))
    return alone


def ask(url: str, key: str, model: str = "small") -> int:
    body = {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_key_opens_models_and_nothing_else(admin: Cli, gateway: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    made = json.loads(admin("gateway", "keys", "create", "laptop", "--expires", "30d", "-o", "json").out)
    assert (made["roles"], made["kind"], made["team"]) == (["caller"], "service", "")
    gateway.script(answers())
    assert ask(gateway.url, made["token"]) == 200
    monkeypatch.setenv("HELMWARD_TOKEN", made["token"])
    for command in (["status"], ["incidents"], ["tokens", "list"], ["gateway", "usage"], ["ask", "what is broken?"]):
        result = admin(*command)
        assert result.code == 5 and "needs the role" in result.err, command
    monkeypatch.setenv("HELMWARD_TOKEN", gateway.station.token("admin"))
    assert made["id"] in admin("gateway", "keys", "list", "-o", "name").out.split()
    assert admin("gateway", "keys", "revoke", "laptop").code == 0
    assert ask(gateway.url, made["token"]) == 401
    assert "laptop" in admin("gateway", "keys", "list").out and "revoked" in admin("gateway", "keys", "list").out


def test_a_key_is_shown_once_on_stdout_and_nothing_else_there(admin: Cli) -> None:
    made = admin("gateway", "keys", "create", "ci-payments", "--team", "payments")
    assert made.code == 0 and made.out.startswith("hw_") and made.out.count("\n") == 1
    assert "ci-payments, team payments, 2 budgets hold for it" in made.err


def test_a_key_that_would_not_be_in_its_team_is_not_made(admin: Cli) -> None:
    result = admin("gateway", "keys", "create", "stranger", "--team", "payments")
    assert (result.code, result.out) == (2, "") and "gateway.teams" in result.err
    assert "stranger" not in admin("gateway", "keys", "list").out


def test_only_keys_are_revoked_as_keys(admin: Cli) -> None:
    result = admin("gateway", "keys", "revoke", "a requester")
    assert result.code == 2 and "gateway keys list" in result.err


def test_what_was_used_and_what_is_left(admin: Cli, gateway: Stand) -> None:
    key = json.loads(admin("gateway", "keys", "create", "ci-usage", "-o", "json").out)["token"]
    gateway.script(*(answers() for _ in range(3)))
    assert [ask(gateway.url, key) for _ in range(4)] == [200, 200, 200, 429]
    found = json.loads(admin("gateway", "usage", "--since", "1h", "-o", "json").out)
    row = next(row for row in found["rows"] if row["name"] == "ci-usage")
    assert (row["requests"], row["blocked"], row["unpriced"]) == (4, 1, 0)
    assert row["usd"] == pytest.approx((row["inputTokens"] + 2 * row["outputTokens"]) / 1e6)
    few = next(one for one in found["budgets"] if one["subject"] == "ci-usage")
    assert (few["budget"], few["spent"]["requests"], few["remaining"]["requests"]) == ("few", 3, 0)
    models = json.loads(admin("gateway", "usage", "--by", "model", "-o", "json").out)["rows"]
    assert {row["name"] for row in models} >= {"small"}
    table = admin("gateway", "usage").out
    assert "ci-usage" in table and "few" in table and "key ci-usage" in table


def test_the_rules_that_fired(admin: Cli, gateway: Stand) -> None:
    key = json.loads(admin("gateway", "keys", "create", "masked", "-o", "json").out)["token"]
    gateway.script(answers("write to ada" + "@shop.example.org"))
    assert ask(gateway.url, key) == 200
    (row,) = json.loads(admin("gateway", "usage", "--rules", "-o", "json").out)["rules"]
    assert (row["rule"], row["action"], row["count"]) == ("pii/email", "mask", 1)
    assert "pii/email" in admin("gateway", "usage", "--rules", "--since", "7d").out
    assert admin("gateway", "usage", "--rules", "--since", "8d").code == 2
    assert admin("gateway", "usage", "--rules", "--reconcile", "--reason", "x").code == 2


def test_usage_in_wrong_words(admin: Cli) -> None:
    assert admin("gateway", "usage", "--since", "400d").code == 2
    assert admin("gateway", "usage", "--since", "0s").code == 2
    assert admin("gateway", "usage", "--reconcile").code == 2
    assert "nobody" not in admin("gateway", "usage", "--since", "1m").out


def test_reconciling_is_an_administrators_word_and_audited(
    admin: Cli, gateway: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = admin("gateway", "usage", "--reconcile", "--reason", "nothing was billed", "-o", "json")
    assert json.loads(found.out) == {"budgets": []}
    assert gateway.records("budget.reconcile")[-1].reason == "nothing was billed"
    monkeypatch.setenv("HELMWARD_TOKEN", gateway.station.token("oncall"))
    assert admin("gateway", "usage", "--reconcile", "--reason", "x").code == 5


def test_the_policy_explains_model_calls(admin: Cli, gateway: Stand) -> None:
    found = json.loads(admin("policy", "explain", "model.call", "model=small", "-o", "json").out)["answers"][0]
    assert (found["decision"], found["rule"], found["input"]["model"]["upstream"]) == ("allow", "model", "one")
    page = admin("policy", "explain", "model.call", "model=small", "class=restricted")
    assert page.out.startswith("deny: Data of the class restricted may not go to the upstream one.")
    assert "data-class" in page.out and "default.rego:" in page.out
    for words in (["model=nothing"], [], ["model=small", "class=secret"]):
        assert admin("policy", "explain", "model.call", *words).code == 2


def config(folder: Path, gateway: Stand, **more: Any) -> str:
    tree = {name.removeprefix("gateway."): value for name, value in settings(gateway.openai, gateway.anthropic).items()}
    path = folder / "helmward.yaml"
    path.write_text(yaml.safe_dump({"gateway": tree | more}))
    return str(path)


def test_check_says_that_all_is_well(alone: Cli, gateway: Stand, tmp_path: Path) -> None:
    gateway.script(answers(), answers())
    models = [
        {"name": "small", "upstream": "one", "input_usd_per_million": 1, "output_usd_per_million": 2},
        {"name": "large", "upstream": "two", "upstream_name": "small"},
    ]
    path = config(tmp_path, gateway, budgets=[BUDGETS[1]], models=models)
    result = alone("gateway", "check", "--config", path, "-o", "json")
    found = json.loads(result.out)
    assert (result.code, found["problems"]) == (0, [])
    assert [(one["name"], one["good"]) for one in found["upstreams"]] == [("one", True), ("two", True)]
    assert found["models"][0]["usdPerMillion"] == {"input": 1.0, "output": 2.0}
    assert found["models"][1]["usdPerMillion"] is None
    assert found["budgets"][0]["figures"] == {"requests": 3, "concurrent": 5}
    table = alone("gateway", "check", "--config", path).out
    assert "3 requests in 24h, 5 at the same time" in table and "not known" in table


def test_check_names_each_problem(alone: Cli, gateway: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    upstreams = [
        {"name": "one", "api": "openai", "url": gateway.openai.url},
        {"name": "keyless", "api": "openai", "url": gateway.openai.url, "key_env": "NO_SUCH_KEY"},
        {"name": "gone", "api": "anthropic", "url": "http://127.0.0.1:9/v1"},
        {"name": "idle", "api": "openai", "url": gateway.openai.url},
    ]
    models = [{"name": name, "upstream": name} for name in ("one", "keyless", "gone")]
    gateway.script(answers(), answers())
    path = config(tmp_path, gateway, upstreams=upstreams, models=models, budgets=[{"usd": 1}])
    result = alone("gateway", "check", "--config", path, "-o", "json")
    problems = json.loads(result.out)["problems"]
    assert result.code == 1
    for words in ("NO_SUCH_KEY", "'gone'", "'idle' has no model", "'one' costs at 'one' is not known"):
        assert any(words in problem for problem in problems), words
    assert all(problem.endswith(".") and "\n" not in problem for problem in problems)


def test_check_without_a_gateway(alone: Cli) -> None:
    result = alone("gateway", "check")
    assert result.code == 1 and "No model is set up" in result.err


def test_a_server_without_models_has_used_none(cli: Cli, station: Station) -> None:
    assert json.loads(cli("gateway", "usage", "-o", "json").out)["rows"] == []
