"""The kill switch from the command line: with a server, and without one that answers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ..conftest import Cli
from ..shop import RESTART, plan_of, restarted
from ..station import Station


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
        assert shopkeeper("revive", *scope, "--reason", "false alarm").code == 0
    assert shopkeeper("revive", *scope, "--reason", "again").code == 2
    assert "The kill switch is not on." in shopkeeper("kill", "--list").err
    assert shopkeeper("approve", restarted(shopkeeper), "--wait").code == 0


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


@pytest.mark.parametrize(
    "words",
    [(), ("all",), ("all", "--tool", "x", "--reason", "y"), ("--tool", "", "--reason", "y"), ("everything", "--reason", "y")],
)  # fmt: skip
def test_wrong_words(words: tuple[str, ...], shopkeeper: Cli) -> None:
    for command in ("kill", "revive"):
        result = shopkeeper(command, *words)
        assert (result.code, result.out) == (2, "")


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
    assert shopkeeper("kill", "--tool", "of-nobody", "--reason", "x").code == (0 if role == "requester" else 5)
    assert shopkeeper("revive", "--tool", "of-nobody", "--reason", "x").code == 5
    monkeypatch.delenv("HELMWARD_TOKEN")
    if role == "requester":
        assert shopkeeper("revive", "--tool", "of-nobody", "--reason", "x").code == 0
