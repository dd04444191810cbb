"""A plan as a person reads it before they approve it, and what came of it: rendered from the plan alone."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

import click

from helmward.core.text import one_line
from helmward.faces.cli import output

_LONGEST = 1000
"""Characters of a value; a longer one is cut, and that is said."""

_HEADERS = ("ID", "STATE", "INCIDENT", "REQUESTER", "ENVIRONMENT", "CREATED", "PLAN")


def show(plan: dict[str, Any], fmt: str) -> None:
    """Print one plan in a format."""
    if fmt in ("json", "yaml"):
        output.emit(plan, fmt)
    elif fmt == "name":
        output.names([plan["id"]])
    else:
        for line in lines(plan):
            click.echo(line)


def show_all(found: dict[str, Any], fmt: str) -> None:
    """Print a list of plans in a format."""
    if fmt in ("json", "yaml"):
        output.emit(found, fmt)
    elif fmt == "name":
        output.names(plan["id"] for plan in found["plans"])
    else:
        output.table(_HEADERS, map(_row, found["plans"]), "There are no plans.")


def show_change(plan: dict[str, Any], fmt: str) -> None:
    """Print a plan of a list that is in another state now."""
    if fmt == "table":
        click.echo("   ".join(_text(cell) for cell in _row(plan)))
    else:
        show(plan, fmt)


def _row(plan: dict[str, Any]) -> tuple[str, ...]:
    incident, created = plan["incident"] or "-", plan["created"][:19]
    return plan["id"], plan["state"], incident, plan["requester"], plan["environment"], created, plan["title"]


def lines(plan: dict[str, Any]) -> Iterator[str]:
    """All of it: each change by path, who manages it, what it can hurt, how it is verified, what undo will do."""
    yield f"{plan['id']}  {_text(plan['title'])}  [{plan['state']}]"
    about = [f"for {plan['incident']}"] if plan["incident"] else []
    about += [f"takes back {plan['undoOf']}"] if plan["undoOf"] else []
    yield "  " + ", ".join([*about, f"asked for by {_text(plan['requester'])}", f"environment {plan['environment']}"])
    if plan["overrideSeconds"] is not None:
        yield f"  Temporary: taken back by itself after {plan['overrideSeconds'] / 60:g} minutes."
    if plan["why"]:
        yield f"  Why: {_text(plan['why'])}"
    for number, action in enumerate(plan["actions"], 1):
        yield ""
        yield from _action(action, number)
    yield ""
    yield f"  Decision: {plan['decision']}. {_text(plan['reason'])}"
    yield from _how_far(plan)


def outcome(plan: dict[str, Any]) -> Iterator[str]:
    """What was done, and the proof."""
    yield f"{plan['id']} {plan['state']}: {_text(plan['text'])}"
    for action in plan["actions"]:
        if action["state"] != "planned":
            yield f"  {action['id']} {action['state']}: {_text(action['outcome'])}"
            yield from (f"    proof: {_text(piece)}" for piece in action["proof"])


def _action(action: dict[str, Any], number: int) -> Iterator[str]:
    resource = action["resource"]
    where = f"{resource['namespace']}/{resource['name']}" if resource["namespace"] else resource["name"]
    yield f"  {number}. {_text(action['title'])}"
    yield f"     {action['tool']} ({action['effect']}) on {resource['kind']} {_text(where)}, as {action['id']}"
    for change in action["changes"]:
        yield f"     {_text(change['path'])}"
        yield from (f"       {line}" for line in _difference(change["before"], change["after"]))
    yield f"     Managed by:   {_text(action['managedBy']) or 'nobody who would put it back'}"
    elsewhere = [where for where in action["managedAt"] if where not in action["managedBy"]]
    yield from (f"                   {_text(where)}" for where in elsewhere)
    yield f"     Can hurt:     {_blast(action['blastRadius'])}"
    yield f"     Verified by:  {_text(action['verify'])}"
    yield f"     Undo:         {_text(action['undo'])}"
    if action["state"] != "planned":
        yield f"     {action['state'].capitalize()}: {_text(action['outcome'])}"
        yield from (f"     Proof: {_text(piece)}" for piece in action["proof"])


def _difference(before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        compared = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
        yield from (_cut(line) for line in list(compared)[2:])
        return
    yield f"- {_value(before)}"
    yield f"+ {_value(after)}"


def _value(value: Any) -> str:
    return "(not there)" if value is None else _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    shown = one_line(text, 1_000_000)
    if len(shown) <= _LONGEST:
        return shown
    return f"{shown[:_LONGEST]}… ({len(shown) - _LONGEST} more characters: -o json shows them)"


def _blast(blast: dict[str, Any]) -> str:
    share = f", {round(blast['replicasShare'] * 100)} % of the replicas at once" if blast["replicasShare"] else ""
    text = f"; {_text(blast['text'])}" if blast["text"] else ""
    objects, namespaces = blast["objects"], blast["namespaces"]
    return f"{objects} object{'s' * (objects != 1)} in {namespaces} namespace{'s' * (namespaces != 1)}{share}{text}"


def _how_far(plan: dict[str, Any]) -> Iterator[str]:
    approval = plan["approval"]
    if approval:
        glass = ", who broke the glass" if approval["breakGlass"] else ""
        yield f"  Approved by {_text(approval['approver'])} ({approval['role']}){glass} at {approval['time']}"
    if plan["state"] == "waiting":
        who = " or ".join(plan["approvers"]) or "nobody"
        yield f"  Who may approve: {who}, until {plan['expires'][:19]}Z"
        yield f"  Digest: {plan['digest']}"
        yield ""
        yield f"  helmward approve {plan['id']}   or   helmward deny {plan['id']} --reason …"
    elif plan["text"] and plan["text"] != plan["reason"]:
        yield f"  {plan['state'].capitalize()}: {_text(plan['text'])}"
    if plan["incident"] and plan["state"] in (("done", "failed") if plan["undoOf"] else ("failed", "denied", "undone")):
        yield f"  Another plan: helmward plan {plan['incident']} --new"


def _text(text: str) -> str:
    return one_line(str(text), _LONGEST)
