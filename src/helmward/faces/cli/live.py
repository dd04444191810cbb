"""What `up` shows while it runs: a screen that follows the cluster, or one line for each thing that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from helmward import __version__
from helmward.core.text import printable
from helmward.explain import present
from helmward.house import House

if TYPE_CHECKING:
    from helmward.world.book import Transition


def greet(house: House, url: str, lab: bool) -> None:
    """Say first what is watched, as whom, with which rights, and that nothing will be changed."""
    sight = house.sight
    say(
        f"Helmward {__version__} observes context {sight.context} at {sight.server} (Kubernetes {sight.version or 'unknown'})."
    )
    unread = f"; not {', '.join(sight.may_not_read)} (forbidden)" if sight.may_not_read else ""
    user = sight.user or "unknown"
    say(f"User {user} may read {len(sight.may_read)} kinds{unread}. Helmward only observes: it changes nothing.")
    say(f"API: {url}/api/v1   In a second terminal: helmward incidents · helmward explain ID")
    if lab:
        say("Break something: helmward lab break image   Mend it: helmward lab mend")
    old = [entry for entry in house.incidents() if entry.baseline]
    if old:
        say(
            f"{len(old)} incident{'s' * (len(old) != 1)} stood before Helmward came: see BASELINE in `helmward incidents`."
        )


async def follow(house: House, live: bool) -> None:
    """Show what happens until cancelled."""
    if live:
        from helmward.faces.cli.screen import draw

        await draw(house)
    else:
        await _lines(house)


async def _lines(house: House) -> None:
    subscription = house.bus.subscribe()
    try:
        while True:
            transition = await subscription.get()
            if transition.what != "changed":
                for line in lines(transition):
                    say(line)
    finally:
        subscription.close()


def lines(transition: Transition) -> list[str]:
    """A transition in words: what happened, why, and how to go on."""
    row = present.summary(transition.tracked)
    cause = row["causes"][0]["text"] if row["causes"] else row["title"]
    time = row["changed"][11:19]
    if transition.what == "resolved":
        return [f"{time} RESOLVED {row['id']} {row['title']}"]
    return [
        f"{time} {transition.what.upper()} {row['id']} [{row['severity']}] {cause}",
        f"         helmward explain {row['id']}",
    ]


def say(line: str) -> None:
    """A line on stdout, control characters made visible."""
    click.echo(printable(line))
