"""One turn of `ask`: what the words meant, then what came of it; and how well `ask` understands (`ask eval`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError, WaitingError
from helmward.core.text import one_line, printable
from helmward.faces.cli import answered, following, http, planned
from helmward.faces.cli.approve import agreed
from helmward.faces.cli.errors import say
from helmward.faces.cli.output import emit, table

_ERRORS = {2: UsageError, 5: DeniedError, 6: WaitingError, 7: UnreachableError}

_NOT_WRONG = ("negated", "cancelled")
"""Refusals that are what was asked for: nothing is done, as was said."""


_PATIENCE = 660
"""Seconds; a model may take as long as ask.seconds allows."""


@dataclass
class Way:
    """How turns go: in which conversation (each turn goes on with that of the one before), whether to ask back, in what
    format, and whether somebody can be asked."""

    conversation: str | None
    sure: bool
    output: str
    terminal: bool


def turn(server: http.Server, text: str, way: Way) -> int:
    """Ask, show, and on a terminal ask for what is missing. The exit code is that of the command which was understood."""
    found = _send(server, text, way)
    if way.output != "table":
        emit(found, way.output)
        return _code(found)
    _command(found)
    while found["kind"] == "question" and way.terminal:
        found = _send(server, _answer(found), way)
        _command(found)
    return _came_of(server, found, way)


def said(server: http.Server, text: str, way: Way) -> None:
    """A turn of a conversation; errors are said."""
    try:
        turn(server, text, way)
    except HelmwardError as error:
        say(str(error))


def _send(server: http.Server, text: str, way: Way) -> dict[str, Any]:
    body = {"text": text, "conversation": way.conversation, "sure": way.sure}
    found: dict[str, Any] = http.send(server, "POST", "/ask", body, _PATIENCE)
    way.conversation = found["conversation"]
    return found


def _command(found: dict[str, Any]) -> None:
    """What was understood stands first, before anything that may go wrong."""
    for line in found.get("command", ()):
        click.echo(f"$ {printable(line)}")
    for note in found.get("notes", ()):
        click.echo(f"# {printable(note)}", err="command" not in found)


def _answer(found: dict[str, Any]) -> str:
    _question(found)
    answer: str = click.prompt("", prompt_suffix="> ", err=True)
    return answer


def _question(found: dict[str, Any]) -> None:
    click.echo(one_line(found["text"], 600), err=True)
    for number, choice in enumerate(found["choices"], 1):
        click.echo(f"  {number}. {one_line(choice['text'], 200)}", err=True)


def _came_of(server: http.Server, found: dict[str, Any], way: Way) -> int:
    if found["kind"] == "question":
        _question(found)
    elif found["kind"] == "refusal":
        click.echo(one_line(found["text"], 1000), err=True)
    elif found["kind"] == "answer":
        answered.by_model(found["answer"])
    elif found.get("error"):
        raise _ERRORS.get(found["error"]["exitCode"], HelmwardError)(found["error"]["text"])
    elif "plan" in found["result"] and found["changes"]:
        if found["result"]["text"]:
            click.echo(f"# {printable(found['result']['text'])}")
        return _plan(server, found["result"]["plan"], way)
    else:
        answered.show(found)
    return _code(found)


def _plan(server: http.Server, plan: dict[str, Any], way: Way) -> int:
    """The plan, with what policy says; on a terminal it can be approved at once, by who may."""
    if way.terminal and plan["state"] == "waiting":
        if not agreed(plan):
            click.echo("Not approved.", err=True)
            return following.settled(plan)
        plan = http.send(server, "POST", f"/plans/{http.part(plan['id'])}/approve", {"digest": plan["digest"]})
        return following.end(server, plan, True, way.output)
    planned.show(plan, way.output)
    return 0 if plan["state"] == "denied" else following.settled(plan)


def _code(found: dict[str, Any]) -> int:
    """0, or what CONTRACTS says of a question that is open, a change that waits, and what went wrong."""
    if found["kind"] in ("question", "refusal"):
        return 0 if found.get("reason") in _NOT_WRONG else 2
    if found.get("error"):
        return int(found["error"]["exitCode"])
    state = ((found.get("result") or {}).get("plan") or {}).get("state") if found.get("changes") else None
    if state in ("refused", "expired", "void", "killed"):
        return 5
    return 6 if state == "waiting" else 0


def evaluation(output: str) -> int:
    """How well `ask` understands the labelled utterances that nobody looked at while the grammar was made."""
    from helmward.ask.evaluate import report

    found = report()
    if output != "table":
        emit(found, output)
        return 0
    rows = [("all", found), *found["byLanguage"].items(), *found["byIntent"].items()]
    cells = [
        (
            name,
            part["utterances"],
            part["right"],
            f"{part['accuracy']:.1%}",
            part["wrongAndAccepted"],
            part["wrongChanges"],
        )
        for name, part in rows
    ]
    table(("PART", "UTTERANCES", "RIGHT", "ACCURACY", "WRONG AND ACCEPTED", "OF THEM CHANGES"), cells, "")
    for one in found["wrong"]:
        if one["accepted"]:
            click.echo(f"wrong and accepted: {one['text']} → {one['got']}, not {one['expected']}")
    return 0
