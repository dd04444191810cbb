"""What `up` shows while it runs: a screen that follows the cluster, or one line for each thing that happens."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from helmward import __version__
from helmward.core.settings_changes import ChangeSettings
from helmward.core.text import one_line, printable
from helmward.door.places import any_changes
from helmward.explain.reports import present
from helmward.faces.cli.errors import RIGHTS
from helmward.house import House, present_changes
from helmward.house.change_requests import ChangeRequests
from helmward.house.present_changes import UnderWay

if TYPE_CHECKING:
    from helmward.core.plans import Plan
    from helmward.world.book import Transition

_EVERY = 1.0  # seconds between two looks at what nobody tells of
_PASSING = 2.0  # seconds: a watch that is broken for a shorter time is not worth a line


def greet(house: House, url: str, lab: bool) -> None:
    """Say first what is watched, as whom, with which rights, and whether anything may be changed."""
    sight, settings = house.sight, house.loaded.settings.changes
    sees = "watches" if any_changes(settings) else "observes"
    say(
        f"Helmward {__version__} {sees} context {sight.context} at {sight.server} (Kubernetes {sight.version or 'unknown'})."
    )
    user = sight.user or "unknown"
    say(f"User {user} may read {len(sight.may_read)} kinds. {_intent(settings)}")
    if sight.may_not_read:
        say(f"It may not read {', '.join(sight.may_not_read)} in the whole cluster: {RIGHTS}")
    more = " · helmward plan ID · helmward approve ID" if any_changes(settings) else ""
    say(f"Console: {url}   Open it signed in: helmward console")
    say(f"API: {url}/api/v1   In a second terminal: helmward incidents · helmward explain ID{more}")
    if lab:
        say("Break something: helmward lab break image   Mend it: helmward lab mend")
    old = [entry for entry in house.incidents() if entry.baseline]
    if old:
        say(
            f"{len(old)} incident{'s' * (len(old) != 1)} stood before Helmward came: see BASELINE in `helmward incidents`."
        )


def _intent(settings: ChangeSettings) -> str:
    if not any_changes(settings):
        return "Mode observe: it changes nothing."
    return f"Mode {present_changes.mode(settings)}."


async def follow(house: House, live: bool) -> None:
    """Show what happens until cancelled."""
    if live:
        from helmward.faces.cli.screen import draw

        await draw(house)
    else:
        await _lines(house)


def stale(house: House) -> str:
    """Which kinds are not current, since when and why; "" while all are."""
    now = house.clock()
    failing = {
        kind: failure
        for kind, failure in sorted(house.watch.failures.items())
        if (now - failure.since).total_seconds() >= _PASSING
    }
    if not failing:
        return ""
    kinds = list(failing)
    named = ", ".join(kinds[:4]) + (f" and {len(kinds) - 4} more" if len(kinds) > 4 else "")
    first = min(failing.values(), key=lambda failure: failure.since)
    return f"NOT CURRENT since {first.since:%H:%M:%S}: {named}. {first.reason}"


def troubles(house: House) -> list[str]:
    """What is wrong with our own sight and memory, one sentence each."""
    found = [stale(house)]
    if house.explainer.failure:
        found.append(f"Not explained, Helmward itself failed: {house.explainer.failure}")
    if house.recorder.failure:
        found.append(f"Not saved: {house.recorder.failure}")
    return [printable(sentence) for sentence in found if sentence]


async def _lines(house: House) -> None:
    subscription, said, news = house.bus.subscribe(), list[str](), _News(house)
    _say_first(house)
    try:
        while True:
            await news.tell()
            try:
                async with asyncio.timeout(_EVERY):
                    transition = await subscription.get()
            except TimeoutError:
                said = _say_troubles(troubles(house), said)
                continue
            if transition.what != "changed" and transition.tracked.state != "suppressed":
                for line in lines(transition):
                    say(line)
    finally:
        subscription.close()


def _say_first(house: House) -> None:
    """What already stood when nobody listened yet, and is no baseline."""
    from helmward.world.book import Transition

    for entry in house.incidents():
        if not entry.baseline and entry.state != "suppressed":
            for line in lines(Transition("opened", entry)):
                say(line)


class _News:
    """Plans that wait, plans that ended, and what somebody has to see to: each is said once, within a second."""

    def __init__(self, house: House) -> None:
        self._requests, self._known, self._looked = ChangeRequests(house), frozenset[str](), 0.0
        self._ended = self._requests.count_ended

    async def tell(self) -> None:
        """Say what is new, unless that was looked for only just now."""
        now = asyncio.get_running_loop().time()
        if now < self._looked + _EVERY:
            return
        self._looked = now
        self._say_standing(await self._requests.under_way())
        before, self._ended = self._ended, self._requests.count_ended
        for one in await self._requests.ended(before):
            if one.state in ("done", "failed", "undone", "killed"):
                text = one_line(f"{one.plan.title}: {one.text}", 600)
                say(f"{one.changed[11:19]} {one.state.upper()} {one.plan.id} {text}")

    def _say_standing(self, now: UnderWay) -> None:
        news = {plan.id: f"{plan.created[11:19]} WAITING {waiting(plan)}" for plan in now.waiting.values()}
        news |= {sentence: one_line(sentence, 600) for sentence in now.notices}
        for key in news.keys() - self._known:
            say(news[key])
        self._known = frozenset(news)


def waiting(plan: Plan) -> str:
    """A plan that waits, and how to approve it, on one line."""
    return f"{plan.id} {one_line(plan.title, 200)}   helmward approve {plan.id}"


def _say_troubles(now: list[str], before: list[str]) -> list[str]:
    for sentence in now:
        if sentence not in before:
            say(sentence)
    if before and not now:
        say("All is current again.")
    return now


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
    """A line on stdout, control characters made visible; on a terminal it is broken between words, not within them."""
    line = printable(line).replace("\n", " ")
    if sys.stdout.isatty():
        width = max(20, shutil.get_terminal_size().columns)
        line = textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
    click.echo(line)
