"""`guard scan` and `guard rules`: as CONTRACTS.md promises, without a server, and without printing what was found."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from random import Random

import jsonschema
import pytest
import yaml

from ...guard.pii.samples import SAMPLES
from ..conftest import Cli

CARD = SAMPLES["credit-card"](Random(4), "visa-spaced")
MAIL = "alice@example.com"
TEXT = f"카드 {CARD} 😀 {MAIL}\n"


def test_json_with_offsets_in_characters(alone: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    result = alone("guard", "scan", str(file), "-o", "json")
    assert (result.code, result.err) == (0, "")
    report = json.loads(result.out)
    jsonschema.validate(report, json.loads((files("helmward.core") / "schemas" / "guard-scan-v1.json").read_text()))
    assert set(report) == {"verdict", "class", "spans", "masked"}
    assert (report["verdict"], report["class"]) == ("mask", "restricted")
    assert report["masked"] == "카드 [pii/credit-card] 😀 [pii/email]\n"
    card, mail = report["spans"]
    assert set(card) == {"guard", "rule", "start", "end", "action", "confidence"}
    assert (card["guard"], card["rule"], card["action"]) == ("pii", "pii/credit-card", "mask")
    assert TEXT[card["start"] : card["end"]] == CARD
    assert TEXT[mail["start"] : mail["end"]] == MAIL
    assert alone("guard", "scan", "-", "-o", "json", stdin=TEXT.encode()).out == result.out
    assert yaml.safe_load(alone("guard", "scan", "-", "-o", "yaml", stdin=TEXT.encode()).out) == report


def test_the_table_shows_where_and_never_what(alone: Cli) -> None:
    secret = "AKIA" + "Q3EGRT7WN2XKDM5P"
    result = alone("guard", "scan", "-", "--role", "tool", stdin=f"{TEXT} key {secret} end".encode())
    assert result.code == 0
    assert result.out.splitlines()[0] == "mask, restricted"
    assert "[secrets/aws-access-key] end" in result.out
    assert "pii/credit-card" in result.out
    for found in (CARD, MAIL, secret):
        assert found not in result.out + result.err
    assert "Nothing was found." in alone("guard", "scan", "-", stdin=b"nothing").err


def test_what_is_allowed_is_shown_with_all_only(alone: Cli) -> None:
    text = b"TLP:RED board paper"
    report = json.loads(alone("guard", "scan", "-", "-o", "json", stdin=text).out)
    assert (report["verdict"], report["class"], report["spans"]) == ("allow", "restricted", [])
    spans = json.loads(alone("guard", "scan", "-", "--all", "-o", "json", stdin=text).out)["spans"]
    assert [(span["rule"], span["action"]) for span in spans] == [("data-class/marked-restricted", "allow")]


def test_lines_in_order_and_bad_ones_named(alone: Cli) -> None:
    lines = [
        json.dumps({"id": "a", "text": f"mail {MAIL}", "role": "assistant"}),
        "no json",
        json.dumps({"id": 2, "text": "lone \ud800 and 😀"}),
        json.dumps({"id": 3, "text": 4}),
        "",
        json.dumps({"id": 4, "text": "x", "role": "boss"}),
        json.dumps([1]),
        json.dumps({"text": ""}),
    ]
    result = alone("guard", "scan", "-", "--jsonl", "-o", "json", stdin="\n".join(lines).encode())
    assert result.code == 1
    found = [json.loads(line) for line in result.out.splitlines()]
    assert [(one["id"], one["verdict"]) for one in found] == [("a", "mask"), (2, "allow"), (None, "allow")]
    assert found[1]["masked"] == "lone \ud800 and 😀"
    assert [line.split(" was ")[0] for line in result.err.splitlines()] == [
        f"helmward: Line {number} of standard input" for number in (2, 4, 6, 7)
    ]


def test_input_that_cannot_be_read_is_exit_4(alone: Cli, tmp_path: Path) -> None:
    for words in (
        ("scan", str(tmp_path / "none")),
        ("scan", str(tmp_path)),
        ("scan", "--jsonl", str(tmp_path / "none")),
    ):
        result = alone("guard", *words)
        assert (result.code, result.out) == (4, "")
        assert len(result.err.splitlines()) == 1
    assert alone("guard", "scan", "--jsonl", "-", stdin=b"x\ny\n").code == 4
    assert alone("guard", "scan", "--jsonl", "-", stdin=b"").code == 0
    assert alone("guard", "scan", "-", "--role", "boss").code == 2


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings(alone: Cli, encoding: str) -> None:
    report = json.loads(alone("guard", "scan", "-", "-o", "json", stdin=f"é {MAIL}".encode(encoding)).out)
    assert [(span["rule"], span["start"]) for span in report["spans"]] == [("pii/email", 2)]


def test_rules_with_default_and_the_settings_action(alone: Cli, tmp_path: Path) -> None:
    settings = tmp_path / "helmward.yaml"
    settings.write_text("guard:\n  rules:\n  - {rule: pii/email, roles: [user], action: block}\n")
    result = alone("guard", "rules", "--config", str(settings), "-o", "json")
    rules = {rule["rule"]: rule for rule in json.loads(result.out)["rules"]}
    assert rules["pii/email"]["default"] == "mask"
    assert rules["pii/email"]["actions"] == {"user": "block", "assistant": "mask", "tool": "mask", "system": "mask"}
    assert rules["pii/iban"]["class"] == "restricted"
    assert 0 < rules["pii/iban"]["longest"] <= 8192
    assert rules["data-class/private-address"]["actions"]["tool"] == "allow"
    assert len([name for name in rules if name.startswith("secrets/")]) >= 60
    names = alone("guard", "rules", "-o", "name").out.split()
    assert set(names) == set(rules)
    page = alone("guard", "rules", "--config", str(settings)).out
    assert "user: block" in page
    blocked = alone("guard", "scan", "-", "--config", str(settings), "-o", "json", stdin=MAIL.encode())
    assert json.loads(blocked.out)["verdict"] == "block"


def test_a_setting_that_names_no_rule_is_one_sentence(alone: Cli, tmp_path: Path) -> None:
    settings = tmp_path / "helmward.yaml"
    settings.write_text("guard:\n  rules:\n  - {rule: pii/nothing, action: block}\n")
    result = alone("guard", "scan", "-", "--config", str(settings))
    assert (result.code, result.out) == (2, "")
    assert "pii/nothing" in result.err
