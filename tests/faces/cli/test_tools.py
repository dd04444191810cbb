"""Tools from the command line: what reads answers in pages, what changes is planned first, always."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ..conftest import Cli
from ..shop import RESTART, plan_of
from ..station import Station
from .test_hostile import HOSTILE, RAW

PODS = ("tools", "run", "resources_list", "kind=Pod", "namespace=production")


def test_the_list_and_the_pages(shopkeeper: Cli) -> None:
    tools = json.loads(shopkeeper("tools", "list", "-o", "json").out)["tools"]
    assert {"resources_list", "rollout_undo"} <= {one["name"] for one in tools}
    assert shopkeeper("tools", "list", "-o", "name").out.split() == [one["name"] for one in tools]
    assert shopkeeper("tools", "list").out.startswith("NAME")
    for one in tools:
        page = shopkeeper("tools", "describe", one["name"])
        assert (page.code, one["name"] in page.out) == (0, True)
    found = json.loads(shopkeeper("tools", "describe", "rollout_undo", "-o", "json").out)
    assert found["inputSchema"]["required"] == ["namespace", "name"]
    assert {"group": "apps", "resource": "deployments", "verbs": ["get", "patch"]} in found["rights"]


def test_what_reads_answers_in_pages(shopkeeper: Cli) -> None:
    whole = json.loads(shopkeeper(*PODS, "-o", "json").out)
    assert len(whole["items"]) > 2
    assert whole["cursor"] is None
    first = json.loads(shopkeeper(*PODS, "limit=2", "-o", "json").out)
    second = json.loads(shopkeeper(*PODS, "limit=2", "--cursor", first["cursor"], "-o", "json").out)
    assert [*first["items"], *second["items"]] == whole["items"][:4]
    table = shopkeeper(*PODS, "limit=2")
    assert first["cursor"] in table.err
    assert table.out.splitlines()[0].startswith("APIVERSION")
    assert yaml.safe_load(shopkeeper(*PODS, "-o", "yaml").out) == whole
    assert len(shopkeeper(*PODS, "-o", "name").out.split()) == len(whole["items"])
    name = shopkeeper(*PODS, "-o", "name").out.split()[0]
    log = shopkeeper("tools", "run", "pods_log", "namespace=production", f"name={name}")
    assert log.code == 0, log.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "rollout_undoo"), "did you mean rollout_undo"),
        (("describe", "\x1b[31m"), "There is no tool"),
        (("run", "rollout_restart", "namespace=production"), "rollout_restart: name: it must be given"),
        (("run", "rollout_restart", "namespace=Not A Name", "name=x"), "rollout_restart: namespace"),
        (("run", "rollout_restart", "namespace=production", "name=x", "nam=y"), "no argument of that name"),
        (("run", "rollout_restart", "namespace=production", "name=nothing"), "There is no Deployment"),
        (("run", "rollout_restart", "production"), "write KEY=VALUE"),
        (("run", "rollout_restart", "--arguments", "{"), "no JSON"),
        (("run", "rollout_restart", "--arguments", "[]"), "a JSON object"),
        (("run", "rollout_undo", "namespace=production", "name=frontend", "to_revision=soon"), "is no integer"),
        (("run", "rollout_restart", "namespace=production", "name=frontend", "--approve"), "on a terminal"),
        (("run", "rollout_restart", "namespace=production", "name=frontend", "--incident", "inc-no"), "no incident"),
    ],
)  # fmt: skip
def test_wrong_calls_are_one_sentence(words: tuple[str, ...], says: str, shopkeeper: Cli) -> None:
    result = shopkeeper("tools", *words)
    assert (result.code, result.out) == (2, ""), result.err
    assert says in result.err
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err


def test_a_change_is_planned_and_waits(shopkeeper: Cli) -> None:
    arguments = json.dumps({"namespace": "production", "name": "frontend"})
    for words in (RESTART, ("tools", "run", "rollout_restart", "--arguments", arguments)):
        result = shopkeeper(*words)
        assert result.code == 6
        assert "Verified by:" in result.out
        identity = result.out.split()[0]
        assert f"{identity} waits for an approval: helmward approve {identity}" in result.err
        assert plan_of(shopkeeper, identity)["state"] == "waiting"


def test_agents_see_less_and_approve_nothing(shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from helmward.door.identity import NewToken
    from helmward.house.auditing import HELMWARD

    wish = NewToken("robot", ("requester",), kind="agent")
    text: Any = shop.call(shop.house.identity.create, HELMWARD, wish, shop.house.clock()).text
    monkeypatch.setenv("HELMWARD_TOKEN", text)
    assert "resources_patch" not in shopkeeper("tools", "list", "-o", "name").out.split()
    assert shopkeeper("tools", "describe", "resources_patch").code == 5
    planned = shopkeeper(*RESTART)
    assert planned.code == 6
    assert shopkeeper("approve", planned.out.split()[0]).code == 5


def test_where_changes_are_off_nothing_is_planned(cli: Cli) -> None:
    result = cli("tools", "run", "rollout_restart", "namespace=default", "name=x")
    assert (result.code, "observes" in result.err) == (5, True)


@pytest.mark.parametrize("fmt", ["table", "json", "yaml", "name"])
def test_hostile_words_are_inert_in_a_page(fmt: str, shop: Station, shopkeeper: Cli) -> None:
    from helmward.lab.client import Client

    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"evil-{fmt}", "namespace": "production"}}

    async def made() -> None:
        client = Client.from_kubeconfig(shop.home.kubeconfig, manager="kubectl-edit")
        try:
            await client.create({**config, "data": {"a": HOSTILE}})
        finally:
            await client.close()

    shop.do(made())
    for words in (
        ("resources_get", "kind=ConfigMap", f"name=evil-{fmt}"),
        ("resources_list", "kind=ConfigMap", "full=true"),
    ):
        result = shopkeeper("tools", "run", *words, "namespace=production", "-o", fmt)
        assert result.code == 0, result.err
        assert not [raw for raw in RAW if raw in result.out + result.err]
        assert not [line for line in result.out.splitlines() if line.startswith("helmward: all is well")]
        assert fmt == "name" or "previous instructions" in result.out
