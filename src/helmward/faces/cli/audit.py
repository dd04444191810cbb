"""`audit`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from helmward.core import paths
from helmward.core.errors import HelmwardError, UnreachableError
from helmward.core.text import HOSTILE, one_line
from helmward.faces.cli import http, options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table

_PAGE = 5000  # records a request
_LINE = 4096  # bytes; a checkpoint has about 300
_HEADERS = ("NUMBER", "TIME", "ACTOR", "ACTION", "TARGET", "OUTCOME", "REASON")


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward audit tail --follow\n\n  helmward audit verify\n\n"
    "  helmward audit export --since 24h > audit.jsonl",
)
def audit() -> None:
    """Show, verify and export the audit log. To read it needs an administrator's token, to verify it the key folder."""


@audit.command(epilog="Example:\n\n  helmward audit tail -n 50 --follow")
@click.option("-n", "--lines", "count", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@click.option("--follow", "-f", is_flag=True, help="Then print each record as it is added.")
@options.server
@options.output("table", "json", "yaml", "name")
def tail(count: int, follow: bool, url: str | None, data_dir: Path | None, output: str) -> None:
    """Print the last records."""
    server = http.find(url, data_dir, admin=True)
    found = http.get(server, "/audit", last=str(count))
    _print(found["records"], output)
    if follow:
        after = found["records"][-1]["sequence"] if found["records"] else 0
        for record in filter(None, http.events(server, f"/audit/stream?after={after}")):
            _print_one(record, output)
        raise UnreachableError(f"The server at {server.url} has stopped, or the token has ended.")


@audit.command(
    epilog="Examples:\n\n  helmward audit verify && echo intact\n\n  helmward audit verify --checkpoint yesterday.json"
)
@click.option(
    "--checkpoint",
    type=click.File("rb"),
    help="A checkpoint that was kept elsewhere (`audit checkpoint`), or -: the log must still hold it.",
)
@options.data_dir
@options.output("table", "json", "yaml")
def verify(checkpoint: BinaryIO | None, data_dir: Path | None, output: str) -> int:
    """Prove that the log is whole, or name the first bad record; and that the rows of plans, actions, tokens and actors are
    as it says, or name those that are not (exit code 1). The server may run meanwhile."""
    from helmward.door.audit import verify as verified
    from helmward.door.audit.checkpoint import missing
    from helmward.explain.reports.present import plain
    from helmward.house.integrity import look_into

    folder = paths.data_dir(data_dir, os.environ) / "audit"
    verdict = verified(folder, paths.key_dir(os.environ))
    if verdict.ok and checkpoint and (why := missing(folder, paths.key_dir(os.environ), checkpoint.read(_LINE))):
        verdict = msgspec.structs.replace(verdict, ok=False, complete=False, sentence=why)
    tampered = look_into(folder.parent, paths.key_dir(os.environ), datetime.now(UTC)) if verdict.ok else []
    if output != "table":
        emit(plain(verdict) | {"tampered": tampered}, output)
        return 0 if verdict.ok and not tampered else 1
    if not verdict.ok:
        raise HelmwardError(verdict.sentence)
    click.echo(verdict.sentence)
    for sentence in tampered:
        click.echo(f"Not as the log says: {one_line(sentence, 300)}")
    return 1 if tampered else 0


@audit.command(
    name="checkpoint", epilog="Example:\n\n  helmward audit checkpoint > /mnt/elsewhere/helmward-checkpoint.json"
)
@options.data_dir
def checkpoint_(data_dir: Path | None) -> None:
    """Print the last signed commit. Kept elsewhere, it later shows that nothing before it was rolled back."""
    from helmward.door.audit.checkpoint import checkpoint

    click.echo(checkpoint(paths.data_dir(data_dir, os.environ) / "audit"))


@audit.command(epilog="Example:\n\n  helmward audit export --since 24h > audit.jsonl")
@click.option(
    "--since", help="How far back (90m, 24h, 7d), or from when (2026-01-31T12:00:00Z). Without it, everything."
)
@options.server
@options.output("json", default="json")
def export(since: str | None, url: str | None, data_dir: Path | None, output: str) -> None:
    """Print records as JSON Lines, oldest first."""
    for record in _pages(http.find(url, data_dir, admin=True), since):
        click.echo(_as_line(record))


def _pages(server: http.Server, since: str | None) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        found = http.get(server, "/audit", after=str(after), limit=str(_PAGE), since=since)["records"]
        yield from found
        if len(found) < _PAGE:
            return
        after, since = found[-1]["sequence"], None  # a time further on would move with the clock


def _print(records: list[dict[str, Any]], output: str) -> None:
    if output in ("json", "yaml"):
        emit({"records": records}, output)
    elif output == "name":
        names(str(record["sequence"]) for record in records)
    else:
        table(_HEADERS, map(_row, records), "Nothing was audited yet.")


def _print_one(record: dict[str, Any], output: str) -> None:
    if output == "json":
        click.echo(_as_line(record))
    elif output == "yaml":
        emit([record], output)
    elif output == "name":
        names([str(record["sequence"])])
    else:
        click.echo("   ".join(one_line(str(cell), 200) for cell in _row(record)))


def _row(record: dict[str, Any]) -> tuple[object, ...]:
    reason = record["reason"] or record["details"].get("error", "")
    return (
        record["sequence"],
        record["time"],
        f"{record['actor']['kind']}/{record['actor']['name']}",
        record["action"],
        record["target"],
        record["outcome"],
        reason,
    )


def _as_line(record: dict[str, Any]) -> str:
    """JSON on one line that a terminal shows as data."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return HOSTILE.sub(lambda match: "".join(f"\\u{unit:04x}" for unit in _utf16(match.group())), text)


def _utf16(character: str) -> memoryview:
    return memoryview(character.encode("utf-16-le", "surrogatepass")).cast("H")
