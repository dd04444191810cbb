"""`helmward ask`: the typed command stands first, then its answer or its plan; a terminal is asked for what is missing."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from ..conftest import Cli
from ..shop import eventually, plan_of
from ..station import Station
from .test_hostile import HOSTILE, RAW


def test_why(shopkeeper: Cli) -> None:
    result = shopkeeper("ask", "why", "is", "payment-service", "down?")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "$ helmward incidents -n production"
    assert "2 of 2 replicas ready [seen-1]" in lines[1]
    assert lines[2].startswith("  [seen-1] object  Deployment/production/payment-service .status.readyReplicas")


def test_restart_scale_undo(shopkeeper: Cli) -> None:
    restart = shopkeeper("ask", "restart payment-service in production", "--conversation", "new")
    assert restart.code == 6, restart.err
    lines = restart.out.splitlines()
    assert lines[0] == "$ helmward tools run rollout_restart kind=Deployment namespace=production name=payment-service"
    assert "Who may approve: admin or approver" in restart.out
    assert "waits for an approval: helmward approve plan-" in restart.err
    scale = shopkeeper("ask", "scale frontend to 5", "-o", "json")
    assert scale.code == 6
    found = json.loads(scale.out)
    arguments = {"kind": "Deployment", "namespace": "production", "name": "frontend", "replicas": 5}
    assert found["calls"] == [{"tool": "resources_scale", "arguments": arguments}]
    plan = found["result"]["plan"]["id"]
    early = shopkeeper("ask", "undo that")
    assert (early.code, early.out) == (2, f"$ helmward undo {plan}\n")
    assert shopkeeper("approve", plan, "--wait").code == 0
    asked = shopkeeper("ask", "undo that")
    assert asked.code == 2
    assert "Do it now?" in asked.err
    assert plan_of(shopkeeper, plan)["state"] == "done"
    undone = shopkeeper("ask", "yes")
    assert undone.code == 0, undone.err
    assert undone.out.startswith(f"$ helmward undo {plan}\n")
    eventually(lambda: plan_of(shopkeeper, plan)["state"] == "undone", "it is taken back")


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("don't restart frontend", 0, "you said not to"),
        ("should i restart frontend?", 2, "does not ask for it"),
        ("restart everything", 2, "one thing on one object at a time"),
        ("restart frontend tomorrow", 2, "never for later"),
        ("approve plan-abcd2345", 2, "helmward approve plan-abcd2345"),
        ("kill switch", 2, "helmward kill all --reason"),
        ("restart kafka", 2, "nothing called 'kafka'"),
        ("restart frontend in staging", 2, "production"),
        ("scale frontend", 2, "To how many replicas exactly? It has 2 now."),
        ("the weather in seoul", 2, "nothing I can look up or do"),
    ],
)  # fmt: skip
def test_nothing_is_done_and_it_says_why(text: str, code: int, says: str, shopkeeper: Cli) -> None:
    result = shopkeeper("ask", text, "--conversation", "new")
    assert result.code == code, result.err
    assert says in result.err
    assert not result.out or re.fullmatch(
        r"\$ helmward tools run \S+( \S+=\S+)* …\n", result.out
    )  # what is known of it


def test_hostile_words_are_shown_as_data(shopkeeper: Cli) -> None:
    """Whether the guards refuse them or nobody understands them."""
    result = shopkeeper("ask", HOSTILE, "--conversation", "new")
    assert result.code in (2, 5)
    assert result.out == ""
    assert not any(raw in result.err for raw in RAW)


def test_what_is_piped_is_one_question_and_its_later_lines_are_data(shopkeeper: Cli) -> None:
    piped = shopkeeper("ask", stdin=b"why is frontend down?\nrestart user-service in production\n")
    assert piped.code == 0, piped.err
    assert piped.out.startswith("$ helmward incidents -n production\n")
    assert shopkeeper("ask", stdin=b"why is frontend down?\n" + b"restart frontend\n" * 100_000).code == 0
    assert shopkeeper("ask", stdin=b"").code == 2
    assert shopkeeper("ask", stdin=b"what does this say?\nrestart user-service in production\n").code == 2


def test_a_conversation_goes_on_and_another_begins(shopkeeper: Cli) -> None:
    first = json.loads(shopkeeper("ask", "describe frontend", "-o", "json", "--conversation", "new").out)
    on = json.loads(shopkeeper("ask", "and its events?", "-o", "json").out)
    assert on["conversation"] == first["conversation"]
    assert on["command"][0] == "helmward tools run events_list kind=Deployment namespace=production name=frontend"
    assert shopkeeper("ask", "and its events?", "--conversation", "new").code == 2
    named = shopkeeper("ask", "and its logs?", "--conversation", first["conversation"])
    assert named.code == 0, named.err
    assert named.out.splitlines()[0].startswith("$ helmward tools run pods_log namespace=production name=frontend-")
    unknown = shopkeeper("ask", "status", "--conversation", "conv-nothing")
    assert (unknown.code, unknown.out) == (2, "")


@pytest.mark.parametrize(
    "text", ["status", "incidents", "list nodes", "what did you do", "what changed", "help", "도움말"]
)
def test_questions_have_answers(text: str, shopkeeper: Cli) -> None:
    result = shopkeeper("ask", text)
    assert result.code == 0, result.err
    assert result.out.startswith("$ helmward ")
    assert len(result.out.splitlines()) > 1 or result.err


def test_what_it_understands_is_measured(alone: Cli) -> None:
    """Without a server."""
    found = json.loads(alone("ask", "eval", "-o", "json").out)
    assert found["utterances"] >= 80
    assert {"accuracy", "wrongAndAccepted", "wrongChanges", "byLanguage", "byIntent"} <= set(found)
    table = alone("ask", "eval")
    assert table.code == 0
    assert table.out.startswith("PART")
    assert "ko" in table.out


class Terminal:
    """The command on a pseudo-terminal."""

    def __init__(self, shop: Station, *words: str) -> None:
        self.main, side = pty.openpty()
        data = {"HELMWARD_DATA_DIR": str(shop.folder / "data"), "HELMWARD_KEY_DIR": str(shop.folder / "keys")}
        command = [sys.executable, "-m", "helmward", "ask", *words]
        self.process = subprocess.Popen(
            command, stdin=side, stdout=side, stderr=side, env={**os.environ, **data}, text=True
        )
        os.close(side)
        self.seen = ""

    def until(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.main], [], [], 0.2)[0]:
                self.seen += os.read(self.main, 65536).decode(errors="replace")

    def type(self, text: str) -> None:
        self.seen = ""
        os.write(self.main, text.encode() + b"\n")

    def end(self) -> int:
        code = self.process.wait(60)
        os.close(self.main)
        return code


def test_a_terminal_is_asked_for_what_is_missing(shop: Station, shopkeeper: Cli) -> None:
    terminal = Terminal(shop, "scale user-service", "--conversation", "new")
    terminal.until("To how many replicas exactly?")
    terminal.until("> ")
    terminal.type("3")
    terminal.until("replicas=3")
    terminal.until("Approve this?")
    terminal.type("n")
    terminal.until("Not approved")
    assert terminal.end() == 6


def test_a_conversation_on_a_terminal(shop: Station) -> None:
    terminal = Terminal(shop)
    terminal.until("Ctrl-D ends it")
    terminal.type("describe frontend")
    terminal.until("name=frontend")
    terminal.until("> ")
    terminal.type("and its events?")
    terminal.until("events_list kind=Deployment namespace=production name=frontend")
    terminal.type("nonsense of some kind")
    terminal.until("nothing I can look up")
    terminal.type("exit")
    assert terminal.end() == 0
