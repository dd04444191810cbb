"""How `gateway check` and `gateway usage` show what they found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from helmward.core.text import one_line
from helmward.core.times import age
from helmward.faces.cli.output import table

_UNITS = ("requests", "tokens", "usd")


def checked(found: dict[str, Any]) -> None:
    """Upstreams, models, budgets, then what is wrong."""
    rows = [
        (row["name"], row["api"], row["url"], row["key"] or "none", row["highestClass"], _health(row))
        for row in found["upstreams"]
    ]
    table(("UPSTREAM", "API", "URL", "KEY", "UP TO CLASS", "STATE"), rows, "There are no upstreams.")
    click.echo()
    table(
        ("MODEL", "KIND", "AT", "NAME THERE", "$ / MILLION IN, OUT"),
        map(_model, found["models"]),
        "There are no models.",
    )
    click.echo()
    table(
        ("BUDGET", "KEYS", "USERS", "TEAMS", "FOR EACH", "AT MOST"),
        map(_budget, found["budgets"]),
        "There are no budgets.",
    )
    hosts = ", ".join(found["allowedHosts"]) or "none"
    click.echo(f"\nAir-gapped: {'only ' + hosts if found['airGapped'] else 'no'}.")
    for problem in found["problems"]:
        click.echo(f"Problem: {one_line(problem, 500)}", err=True)


def used(found: dict[str, Any]) -> None:
    """Sums, then the budgets."""
    rows = [
        (
            row["name"] or "-",
            f"{row['requests']:,}",
            f"{row['blocked']:,}",
            f"{row['inputTokens']:,}",
            f"{row['outputTokens']:,}",
            f"{row['usd']:,.4f}" + (f" + {row['unpriced']} of unknown price" if row["unpriced"] else ""),
        )
        for row in found["rows"]
    ]
    headers = (found["by"].upper(), "REQUESTS", "REFUSED", "TOKENS IN", "TOKENS OUT", "USD")
    table(headers, rows, f"No model was called since {found['since']}.")
    if found["budgets"]:
        click.echo()
        budgets(found["budgets"], "")


def fired(found: dict[str, Any]) -> None:
    """The rules that fired, most first."""
    rows = [(row["rule"], row["action"], f"{row['count']:,}") for row in found["rules"]]
    table(("RULE", "ACTION", "FINDS"), rows, f"No rule fired since {found['since']}.")


def budgets(found: list[dict[str, Any]], empty: str) -> None:
    """A line for each figure of each budget."""
    rows = [
        (
            one["budget"],
            f"{one['each']} {one['subject']}".strip(),
            unit,
            _figure(one["limits"][unit]),
            _figure(one["spent"][unit]),
            _figure(one["recovered"][unit]),
            _figure(one["reserved"][unit]),
            _figure(one["remaining"][unit]),
            one["ends"],
        )
        for one in found
        for unit in _UNITS
        if one["limits"][unit] is not None
    ]
    table(("BUDGET", "FOR", "UNIT", "LIMIT", "SPENT", "LEFT BEHIND", "RESERVED", "REMAINING", "ENDS"), rows, empty)


def _health(row: dict[str, Any]) -> str:
    took = f" in {row['seconds'] * 1000:.0f} ms" if row["seconds"] is not None else ""
    return f"answers{took}" if row["good"] else "see below"


def _model(row: dict[str, Any]) -> tuple[str, ...]:
    price = row["usdPerMillion"]
    shown = "not known" if price is None else f"{price['input']:g}, {price['output']:g}"
    return row["name"], row["kind"], row["upstream"], row["upstreamName"], shown


def _budget(row: dict[str, Any]) -> tuple[str, ...]:
    lasts = age(timedelta(seconds=row["seconds"]))
    figures = [f"{_figure(value)} {unit}" for unit, value in row["figures"].items() if unit != "concurrent"]
    most = f"{', '.join(figures)} in {lasts}" if figures else ""
    if "concurrent" in row["figures"]:
        most += f"{', ' if most else ''}{row['figures']['concurrent']} at the same time"
    return row["name"] or "-", row["key"], row["user"], row["team"], row["each"], most or "nothing is limited"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")
