"""Answers of `ask` as a person reads them, each with what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from helmward.core.text import one_line, printable
from helmward.faces.cli import output, planned
from helmward.faces.cli.status import lines as status_lines

Found = dict[str, Any]

_MOST_EVIDENCE = 12


def show(found: Found) -> None:
    """The answer to a question."""
    result = found["result"]
    if result["text"]:
        click.echo(one_line(result["text"], 2000))
    for name, how in _HOW.items():
        if result.get(name):
            how(result[name])
    if "pages" not in result and "incidents" not in result:
        _evidence(result["evidence"])


def _evidence(pieces: list[Found]) -> None:
    for piece in pieces[:_MOST_EVIDENCE]:
        identity = f"[{piece['id']}] " if piece.get("id") else ""
        excerpt = f": {one_line(piece['excerpt'], 300)}" if piece.get("excerpt") else ""
        click.echo(f"  {identity}{piece['source']}  {one_line(piece['ref'], 300)}{excerpt}")
    if len(pieces) > _MOST_EVIDENCE:
        click.echo(f"  and {len(pieces) - _MOST_EVIDENCE} more: -o json shows them")


def _incidents(incidents: list[Found]) -> None:
    from helmward.faces.cli.explained import show as explained

    for incident in incidents:
        click.echo()
        explained(incident, "table")


def _rows(rows: list[Found]) -> None:
    cells = (
        (row["id"], row["severity"], row["state"], _of(row["owner"] or row["resource"]), _cause(row)) for row in rows
    )
    output.table(("ID", "SEVERITY", "STATE", "OBJECT", "CAUSE"), cells, "")


def _cause(row: Found) -> str:
    return str(row["causes"][0]["text"] if row["causes"] else row["title"])


def _of(resource: Found) -> str:
    return "/".join(filter(None, (resource["kind"], resource["namespace"], resource["name"])))


def _pages(pages: list[Found]) -> None:
    from helmward.faces.cli.tools import show_page

    for page in pages:
        if len(pages) > 1:
            click.echo(f"--- {page['tool']} {' '.join(f'{key}={value}' for key, value in page['arguments'].items())}")
        if "error" in page:
            click.echo(one_line(page["error"], 500), err=True)
        else:
            show_page(page["page"], "table")


def _status(status: Found) -> None:
    for line in status_lines(status):
        click.echo(line)


def _actions(rows: list[Found]) -> None:
    cells = ((row["id"], row["state"], row["tool"], _of(row["resource"]), row["text"]) for row in rows)
    output.table(("ID", "STATE", "TOOL", "OBJECT", "OUTCOME"), cells, "")


def _changes(rows: list[Found]) -> None:
    cells = ((row["time"], _of(row["resource"]), row["text"]) for row in rows)
    output.table(("TIME", "OBJECT", "CHANGE"), cells, "")


def _plan(plan: Found) -> None:
    planned.show(plan, "table")


def _can(examples: list[str]) -> None:
    for example in examples:
        click.echo(f"  {printable(example)}")


_HOW: dict[str, Callable[[Any], None]] = {
    "incidents": _incidents,
    "rows": _rows,
    "pages": _pages,
    "status": _status,
    "actions": _actions,
    "changes": _changes,
    "plan": _plan,
    "can": _can,
}


def by_model(answer: Found) -> None:
    """What a model said, as far as it is shown by evidence, and the changes that it proposed."""
    for sentence in answer["sentences"]:
        click.echo(f"{one_line(sentence['text'], 1000)} [{', '.join(sentence['cites'])}]")
    _evidence(answer["evidence"])
    for proposed in answer["proposals"]:
        click.echo(f"\n$ {printable(proposed['line'])}")
        planned.show(proposed["plan"], "table")
