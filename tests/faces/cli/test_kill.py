"""The kill switch from the command line: with a server, and without one that answers."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from helmward.lab import breaking

from ..conftest import Cli
from ..shop import RESTART, broken, eventually, mended, plan_of, restarted
from ..station import Station
from .test_hostile import HOSTILE, RAW


@pytest.mark.parametrize(
    "scope", [("all",), ("--tool", "rollout_restart"), ("--actor", "local"), ("--system", "kubernetes")], ids=" ".join
)
def test_pulled_and_lifted(scope: tuple[str, ...], shopkeeper: Cli) -> None:
    plan = restarted(shopkeeper)
    try:
        pulled = shopkeeper("kill", *scope, "--reason", "what is it doing")
        assert (pulled.code, "what is it doing" in pulled.out) == (0, True)
        (kill,) = json.loads(shopkeeper("kill", "--list", "-o", "json").out)["kills"]
        assert (kill["by"], kill["reason"]) == ("local", "what is it doing")
        for words in (("approve", plan), RESTART):
            refused = shopkeeper(*words)
            assert (refused.code, refused.out) == (5, "")
            assert "kill switch" in refused.err or "killed" in refused.err
    finally:
        lifted = shopkeeper("revive", *scope, "--reason", "false alarm")
        assert (lifted.code, lifted.err) == (0, "")
        assert "allowed again." in lifted.out
    assert shopkeeper("revive", *scope, "--reason", "again").code == 2
    assert "The kill switch is not on." in shopkeeper("kill", "--list").err
    assert shopkeeper("approve", restarted(shopkeeper), "--wait").code == 0


@pytest.mark.parametrize("fmt", ["table", "json", "yaml"])
def test_hostile_words_are_inert(fmt: str, shopkeeper: Cli) -> None:
    scope = ("--actor", f"x{HOSTILE[:60]}")
    results = [shopkeeper("kill", *scope, "--reason", HOSTILE[:400], "-o", fmt)]
    results += [
        shopkeeper("kill", "--list", "-o", fmt),
        shopkeeper("status", "-o", fmt),
        shopkeeper("actions", "-o", fmt),
    ]
    results += [shopkeeper("revive", *scope, "--reason", HOSTILE[:400], "-o", fmt)]
    for result in results:
        assert result.code == 0, result.err
        assert not [raw for raw in RAW if raw in result.out + result.err]
        assert not [line for line in result.out.splitlines() if line.startswith("helmward: all is well")]


def test_the_reason_is_said_where_something_is_refused(shopkeeper: Cli) -> None:
    shopkeeper("kill", "--tool", "rollout_restart", "--reason", "runs wild")
    refused = shopkeeper(*RESTART)
    shopkeeper("revive", "--tool", "rollout_restart", "--reason", "fine")
    assert "for tool rollout_restart (runs wild)." in refused.err


def test_the_file_of_the_data_folder_stops_everything(shop: Station, shopkeeper: Cli) -> None:
    plan = restarted(shopkeeper)
    file = shop.folder / "data" / "KILL"
    file.touch()
    try:
        assert shopkeeper("approve", plan).code == 5
        assert "the file KILL" in shopkeeper("kill", "--list").out
        lifted = shopkeeper("revive", "all", "--reason", "x")
        assert (lifted.code, str(file) in lifted.err) == (2, True)
    finally:
        file.unlink()
    assert plan_of(shopkeeper, plan)["state"] in ("waiting", "void", "killed")


def test_what_is_half_done_is_listed_and_can_be_undone(shop: Station, shopkeeper: Cli) -> None:
    """A workload is given an image that does not exist; before that fails by itself, everything is stopped."""
    broken(shop, shopkeeper)
    shop.do(breaking.mend(shop.home.folder))
    mended(shopkeeper)
    planned = shopkeeper(
        "tools", "run", "rollout_undo", "namespace=production", "name=payment-service", "to_revision=2", "-o", "name"
    )
    assert planned.code == 6, planned.err
    action = shopkeeper("approve", planned.out.strip()).out.strip()

    def state() -> str:
        found = json.loads(shopkeeper("actions", action, "-o", "json").out)["actions"]
        return str(found[0]["state"]) if found else ""

    eventually(lambda: state() == "acted", "the write")
    shopkeeper("kill", "all", "--reason", "wait")
    try:
        assert f"helmward undo {action}" in shopkeeper("kill", "--list").out
        assert re.search(r"All changes are stopped by local since [\d: -]+ UTC: wait\.", shopkeeper("status").out)
        assert shopkeeper("undo", action).code == 5
    finally:
        revived = shopkeeper("revive", "all", "--reason", "go on")
    assert f"helmward undo {action}" in revived.out
    undone = shopkeeper("undo", action, "--wait")
    assert undone.code == 0, undone.err
    eventually(lambda: state() == "undone", "its run has seen that it was taken back")
    assert plan_of(shopkeeper, planned.out.strip())["state"] == "undone"
    mended(shopkeeper)


@pytest.mark.parametrize(
    "words",
    [(), ("all",), ("all", "--tool", "x", "--reason", "y"), ("--tool", "", "--reason", "y"), ("everything", "--reason", "y")],
)  # fmt: skip
def test_wrong_words(words: tuple[str, ...], shopkeeper: Cli) -> None:
    for command in ("kill", "revive"):
        result = shopkeeper(command, *words)
        assert (result.code, result.out) == (2, "")


def test_where_it_cannot_be_recorded_a_file_is_left(shop: Station, shopkeeper: Cli) -> None:
    """And nothing else is done either."""
    plan = restarted(shopkeeper)
    heads, file = shop.folder / "keys" / "audit", shop.folder / "data" / "KILL"
    heads.rename(heads.with_name("away"))
    heads.write_text("not a folder")
    try:
        assert shopkeeper("approve", plan).code == 1
        assert shopkeeper(*RESTART).code == 1
        result = shopkeeper("kill", "all", "--reason", "x")
        assert (result.code, file.exists()) == (0, True), result.err
        assert shopkeeper("kill", "--tool", "rollout_restart", "--reason", "x").code == 1
    finally:
        heads.unlink()
        heads.with_name("away").rename(heads)
    assert shopkeeper("approve", plan).code == 5
    file.unlink()
    assert plan_of(shopkeeper, plan)["approval"] is None


def test_without_a_server_a_file_is_left(alone: Cli) -> None:
    result = alone("kill", "all", "--reason", "x")
    file = Path(os.environ["HELMWARD_DATA_DIR"]) / "KILL"
    assert result.code == 0
    assert file.exists()
    assert str(file) in result.out
    for words in (("kill", "--tool", "x", "--reason", "y"), ("kill", "--list"), ("revive", "all", "--reason", "y")):
        assert alone(*words).code == 7


def test_without_a_server_and_without_a_folder(alone: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_DATA_DIR", "/proc/helmward")
    result = alone("kill", "all", "--reason", "x")
    assert (result.code, result.out) == (1, "")


def test_a_server_elsewhere_that_does_not_answer_is_not_stopped_by_a_file_here(alone: Cli) -> None:
    result = alone("kill", "all", "--reason", "x", "--url", "http://127.0.0.1:1")
    assert result.code in (5, 7)
    assert not (Path(os.environ["HELMWARD_DATA_DIR"]) / "KILL").exists()


@pytest.mark.parametrize("role", ["viewer", "requester"])
def test_who_requests_may_stop_and_administrators_go_on(
    role: str, shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELMWARD_TOKEN", shop.token(role))  # type: ignore[arg-type]
    assert shopkeeper("kill", "--actor", "of-nobody", "--reason", "x").code == (0 if role == "requester" else 5)
    assert shopkeeper("revive", "--actor", "of-nobody", "--reason", "x").code == 5
    monkeypatch.delenv("HELMWARD_TOKEN")
    if role == "requester":
        assert shopkeeper("revive", "--actor", "of-nobody", "--reason", "x").code == 0
