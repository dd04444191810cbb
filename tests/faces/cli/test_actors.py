"""`actors`, `login` and the options of `tokens`."""

from __future__ import annotations

import json

import pytest

from helmward.door.identity import KINDS, ROLES
from helmward.faces.cli import who

from ..conftest import Cli
from ..station import Station

PASSWORD = b"correct horse battery"


def test_the_options_are_those_of_the_door() -> None:
    """Written down twice: the door takes a while to import, and help has to come at once."""
    assert (who.ROLES, who.KINDS) == (ROLES, KINDS)


def test_a_person_with_a_password(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cli("actors", "add", "cliff", "--role", "approver", "-n", "team-*", "--password", stdin=PASSWORD + b"\n")
    assert (made.code, made.out.splitlines()[1].split()) == (
        0, ["cliff", "user", "approver", "team-*", "yes", "valid"],
    )  # fmt: skip
    assert PASSWORD.decode() not in made.out + made.err
    session = cli("login", "cliff", stdin=PASSWORD)
    assert session.code == 0
    assert "Valid until" in session.err
    monkeypatch.setenv("HELMWARD_TOKEN", session.out.strip())
    assert cli("status").code == 0
    assert cli("actors", "list").code == 5
    monkeypatch.delenv("HELMWARD_TOKEN")
    described = cli("actors", "describe", "cliff").out
    assert f"tok-{session.out.split('_')[1]}" in described
    assert cli("actors", "remove", "cliff").out == "cliff removed; all their tokens have ended.\n"
    monkeypatch.setenv("HELMWARD_TOKEN", session.out.strip())
    assert cli("status").code == 5


def test_a_login_needs_no_token_but_the_right_password(
    cli: Cli, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("actors", "add", "lois", "--role", "viewer", "--password", stdin=PASSWORD)
    monkeypatch.setenv("HELMWARD_URL", station.url)
    monkeypatch.setenv("HELMWARD_DATA_DIR", str(station.folder / "elsewhere"))
    assert cli("login", "lois", stdin=PASSWORD).out.startswith("hw_")
    wrong = cli("login", "lois", stdin=b"wrong")
    assert (wrong.code, "name or the password is wrong" in wrong.err) == (5, True)
    assert cli("login", "lois").code == 2


def test_actors_are_changed_and_listed(cli: Cli) -> None:
    assert cli("actors", "add", "robbie", "--kind", "agent", "--role", "requester", "-o", "name").out == "robbie\n"
    assert "robbie" in cli("actors", "list", "-o", "name").out.split()
    changed = json.loads(cli("actors", "set", "robbie", "-n", "a", "--environment", "staging", "-o", "json").out)
    assert (changed["roles"], changed["scope"]) == (
        ["requester"], {"namespaces": ["a"], "environments": ["staging"], "clusters": []},
    )  # fmt: skip
    changed = json.loads(cli("actors", "set", "robbie", "--everywhere", "--role", "viewer", "-o", "json").out)
    assert (changed["roles"], changed["scope"]["namespaces"]) == (["viewer"], [])
    assert "everywhere" in cli("actors", "list").out
    assert json.loads(cli("actors", "list", "-o", "json").out)["actors"]
    assert json.loads(cli("actors", "describe", "robbie", "-o", "json").out)["kind"] == "agent"


@pytest.mark.parametrize(
    "words",
    [
        ("add", "x"), ("add", "X", "--role", "viewer"), ("add", "heal", "--role", "viewer"),
        ("set", "nobody", "--role", "viewer"), ("add", "x", "--role", "approver", "--kind", "agent"),
        ("set", "x"), ("set", "x", "-n", "a", "--everywhere"),
        ("describe", "nobody"), ("remove", "nobody"), ("add", "x", "--role", "viewer", "--password"),
    ],
)  # fmt: skip
def test_wrong_words(cli: Cli, words: tuple[str, ...]) -> None:
    result = cli("actors", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") >= 1


def test_tokens_with_roles_and_scopes(cli: Cli) -> None:
    words = ("--role", "requester", "--role", "approver", "-n", "team-*", "--environment", "staging", "-o", "json")
    made = json.loads(cli("tokens", "create", "two hats", *words).out)
    assert (made["roles"], made["kind"], made["scope"]["environments"]) == (
        ["requester", "approver"],
        "user",
        ["staging"],
    )
    assert "team-* staging" in cli("tokens", "list").out
    assert cli("tokens", "create", "bot", "--kind", "agent", "--role", "approver").code == 2
    cli("actors", "add", "small", "--role", "viewer")
    beyond = cli("tokens", "create", "small", "--role", "admin")
    assert (beyond.code, "never more than its holder" in beyond.err) == (2, True)
