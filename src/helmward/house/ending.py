"""How an incident ended that Helmward did not mend: the last change by somebody else before its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from helmward.core.nouns import Change, Owner, Resource
from helmward.core.times import parse_time
from helmward.world.book import Tracked
from helmward.world.store import World

_OWN = "helmward"  # the field manager of our writes


def last_change(tracked: Tracked, world: World) -> Change | None:
    """The newest change of what the incident rests on, from when it opened (or came back) until it ended, that Helmward did not
    make. None of a live one, and where none is kept."""
    begin, end = parse_time(tracked.reopened or tracked.opened), parse_time(tracked.resolved)
    if tracked.live or begin is None or end is None:
        return None
    found = [each for one in set(_concerned(tracked)) for each in _within(world, one, begin, end)]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _within(
    world: World, one: tuple[str, str, str], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, int, Change]]:
    """Managers say whole seconds: in the one in which it opened, the first change of a path is what broke it."""
    known = set[str]()
    for number, change in enumerate(world.changes.of(*one)):
        when, again = parse_time(change.time), change.path in known
        known.add(change.path)
        if change.manager == _OWN or when is None or when > end:
            continue
        if begin <= when or (again and begin.replace(microsecond=0) <= when):
            yield when, number, change


def _concerned(tracked: Tracked) -> Iterator[tuple[str, str, str]]:
    """Kind, namespace and name of what stands in its findings."""
    named: list[Resource | Owner | None] = [tracked.incident.resource, tracked.incident.owner]
    for found in tracked.findings:
        named += [found.resource, found.owner, *found.blames]
    yield from ((one.kind, one.namespace, one.name) for one in named if one is not None)
