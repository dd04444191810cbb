"""One diagnosis without a server: of a cluster, or of files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from helmward.core.errors import UnreadableError
from helmward.core.memory import long_lived
from helmward.core.text import one_line
from helmward.explain.analyzer import Analyzer
from helmward.explain.engine import Engine
from helmward.explain.reports.diagnosis import diagnose
from helmward.guard.secrets import clean_object, mask
from helmward.watch import files as bundle
from helmward.watch.cluster import ClusterWatch, utc_now
from helmward.watch.logs import LogFetcher
from helmward.watch.reader import ClusterReader
from helmward.world.kinds import Kind
from helmward.world.store import World

_LOG_ROUNDS = 3  # a log can lead to another one; more than this is no longer one cause


class Once(NamedTuple):
    """A report and the clock it was made by."""

    report: dict[str, Any]
    now: datetime


def of_files(
    paths: Sequence[Path],
    stdin: bytes | None,
    analyzers: Sequence[Analyzer],
    now: datetime | None,
    namespace: str | None,
) -> Once:
    """Diagnose files, folders, archives and standard input. Raises UnreadableError if nothing of it can be read."""
    with long_lived():
        read = bundle.read(paths, stdin, clean=clean_object, mask=mask, now=now)
        engine = Engine(read.world, analyzers)
        engine.full(read.now)
    covered = read.world.coverage
    if covered.problems and not (covered.counts or any(read.world.logs.refs())):
        # All of it is broken: that must not look like nothing being wrong.
        raise UnreadableError(f"Nothing could be read: {one_line(covered.problems[0])}")
    return Once(_report(read.world, engine, read.now, namespace), read.now)


async def of_cluster(
    reader: ClusterReader, kinds: Sequence[Kind], analyzers: Sequence[Analyzer], namespace: str | None
) -> Once:
    """Diagnose a cluster: one consistent snapshot, then the logs that the analyzers asked for."""
    world = World(clean=clean_object)
    with long_lived():
        await ClusterWatch(reader, world, kinds, on_batch=lambda: None).snapshot()
        now = utc_now()
        engine = Engine(world, analyzers)
        engine.full(now)
    fetcher = LogFetcher(reader, world, on_logs=lambda: None, pauses=())
    for _ in range(_LOG_ROUNDS):
        if not world.logs.wanted:
            break
        await fetcher.settle()
        engine.update(now)
    await fetcher.close()
    return Once(_report(world, engine, now, namespace), now)


def _report(world: World, engine: Engine, now: datetime, namespace: str | None) -> dict[str, Any]:
    report = diagnose(world, engine.findings, now).report
    if namespace is None:
        return report
    findings = [finding for finding in report["findings"] if finding["resource"]["namespace"] in (namespace, "")]
    kept = {finding["id"] for finding in findings}
    incidents = [
        incident for incident in report["incidents"] if any(cause["finding"] in kept for cause in incident["causes"])
    ]
    for incident in incidents:  # what an incident of this namespace rests on stays with it
        kept.update(incident["symptoms"], (cause["finding"] for cause in incident["causes"]))
    return report | {
        "incidents": incidents,
        "findings": [finding for finding in report["findings"] if finding["id"] in kept],
    }
