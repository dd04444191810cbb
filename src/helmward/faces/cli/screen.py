"""The live screen of `up`: workloads with their replicas, incidents with cause, change and remedy."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from helmward.core.text import one_line
from helmward.core.times import age, parse_time
from helmward.explain.reports import present
from helmward.faces.cli.live import troubles, waiting
from helmward.house import House
from helmward.house.change_requests import ChangeRequests
from helmward.house.present_changes import NOTHING, UnderWay

_EVERY = 1.0  # seconds between redraws when nothing happens
_MOST_WORKLOADS = 20
_MOST_INCIDENTS = 8
_MARKS = {"critical": ("‼", "bold red"), "high": ("!", "red"), "medium": ("▲", "yellow"), "low": ("·", "cyan")}


async def draw(house: House) -> None:
    """Redraw on every transition and every second, until cancelled."""
    subscription, requests = house.bus.subscribe(16), ChangeRequests(house)
    try:
        with Live(_screen(house, await requests.under_way()), auto_refresh=False, transient=False) as live:
            size = live.console.size
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_EVERY):
                        await subscription.get()
                        subscription.drain()  # one picture shows them all
                if size != (size := live.console.size):  # the terminal has wrapped the old picture anew
                    live.console.clear()
                live.update(_screen(house, await requests.under_way()), refresh=True)
    finally:
        subscription.close()


def _screen(house: House, changes: UnderWay = NOTHING) -> RenderableType:
    parts: list[RenderableType] = [_workloads(house), _incidents(house, house.clock(), changes)]
    parts += [Text(f"\n{one_line(sentence, 600)}", style="bold yellow") for sentence in changes.notices]
    parts += [Text(f"\n{sentence}", style="yellow") for sentence in troubles(house)]
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
        # Text, since rich takes a plain string for markup.
        cells = (row["namespace"], f"{row['kind']}/{row['name']}", f"{row['ready']}/{row['wanted']}")
        table.add_row(*(Text(one_line(cell, 100)) for cell in cells), mark)
    rest = len(rows) - _MOST_WORKLOADS
    return Group(table, Text(f"and {rest} more workloads", style="dim")) if rest > 0 else table


def _incidents(house: House, now: datetime, changes: UnderWay) -> RenderableType:
    whole = house.incidents()
    live = [entry for entry in whole if not entry.baseline and entry.state != "suppressed"]
    quiet = len(whole) - len(live)
    ended = house.incidents("resolved")[:2]
    rest = f"{quiet} older or suppressed: helmward incidents" if quiet else ""
    if not live and not ended:
        return Text(f"\nNothing new is wrong; {rest}" if quiet else "\nNothing is wrong.", style="green")
    parts: list[RenderableType] = [Text("")]
    for entry in live[:_MOST_INCIDENTS]:
        parts += _incident(present.detail(entry), now, changes)
    if len(live) > _MOST_INCIDENTS:
        parts.append(Text(f"and {len(live) - _MOST_INCIDENTS} more: helmward incidents", style="dim"))
    if live and quiet:
        parts.append(Text(rest, style="dim"))
    for entry in ended:
        parts.append(Text(f"✓ resolved  {entry.id}  {one_line(entry.incident.title)}", style="green"))
    return Group(*parts)


def _incident(row: dict[str, Any], now: datetime, changes: UnderWay) -> list[RenderableType]:
    mark, style = _MARKS.get(row["severity"], ("·", ""))
    opened = parse_time(row["opened"]) or now
    head = Text(f"{mark} {row['severity']}  {row['id']}  {one_line(row['title'])}  {age(now - opened)}", style=style)
    lines: list[RenderableType] = [head]
    if row["causes"]:
        lines.append(_under(row["causes"][0]["text"], 4))
    lines.append(_under(row["impact"], 4, "dim"))
    if row["remedies"]:
        remedy = row["remedies"][0]
        lines.append(_under(f"→ {remedy['text']}", 4))
        if remedy["command"]:
            lines.append(_under(f"$ {remedy['command']}", 6, "bold"))
    if row["id"] in changes.acting:
        lines.append(_under("… being mended", 4, "cyan"))
    elif row["id"] in changes.waiting:
        lines.append(_under(f"⏸ {waiting(changes.waiting[row['id']])}", 4, "bold cyan"))
    return [*lines, Text("")]


def _under(text: str, indent: int, style: str = "") -> RenderableType:
    """A paragraph whose every line keeps the indent."""
    return Padding(Text(one_line(text, 1000), style=style), (0, 0, 0, indent))
