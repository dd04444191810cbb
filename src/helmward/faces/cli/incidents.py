"""`incidents`, `explain`, `ack`, `suppress`, `unsuppress`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from helmward.core.errors import UnreachableError
from helmward.core.times import age, parse_time
from helmward.faces.cli import http, options, output
from helmward.faces.cli.errors import say
from helmward.faces.cli.explained import show


@click.command(epilog="Examples:\n\n  helmward incidents --watch\n\n  helmward incidents -n production -o json")
@options.server
@options.namespace
@options.output("table", "json", "yaml", "name")
@click.option("--all", "everything", is_flag=True, help="Also those that are resolved.")
@click.option("--watch", "-w", is_flag=True, help="Then print each change as it happens.")
def incidents(
    url: str | None, data_dir: Path | None, namespace: str | None, output: str, everything: bool, watch: bool
) -> None:
    """List what is wrong, the worst first. Faults older than Helmward's first look stand apart as BASELINE."""
    server = http.find(url, data_dir)
    following = http.events(server, "/stream") if watch else iter(())
    next(following, None)  # subscribed before the list is made: nothing is missed in between
    found = http.get(server, "/incidents", state="all" if everything else "live", namespace=namespace)
    stale = _stale(server)
    _print(found, output, bool(stale))
    if stale:
        say(stale)
    shown = {row["id"]: _lasting(row) for row in found["incidents"]}
    lost = 0
    for message in following:
        if message["lost"] > lost:
            lost = message["lost"]
            say(f"{lost} changes came too fast to be shown; `helmward incidents` lists what is.")
        row = message["incident"]
        if namespace not in (None, row["resource"]["namespace"]):
            continue
        # Most changes are more of the same (another restart, another Event): a table shows nothing of them.
        if output != "table" or message["what"] != "changed" or shown.get(row["id"]) != _lasting(row):
            _print_one(message["what"], row, output)
        shown[row["id"]] = _lasting(row)
    if watch:
        raise UnreachableError(f"The server at {server.url} has stopped, or the token has ended.")


def _stale(server: http.Server) -> str:
    """Since when and why the server does not see what happens now; "" while it sees everything."""
    kinds = http.get(server, "/status")["stale"]
    if not kinds:
        return ""
    first = min(kinds, key=lambda entry: str(entry["since"]))
    named = ", ".join(entry["kind"] for entry in kinds[:4]) + (f" and {len(kinds) - 4} more" if len(kinds) > 4 else "")
    return f"NOT CURRENT since {first['since'][:19]}Z: {named}. {first['reason']}"


def _lasting(row: dict[str, Any]) -> tuple[object, ...]:
    """What a row says, but for its age."""
    identity, severity, state, _, *rest = _row(row)
    return (identity, severity, state, *rest)


def _print(found: dict[str, Any], fmt: str, stale: bool) -> None:
    rows = found["incidents"]
    if fmt in ("json", "yaml"):
        output.emit(found, fmt)
    elif fmt == "name":
        output.names(row["id"] for row in rows)
    else:
        fresh, old = ([row for row in rows if row["baseline"] is flag] for flag in (False, True))
        nothing = "Nothing new" if old else "Nothing"
        verb = "was wrong when the cluster was last seen." if stale else "is wrong."
        output.table(_HEADERS, map(_row, fresh), f"{nothing} {verb}")
        if old:
            click.echo("\nBASELINE (stood before Helmward came)")
            output.table(_HEADERS, map(_row, old), "")


_HEADERS = ("ID", "SEVERITY", "STATE", "AGE", "NAMESPACE", "OWNER", "CAUSE")


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    owner = row["owner"] or row["resource"]
    state = (
        row["state"]
        + (" (acknowledged)" if row["acknowledged"] else "")
        + (" (plan waits)" if row["waitingFor"] else "")
    )
    cause = row["causes"][0]["text"] if row["causes"] else row["title"]
    opened = parse_time(row["opened"]) or datetime.now(UTC)
    shown = age(datetime.now(UTC) - opened)
    return (
        row["id"],
        row["severity"],
        state,
        shown,
        owner["namespace"] or "-",
        f"{owner['kind']}/{owner['name']}",
        cause,
    )


def _print_one(what: str, row: dict[str, Any], fmt: str) -> None:
    if fmt in ("json", "yaml"):
        output.emit({"what": what, "incident": row}, fmt)
    elif fmt == "name":
        output.names([row["id"]])
    else:
        time = datetime.now(UTC).strftime("%H:%M:%S")
        output.table((time, what.upper(), row["id"]), [("", row["severity"], _row(row)[-1])], "")


@click.command(epilog="Example:\n\n  helmward explain inc-k3m2q7ab")
@click.argument("identity", metavar="ID")
@options.server
@options.output("table", "json", "yaml", "markdown")
def explain(identity: str, url: str | None, data_dir: Path | None, output: str) -> None:
    """Explain one incident: first cause, proof, what changed just before, timeline, impact and remedy."""
    found = http.get(http.find(url, data_dir), f"/incidents/{http.part(identity)}")
    show(found, output)


@click.command(epilog='Example:\n\n  helmward ack inc-k3m2q7ab --reason "looking at it"')
@click.argument("identity", metavar="ID")
@click.option("--reason", default="", help="What you know or do about it.")
@options.server
def ack(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Say that you have seen an incident."""
    row = http.send(
        http.find(url, data_dir), "POST", f"/incidents/{http.part(identity)}/acknowledge", {"reason": reason}
    )
    click.echo(f"{row['id']} acknowledged by {row['acknowledged']['by']}.")


@click.command(epilog='Example:\n\n  helmward suppress inc-k3m2q7ab --for 2h --reason "planned maintenance"')
@click.argument("identity", metavar="ID")
@click.option("--for", "duration", required=True, help="How long: 30m, 2h, 1d (at most 90d).")
@click.option("--reason", required=True, help="Why; others will read it.")
@options.server
def suppress(identity: str, duration: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Keep an incident quiet for a while: no messages; it stays in the list."""
    body = {"for": duration, "reason": reason}
    row = http.send(http.find(url, data_dir), "POST", f"/incidents/{http.part(identity)}/suppress", body)
    click.echo(f"{row['id']} suppressed until {row['suppressed']['until'][:19]}Z.")


@click.command(epilog='Example:\n\n  helmward unsuppress inc-k3m2q7ab --reason "it is not the maintenance"')
@click.argument("identity", metavar="ID")
@click.option("--reason", default="", help="Why; others will read it.")
@options.server
def unsuppress(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """End the quiet of an incident now."""
    path = f"/incidents/{http.part(identity)}/unsuppress"
    row = http.send(http.find(url, data_dir), "POST", path, {"reason": reason})
    click.echo(f"{row['id']} is not kept quiet any more.")
