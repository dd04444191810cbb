"""Files, folders, standard input, archives and evidence bundles into one World."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from helmward.core.errors import UnreadableError
from helmward.core.text import one_line
from helmward.watch.files import signs, sources
from helmward.watch.files.build import build
from helmward.watch.files.clock import leeway
from helmward.watch.files.collection import collected_at
from helmward.watch.files.collector import Collector
from helmward.watch.files.events import drop_repeated
from helmward.watch.files.refusal import Refused
from helmward.watch.files.result import Read
from helmward.watch.files.secrets import Reducer
from helmward.watch.files.sources import Skipped, Source
from helmward.world.store import Clean, World

STDIN = "<stdin>"


def read(
    paths: Sequence[Path],
    stdin: bytes | None,
    *,
    clean: Clean | None = None,
    mask: Callable[[str], str],
    now: datetime | None = None,
) -> Read:
    """Read everything that `paths` and `stdin` hold.

    `mask` takes secrets out of log lines, node services, checks, alerts and the question on the way in; `clean` does
    so for objects (World). `now` sets the clock; otherwise it is the newest time in the input. Raises UnreadableError
    where nothing at all could be read; anything less is told by the world's coverage.
    """
    reducer = Reducer(secrets.token_bytes(32))
    collector = Collector(mask, reducer)
    given = list(_sources(paths, stdin))
    failures = [failure for source in given if (failure := _take(collector, source)) is not None]
    if not collector.sources:
        raise UnreadableError(_nothing(failures))
    moment = (now or collector.clock.now()).astimezone(UTC)
    found = collector.drafts(moment)
    if now is None and (later := collected_at(found, moment)) > moment:
        moment = later
        found = collector.drafts(moment)
    drafts = drop_repeated(found)
    world = World(clean)
    world.logs.complete = True
    if now is None:
        world.leeway = leeway(moment, _written(given, stdin))
    for problem in collector.problems:
        world.coverage.problem(problem)
    collector.fill(world)
    signs.fill(world.signs, collector.metrics, collector.checks, collector.alerts)
    desired = build(world, drafts, collector.empty)
    for name, reason in (*failures, *collector.refused):
        world.coverage.unread(name, reason)
    return Read(
        world=world,
        now=moment,
        question=collector.question,
        alerts=collector.alerts,
        metrics=collector.metrics,
        sources=tuple(sorted(collector.sources)),
        desired=tuple(desired),
        checks=collector.checks,
    )


def _sources(paths: Sequence[Path], stdin: bytes | None) -> Iterator[Source | Skipped]:
    """Everything to read, ordered by name, so that the order of arguments changes nothing."""
    found: list[Source | Skipped] = []
    for path in dict.fromkeys(paths):
        try:
            found += sources.walk(path)
        except OSError as error:
            found.append(Skipped(str(path), (error.strerror or "it cannot be opened").lower()))
        except ValueError:
            found.append(Skipped(str(path), "it is no valid path"))
    if stdin is not None:
        found += sources.from_bytes(STDIN, stdin)
    yield from sorted({item.name: item for item in found}.values(), key=lambda item: item.name)


def _written(given: Iterable[Source | Skipped], stdin: bytes | None) -> datetime | None:
    """When the last of the input was written, for standard input just now; None where nothing tells (an archive)."""
    if stdin is not None:
        return datetime.now(UTC)
    times = [item.written for item in given if isinstance(item, Source)]
    return max((moment for moment in times if moment is not None), default=None)


def _take(collector: Collector, source: Source | Skipped) -> tuple[str, str] | None:
    """Read one source; (name, reason) where that failed."""
    if isinstance(source, Skipped):
        return one_line(source.name, 400), source.reason
    try:
        collector.take(source)
    except Refused as refusal:
        return one_line(source.name, 400), str(refusal)
    except OSError as error:
        return one_line(source.name, 400), (error.strerror or "it cannot be opened").lower()
    return None


def _nothing(failures: Iterable[tuple[str, str]]) -> str:
    listed = list(failures)
    if not listed:
        return "There is nothing to read: name files or folders, or give objects on standard input."
    name, reason = listed[0]
    more = f" (and {len(listed) - 1} more like it)" if len(listed) > 1 else ""
    return f"Nothing could be read: {name}: {reason}{more}; give YAML, JSON, an evidence bundle or an archive of one."
