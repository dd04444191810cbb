"""The commands that ask the running server: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from helmward.lab.client import path_of
from helmward.watch.cluster import Failure

from ...waiting import until
from ..conftest import Cli
from ..station import Station


def validate(document: Any, schema: str) -> None:
    jsonschema.validate(document, json.loads((files("helmward.core") / "schemas" / schema).read_text()))


def rows(out: str) -> list[list[str]]:
    """The cells of a table: columns are three spaces apart."""
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in out.splitlines()]


def test_incidents(cli: Cli, station: Station) -> None:
    identity = station.incident("listed")
    document = json.loads(cli("incidents", "-o", "json").out)
    validate(document, "incidents-v1.json")
    assert yaml.safe_load(cli("incidents", "-o", "yaml", "-n", "default").out)["incidents"]
    assert identity in cli("incidents", "-o", "name").out.split()
    table = cli("incidents")
    assert table.err == ""
    assert rows(table.out)[0] == ["ID", "SEVERITY", "STATE", "AGE", "NAMESPACE", "OWNER", "CAUSE"]
    assert any(row[0] == identity and "Pod/listed" in row[5] for row in map(str.split, table.out.splitlines()))


def test_incidents_of_a_namespace_without_any(cli: Cli) -> None:
    result = cli("incidents", "-n", "kube-system")
    assert (result.code, result.out, result.err) == (0, "", "Nothing is wrong.\n")
    assert json.loads(cli("incidents", "-n", "kube-system", "-o", "json").out) == {"incidents": [], "total": 0}


def test_what_is_not_current_is_not_called_well(cli: Cli, station: Station) -> None:
    failures, since = station.house.watch.failures, datetime(2026, 1, 31, 12, tzinfo=UTC)
    for kind in ("Node", "Pod"):
        station.call(failures.__setitem__, kind, Failure("The API server is gone.", since))
    try:
        result, status = cli("incidents", "-n", "kube-system"), cli("status").out
    finally:
        station.call(failures.clear)
    assert result.err.splitlines() == [
        "Nothing was wrong when the cluster was last seen.",
        "helmward: NOT CURRENT since 2026-01-31T12:00:00Z: Node, Pod. The API server is gone.",
    ]
    assert status.count("The API server is gone.") == 1
    assert "Node, Pod since 2026-01-31T12:00:00Z" in status


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("channels: [{name: a, kind: slak, url_env: X}]", "did you mean 'slack'?"),
        ("kubernetes: {unread_kinds: [Sekret]}", "'Sekret' is no kind that is read"),
        ("explain: {disabled: [Nobody]}", "there is no analyzer 'Nobody'"),
    ],
)
def test_validating_settings_finds_what_up_would_refuse(cli: Cli, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "helmward.yaml"
    path.write_text(text)
    result = cli("config", "validate", str(path))
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_validating_settings_that_are_not_there(cli: Cli) -> None:
    result = cli("config", "validate")
    assert (result.code, result.err) == (0, "")
    assert "There is no settings file" in result.out


def test_explain(cli: Cli, station: Station) -> None:
    identity = station.incident("explained")
    validate(json.loads(cli("explain", identity, "-o", "json").out), "explained-v1.json")
    page = cli("explain", identity)
    assert page.code == 0
    assert "First cause" in page.out
    assert "What to do" in page.out
    assert cli("explain", identity, "-o", "markdown").out.startswith("## ")
    assert yaml.safe_load(cli("explain", identity, "-o", "yaml").out)["id"] == identity


def test_ids_that_name_nothing_or_too_much(cli: Cli, station: Station) -> None:
    ids = {station.incident("one"), station.incident("two")}
    for command in (("explain",), ("ack",), ("suppress", "--for", "1h", "--reason", "x")):
        unknown = cli(*command, "inc-nothing")
        assert (unknown.code, unknown.out) == (2, "")
        assert "There is no incident 'inc-nothing'" in unknown.err
        ambiguous = cli(*command, "inc-")
        assert (ambiguous.code, ambiguous.out) == (2, "")
        listed = json.loads(cli("incidents", "--all", "-o", "json").out)["incidents"]
        assert ids & {word.strip(",;") for word in ambiguous.err.split()} or len(listed) > 10


@pytest.mark.parametrize(
    "identity", ["../../tokens", "a/b", "", "%2e%2e", "inc-\x1b[31m", "x" * 10_000, "ü", "?state=all"]
)
def test_ids_that_are_none(cli: Cli, identity: str) -> None:
    result = cli("explain", identity)
    assert result.code in (1, 2)
    assert result.out == ""
    assert "\x1b" not in result.err
    assert result.err.count("\n") == 1


def test_ack_and_suppress(cli: Cli, station: Station) -> None:
    identity = station.incident("quiet")
    assert cli("ack", identity, "--reason", "looking").out == f"{identity} acknowledged by local.\n"
    assert "(acknowledged)" in cli("incidents").out
    assert cli("suppress", identity, "--for", "2h", "--reason", "planned").out.startswith(
        f"{identity} suppressed until "
    )
    found = json.loads(cli("explain", identity, "-o", "json").out)
    assert found["state"] == "suppressed"
    assert found["suppressed"]["reason"] == "planned"
    assert found["acknowledged"]["reason"] == "looking"
    assert cli("unsuppress", identity, "--reason", "no").out == f"{identity} is not kept quiet any more.\n"
    assert json.loads(cli("explain", identity, "-o", "json").out)["state"] == "open"
    again = cli("unsuppress", identity)
    assert again.code in (1, 2) and again.err.count("\n") == 1
    for duration in ("soon", "91d", "0s"):
        refused = cli("suppress", identity, "--for", duration, "--reason", "x")
        assert (refused.code, refused.out) == (2, "")


def test_where_changes_are_off_an_incident_has_no_plan(cli: Cli, station: Station) -> None:
    identity = station.incident("unplanned")
    result = cli("plan", identity)
    assert (result.code in (1, 5), result.out) == (True, "")
    assert result.err.count("\n") == 1
    assert cli("approve", identity).code == 2
    assert cli("undo", identity).code == 2
    assert json.loads(cli("plan", "--list", identity, "-o", "json").out) == {"plans": []}
    assert cli("plan", "--list").err == "There are no plans.\n"
    assert json.loads(cli("actions", "-o", "json").out) == {"actions": []}


def test_changes(cli: Cli, station: Station) -> None:
    secret = "-".join(["pass", "word", "of", "a", "config", "map"])
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "changing", "namespace": "default"}}
    path = path_of("ConfigMap", "default", "changing")
    station.do(station.home.writer.create({**config, "data": {"timeout": "5s", "password": secret}}))
    station.do(until(lambda: station.house.world.get("ConfigMap", "default", "changing"), "the ConfigMap"))
    station.do(station.home.writer.patch(path, {"data": {"timeout": "50ms", "password": secret + "2"}}))
    station.do(
        until(lambda: len(list(station.house.world.changes.of("ConfigMap", "default", "changing"))) >= 3, "changes")
    )
    table = cli("changes", "--since", "10m")
    assert "timeout 5s → 50ms" in table.out
    assert secret not in table.out
    listed = json.loads(cli("changes", "-o", "json").out)["changes"]
    assert secret not in json.dumps(listed)
    assert {"time", "resource", "path", "manager", "text", "what"} == set(listed[0])
    assert cli("changes", "--since", "2d").code == 2
    assert cli("changes", "--since", "yesterday").code == 2
    assert cli("changes", "-n", "nowhere").err == "Nothing changed in the last 1h.\n"


def test_status(cli: Cli, station: Station) -> None:
    found = json.loads(cli("status", "-o", "json").out)
    assert found["mode"] == "observe"
    assert found["context"] == "test"
    assert (found["stale"], found["unsaved"], found["unexplained"]) == ([], None, None)
    page = cli("status").out
    assert station.url in page
    assert "changes nothing" in page


def test_status_says_what_is_stale_and_what_is_forbidden(cli: Cli, station: Station) -> None:
    proxy = station.home.proxy
    try:
        station.do(proxy.down())
        station.do(until(lambda: len(station.house.watch.failures) > 10, "the kinds are stale"))
        page = cli("status").out
        assert re.search(r"Stale: .*\bPod\b.* since 20", page)
        assert re.search(r"Stale: .*\bSecret\b.* since 20", page)
        proxy.refused["secrets"] = 403
        station.do(proxy.up())
        station.do(until(lambda: not station.house.watch.failures, "all is current"))
        station.do(until(lambda: "Secret" in station.house.world.coverage.reasons, "Secrets are forbidden"))
        assert "Not read:  Secret: forbidden in the whole cluster" in cli("status").out
    finally:
        proxy.refused.clear()


def test_tokens(cli: Cli, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cli("tokens", "create", "grafana", "--role", "viewer", "--expires", "90d")
    assert made.code == 0
    assert made.out.startswith("hw_")
    assert made.out.count("\n") == 1  # the token alone, so that it can be piped
    identity = f"tok-{made.out.split('_')[1]}"
    assert identity in made.err
    assert identity in cli("tokens", "list", "-o", "name").out
    assert identity in cli("tokens", "list").out
    assert made.out.split("_", 2)[2].strip() not in cli("tokens", "list", "-o", "json").out
    monkeypatch.setenv("HELMWARD_TOKEN", made.out.strip())
    assert cli("status").code == 0
    assert cli("tokens", "list").code == 5
    monkeypatch.delenv("HELMWARD_TOKEN")
    assert cli("tokens", "revoke", identity).out == f"{identity} revoked.\n"
    monkeypatch.setenv("HELMWARD_TOKEN", made.out.strip())
    revoked = cli("status")
    assert (revoked.code, "revoked" in revoked.err) == (5, True)


def test_a_token_is_revoked_by_its_name_where_that_says_which(cli: Cli) -> None:
    for _ in range(2):
        assert cli("tokens", "create", "twice").code == 0
    several = cli("tokens", "revoke", "twice")
    assert (several.code, several.err.count("tok-")) == (2, 2)
    assert cli("tokens", "create", "once").code == 0
    assert cli("tokens", "revoke", "once").code == 0
    assert cli("tokens", "revoke", "once").code == 2, "it is no valid token's name any more"


def test_nothing_listens_there(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("HELMWARD_TOKEN", raising=False)
    result = cli("incidents")
    assert (result.code, result.err.count("\n")) == (7, 1)


def test_an_empty_token_is_no_token_at_all(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_TOKEN", "")
    result = cli("tokens", "list")
    assert (result.code, "set and empty" in result.err) == (2, True)


@pytest.mark.parametrize("arguments", [("tok-nothing",), ("\x1b[31m",), ("../x",)])
def test_revoking_what_is_not_there(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli("tokens", "revoke", *arguments)
    assert result.code in (1, 2)
    assert "\x1b" not in result.err


@pytest.mark.parametrize("name", ["local", "administrator", " ", "a\x1b[31m"])
def test_names_that_a_token_cannot_have(cli: Cli, name: str) -> None:
    result = cli("tokens", "create", name)
    assert (result.code, result.out) == (2, "")


def test_without_the_administrators_token_nobody_makes_tokens(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(tmp_path / "elsewhere"))
    result = cli("tokens", "list")
    assert result.code == 5
    assert "'admin'" in result.err


@pytest.mark.parametrize("token", ["garbage", "hw_00000000_x", "a b", "ü", "a\nb"])
def test_tokens_that_do_not_hold(cli: Cli, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_TOKEN", token)
    result = cli("status")
    assert (result.code, result.out) == (5, "")
    assert result.err.count("\n") == 1


def test_another_server_is_shown_no_token(cli: Cli, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_URL", station.url.replace("127.0.0.1", "localhost"))
    result = cli("status")
    assert (result.code, "HELMWARD_TOKEN" in result.err) == (5, True)
    monkeypatch.setenv("HELMWARD_URL", station.url + "/")
    assert cli("status").code == 0


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8420", "ftp://x", "http://", "http://x:99999", "http://\x1b", "http://[::1"]
)
def test_urls_that_are_none(alone: Cli, url: str) -> None:
    result = alone("status", "--url", url)
    assert (result.code, result.out) == (2, "")
    assert "\x1b" not in result.err


def test_codes(alone: Cli) -> None:
    listed = json.loads(alone("codes", "-o", "json").out)["codes"]
    first = listed[0]
    assert json.loads(alone("codes", first["code"].lower(), "-o", "json").out) == first
    assert first["why"] in alone("codes", first["slug"]).out
    assert alone("codes", "-o", "name").out.split() == [row["code"] for row in listed]
    unknown = alone("codes", "HW-NO-999")
    assert (unknown.code, unknown.out) == (2, "")


def test_no_server(alone: Cli) -> None:
    for words in (
        ("incidents",),
        ("incidents", "--watch"),
        ("explain", "x"),
        ("status",),
        ("changes",),
        ("tokens", "list"),
    ):
        result = alone(*words)
        assert (result.code, result.out) == (7, "")
        assert "helmward up" in result.err
