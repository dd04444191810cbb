"""`helmward audit`: who may read, what is printed, and that verification needs no server and stands one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..conftest import Cli
from ..station import Station

HELMWARD = [sys.executable, "-m", "helmward"]


def made(cli: Cli, name: str) -> None:
    assert cli("tokens", "create", name).code == 0


def test_tail(cli: Cli) -> None:
    made(cli, "grafana")
    made(cli, "loki")
    found = json.loads(cli("audit", "tail", "-n", "2", "-o", "json").out)["records"]
    assert [(r["action"], r["target"], r["outcome"]) for r in found] == [
        ("token.create", "grafana", "done"),
        ("token.create", "loki", "done"),
    ]
    assert found[0]["actor"] == {"name": "administrator", "kind": "user"}
    assert yaml.safe_load(cli("audit", "tail", "-n", "2", "-o", "yaml").out)["records"] == found
    numbers = [str(record["sequence"]) for record in found]
    assert cli("audit", "tail", "-n", "2", "-o", "name").out.split() == numbers
    header, *rows = cli("audit", "tail", "-n", "2").out.splitlines()
    assert header.split() == ["NUMBER", "TIME", "ACTOR", "ACTION", "TARGET", "OUTCOME", "REASON"]
    assert [row.split()[0] for row in rows] == numbers
    assert "user/administrator" in rows[0]


def test_only_administrators_read_it(cli: Cli, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("viewer", "requester"):
        monkeypatch.setenv("HELMWARD_TOKEN", station.token(role))  # type: ignore[arg-type]
        for words in (("tail",), ("export",), ("tail", "--follow")):
            result = cli("audit", *words)
            assert (result.code, result.out) == (5, "")
            assert "'admin'" in result.err


def test_export(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two", "three"):
        made(cli, name)
    monkeypatch.setattr("helmward.faces.cli.audit._PAGE", 4)  # several pages
    records = [json.loads(line) for line in cli("audit", "export").out.splitlines()]
    assert [record["sequence"] for record in records] == list(range(1, len(records) + 1))
    assert records[0]["action"] == "server.start"
    assert {"one", "two", "three"} <= {record["target"] for record in records}
    newest = cli("audit", "export", "--since", records[-2]["time"]).out.splitlines()
    assert [json.loads(line)["sequence"] for line in newest] == [len(records) - 1, len(records)]
    assert cli("audit", "export", "--since", "2099-01-01").out == ""
    assert len(cli("audit", "export", "--since", "1h").out.splitlines()) == len(records)


def test_export_prints_hostile_text_as_data(cli: Cli, station: Station) -> None:
    hostile = "\x1b[31m\u202e\U000e0041"
    assert cli("ack", station.incident("hostile-reason"), "--reason", hostile).code == 0
    last = cli("audit", "export").out.splitlines()[-1]
    assert not set(hostile) - set("[31m") & set(last)
    assert json.loads(last)["reason"] == hostile


@pytest.mark.parametrize(
    "words", [["export", "--since", "soon"], ["tail", "-n", "0"], ["export", "-o", "yaml"], ["tial"]]
)
def test_wrong_words(cli: Cli, words: list[str]) -> None:
    result = cli("audit", *words)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)


def test_follow(station: Station, cli: Cli) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    words = [*HELMWARD, "audit", "tail", "-n", "1", "-f", "-o", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            while process.stdout.readline().rstrip("\n") != "}":  # the list that comes first
                assert process.poll() is None
            for name in ("followed", "followed-again"):
                made(cli, name)
                record = json.loads(process.stdout.readline())
                assert (record["target"], record["outcome"]) == (name, "done")
        finally:
            process.kill()


def test_verify_while_the_server_runs(cli: Cli) -> None:
    made(cli, "verified")
    result = cli("audit", "verify")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("records hold, and none is missing.\n")
    verdict = json.loads(cli("audit", "verify", "-o", "json").out)
    assert (verdict["ok"], verdict["complete"], verdict["firstBad"]) == (True, True, None)


def test_verify_names_the_first_bad_record(
    cli: Cli, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(cli, "tampered")
    shutil.copytree(station.folder / "data" / "audit", tmp_path / "data" / "audit")
    shutil.copytree(station.folder / "keys", tmp_path / "keys")
    monkeypatch.setenv("HELMWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(tmp_path / "keys"))
    moved = cli("audit", "verify")  # the same log at another place: no head is known there
    assert (moved.code, "cannot be excluded" in moved.out) == (0, True)
    (segment,) = (tmp_path / "data" / "audit").iterdir()
    segment.write_bytes(segment.read_bytes().replace(b'"settings.load"', b'"settings.show"'))
    result = cli("audit", "verify")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)
    assert "does not hold from record 2 on: record 2 was changed" in result.err
    broken: Any = cli("audit", "verify", "-o", "json")
    assert (broken.code, json.loads(broken.out)["firstBad"]) == (1, 2)


def test_verify_where_there_is_nothing(alone: Cli) -> None:
    result = alone("audit", "verify")
    assert result.code == 4
    assert "There is no audit log" in result.err


def test_a_checkpoint_kept_elsewhere(cli: Cli, tmp_path: Path) -> None:
    printed = cli("audit", "checkpoint")
    assert printed.code == 0
    kept = tmp_path / "checkpoint.json"
    kept.write_text(printed.out)
    made(cli, "later")
    assert cli("audit", "verify", "--checkpoint", str(kept)).code == 0
    kept.write_text(printed.out.replace('"last":', '"last":1'))
    forged = cli("audit", "verify", "--checkpoint", str(kept))
    assert (forged.code, forged.err.count("\n")) == (4, 1)
