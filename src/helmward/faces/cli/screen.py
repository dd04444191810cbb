"""The live screen of `up`: workloads with their replicas, incidents with cause, change and remedy."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from helmward.core.text import printable
from helmward.core.times import age, parse_time
from helmward.explain import present
from helmward.house import House

_EVERY = 1.0  # seconds between redraws when nothing happens
_MOST_WORKLOADS = 20
_MOST_INCIDENTS = 8
_MARKS = {"critical": ("‼", "bold red"), "high": ("!", "red"), "medium": ("▲", "yellow"), "low": ("·", "cyan")}


async def draw(house: House) -> None:
    """Redraw on every transition and every second, until cancelled."""
    subscription = house.bus.subscribe(16)
    try:
        with Live(_screen(house), auto_refresh=False, transient=False) as live:
            while True:
                try:
                    async with asyncio.timeout(_EVERY):
                        await subscription.get()
                except TimeoutError:
                    pass
                live.update(_screen(house), refresh=True)
    finally:
        subscription.close()


def _screen(house: House) -> RenderableType:
    now = house.clock()
    parts: list[RenderableType] = [_workloads(house), _incidents(house, now)]
    for kind, reason in sorted(house.watch.failures.items())[:3]:
        parts.append(Text(f"{kind} is not current: {printable(reason)}", style="yellow"))
    return Group(*parts)


def _workloads(house: House) -> RenderableType:
    rows = house.workloads()
    # The broken first: on a large cluster only they fit.
    rows.sort(key=lambda row: (not row["incidents"], row["ready"] >= row["wanted"], row["namespace"], row["name"]))
    table = Table(box=None, pad_edge=False, title_justify="left")
    for header in ("NAMESPACE", "WORKLOAD", "READY", ""):
        table.add_column(header, no_wrap=True)
    for row in rows[:_MOST_WORKLOADS]:
        well = row["ready"] >= row["wanted"] and not row["incidents"]
        mark = Text("ok", style="green") if well else Text(" ".join(row["incidents"]) or "waiting", style="red")
        table.add_row(row["namespace"], f"{row['kind']}/{row['name']}", f"{row['ready']}/{row['wanted']}", mark)
    rest = len(rows) - _MOST_WORKLOADS
    return Group(table, Text(f"and {rest} more workloads", style="dim")) if rest > 0 else table


def _incidents(house: House, now: datetime) -> RenderableType:
    live = [entry for entry in house.incidents() if not entry.baseline]
    ended = house.incidents("resolved")[:2]
    if not live and not ended:
        return Text("\nNothing is wrong.", style="green")
    parts: list[RenderableType] = [Text("")]
    for entry in live[:_MOST_INCIDENTS]:
        parts += _incident(present.detail(entry), now)
    if len(live) > _MOST_INCIDENTS:
        parts.append(Text(f"and {len(live) - _MOST_INCIDENTS} more: helmward incidents", style="dim"))
    for entry in ended:
        parts.append(Text(f"✓ resolved  {entry.id}  {printable(entry.incident.title)}", style="green"))
    return Group(*parts)


def _incident(row: dict[str, Any], now: datetime) -> list[RenderableType]:
    mark, style = _MARKS.get(row["severity"], ("·", ""))
    opened = parse_time(row["opened"]) or now
    head = Text(f"{mark} {row['severity']}  {row['id']}  {printable(row['title'])}  {age(now - opened)}", style=style)
    lines: list[RenderableType] = [head]
    if row["causes"]:
        lines.append(Text(f"    {printable(row['causes'][0]['text'])}"))
    lines.append(Text(f"    {printable(row['impact'])}", style="dim"))
    if row["remedies"]:
        remedy = row["remedies"][0]
        lines.append(Text(f"    → {printable(remedy['text'])}"))
        if remedy["command"]:
            lines.append(Text(f"      $ {printable(remedy['command'])}", style="bold"))
    return lines
