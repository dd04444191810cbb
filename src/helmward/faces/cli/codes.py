"""`codes`."""

from __future__ import annotations

import click

from helmward.app import analyzer_codes
from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.faces.cli import options
from helmward.faces.cli.output import emit, names, table


@click.command(epilog="Examples:\n\n  helmward codes\n\n  helmward codes HW-IMG-001")
@click.argument("code", required=False)
@options.output("table", "json", "yaml", "name")
def codes(code: str | None, output: str) -> None:
    """List every kind of finding, or explain one: why it matters and what to do. CODE may also be the slug."""
    known = [(name, entry) for name, entries in analyzer_codes().items() for entry in entries]
    known.sort(key=lambda pair: pair[1].id)
    chosen = [(n, e) for n, e in known if code is None or code.upper() == e.id or code.lower() == e.slug]
    if not chosen:
        raise UsageError(f"There is no code '{one_line(code or '', 40)}'; `helmward codes` lists them.")
    rows = [
        {"code": e.id, "slug": e.slug, "severity": str(e.severity), "analyzer": name, "why": e.why, "fix": e.fix}
        for name, e in chosen
    ]
    if output in ("json", "yaml"):
        emit({"codes": rows} if code is None else rows[0], output)
    elif output == "name":
        names(row["code"] for row in rows)
    elif code is None:
        table(("CODE", "SEVERITY", "SLUG"), ((row["code"], row["severity"], row["slug"]) for row in rows), "")
    else:
        row = rows[0]
        click.echo(
            f"{row['code']} {row['slug']} [{row['severity']}]\n\nWhy it matters: {row['why']}\nWhat to do: {row['fix']}"
        )
