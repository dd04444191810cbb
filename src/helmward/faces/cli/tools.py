"""`tools`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from helmward.core.errors import UsageError
from helmward.core.text import one_line, printable
from helmward.faces.cli import following, http, options, planned
from helmward.faces.cli.approve import agreed
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward tools list\n\n  helmward tools describe rollout_restart\n\n"
    "  helmward tools run resources_list kind=Pod namespace=production",
)
def tools() -> None:
    """List, describe and run tools. One that reads answers at once; one that changes something is planned first, always."""


@tools.command("list", epilog="Example:\n\n  helmward tools list")
@options.server
@options.output("table", "json", "yaml", "name")
def list_tools(url: str | None, data_dir: Path | None, output: str) -> None:
    """List the tools that you may use."""
    found = http.get(http.find(url, data_dir), "/tools")
    rows = found["tools"]
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(row["name"] for row in rows)
    else:
        cells = ((row["name"], row["effect"], row["permission"], row["title"]) for row in rows)
        table(("NAME", "EFFECT", "PERMISSION", "WHAT IT DOES"), cells, "There are no tools that you may use.")


@tools.command(epilog="Example:\n\n  helmward tools describe rollout_undo")
@click.argument("name")
@options.server
@options.output("table", "json", "yaml", "name")
def describe(name: str, url: str | None, data_dir: Path | None, output: str) -> None:
    """Show what a tool does, what it takes, and what the cluster must grant it."""
    found = http.get(http.find(url, data_dir), f"/tools/{http.part(name)}")
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names([found["name"]])
    else:
        _describe(found)


@tools.command(
    epilog="Examples:\n\n  helmward tools run resources_list kind=Pod namespace=production\n\n"
    "  helmward tools run rollout_restart namespace=production name=frontend\n\n"
    '  helmward tools run rollout_undo --arguments \'{"namespace": "production", "name": "frontend"}\''
)
@click.argument("name")
@click.argument("given", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--arguments", "document", metavar="JSON", help="The arguments as one JSON object.")
@click.option("--cursor", help="For a tool that reads: the page after the one that gave this cursor.")
@click.option("--reason", default="", help="For a change: why.")
@click.option("--incident", help="For a change: the incident it is for.")
@click.option("--approve", is_flag=True, help="For a change, on a terminal: ask, then approve.")
@click.option("--wait", is_flag=True, help="For a change: follow it to its end, and print the proof.")
@options.server
@options.output("table", "json", "yaml", "name")
def run(
    name: str,
    given: tuple[str, ...],
    document: str | None,
    cursor: str | None,
    reason: str,
    incident: str | None,
    approve: bool,
    wait: bool,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> int:
    """Run a tool. What it reads is printed; of a change the plan is, which waits for an approval (exit code 6)."""
    server = http.find(url, data_dir)
    tool = http.get(server, f"/tools/{http.part(name)}")
    arguments = _arguments(given, document, tool["inputSchema"])
    if tool["effect"] == "READ":
        page = http.send(server, "POST", f"/tools/{http.part(name)}", {"arguments": arguments, "cursor": cursor})
        show_page(page, output)
        return 0
    if approve and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--approve asks on a terminal; without one look at the plan, then `helmward approve` it.")
    calls = [{"tool": name, "arguments": arguments}]
    plan = http.send(server, "POST", "/plans", {"actions": calls, "reason": reason, "incident": incident})
    return _planned(server, plan, approve, wait, output)


def _planned(server: http.Server, plan: dict[str, Any], approve: bool, wait: bool, output: str) -> int:
    if approve and plan["state"] == "waiting":
        if not agreed(plan):
            click.echo("Not approved.", err=True)
            return following.settled(plan)
        plan = http.send(server, "POST", f"/plans/{http.part(plan['id'])}/approve", {"digest": plan["digest"]})
        return following.end(server, plan, wait, output)
    if wait and plan["state"] not in ("waiting", "refused"):
        return following.end(server, plan, True, output)
    planned.show(plan, output)
    return following.settled(plan)


def _arguments(given: tuple[str, ...], document: str | None, schema: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call. Raises UsageError for what is neither KEY=VALUE nor a JSON object."""
    try:
        found = json.loads(document) if document is not None else {}
    except ValueError as error:
        raise UsageError(f"--arguments is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise UsageError('--arguments takes a JSON object, such as {"namespace": "production"}.')
    for word in given:
        key, equals, text = word.partition("=")
        if not (key and equals):
            raise UsageError(f"'{one_line(word, 60)}' is no argument; write KEY=VALUE.")
        found[key] = _value(key, text, schema["properties"].get(key, {}))
    return found


def _value(key: str, text: str, schema: dict[str, Any]) -> Any:
    """A word as the tool's schema wants it: text stays text, all else is JSON."""
    kinds = {option.get("type", "object") for option in schema.get("anyOf", [schema])}
    if "string" in kinds or not schema:
        return text
    try:
        return json.loads(text)
    except ValueError:
        wanted = " or ".join(sorted(kinds - {"null"}))
        raise UsageError(f"{one_line(key, 60)}: '{one_line(text, 60)}' is no {wanted}.") from None


def show_page(page: dict[str, Any], fmt: str) -> None:
    """Print one page of a tool's output in a format."""
    if fmt in ("json", "yaml"):
        emit(page, fmt)
        return
    if fmt == "name":
        names(_name(item) for item in page["items"])
    elif page["items"]:
        _items(page["items"])
    for line in page["text"].splitlines() if fmt == "table" else ():
        click.echo(printable(line))
    if page["cursor"]:
        click.echo(f"There is more: --cursor {one_line(page['cursor'], 4096)}", err=True)


def _items(items: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(key for item in items for key in item))
    rows = ([_cell(item.get(column)) for column in columns] for item in items)
    table([one_line(column, 40).upper() for column in columns], rows, "")


def _cell(value: Any) -> str:
    return "-" if value in (None, "") else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _name(item: dict[str, Any]) -> str:
    meta = item.get("metadata")
    return str((meta if isinstance(meta, dict) else item).get("name", ""))


def _describe(found: dict[str, Any]) -> None:
    click.echo(f"{found['name']} ({found['effect']}, permission {found['permission']}): {found['description']}")
    if found["irreversible"]:
        click.echo(f"It cannot be undone: {found['irreversible']}.")
    schema = found["inputSchema"]
    needed = schema.get("required", [])
    click.echo("\nArguments:")
    for name, field in schema.get("properties", {}).items():
        must = "" if name in needed else " (optional)"
        click.echo(f"  {name}{must}: {one_line(field.get('description', ''), 300)}")
    click.echo("\nRights in the cluster:")
    for right in found["rights"]:
        group = right["group"] or "core"
        click.echo(f"  {', '.join(right['verbs'])} {right['resource']} ({group})")
