"""What `diagnose` does: read, explain, print, and choose the exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from helmward.app import cluster_client, load_analyzers, needed_kinds
from helmward.core import paths
from helmward.core.errors import UsageError
from helmward.core.nouns import Severity
from helmward.core.settings import Settings, load
from helmward.core.times import parse_time
from helmward.explain.analyzer import Analyzer
from helmward.explain.reports.baseline import Baseline
from helmward.explain.reports.page import page
from helmward.explain.reports.sarif import sarif
from helmward.faces.cli.errors import RIGHTS, say
from helmward.faces.cli.output import emit
from helmward.house.once import Once, of_cluster, of_files

FINDINGS = 3  # the exit code for findings at or above --fail-on


class Request(NamedTuple):
    """The words of the call."""

    paths: tuple[str, ...]
    namespace: str | None
    context: str | None
    kubeconfig: Path | None
    now: str | None
    fail_on: str | None
    baseline: Path | None
    config_file: Path | None


def run(request: Request, fmt: str) -> int:
    """Diagnose and print; 0, or 3 where a finding is at or above `fail_on`."""
    now = _now(request)
    if "" in request.paths:
        raise UsageError("A PATH is empty; write . for the folder you are in.")
    if request.paths and (request.context or request.kubeconfig):
        raise UsageError("--context and --kubeconfig name a cluster and PATH names files; give one or the other.")
    loaded = load(paths.config_file(request.config_file, os.environ), os.environ)
    analyzers = load_analyzers(loaded.settings)
    baseline = Baseline.read(request.baseline) if request.baseline is not None else None
    if request.paths:
        stdin = sys.stdin.buffer.read() if "-" in request.paths else None
        files = [Path(path) for path in request.paths if path != "-"]
        once = of_files(files, stdin, analyzers, now, request.namespace)
    else:
        given = {"kubernetes.context": request.context, "kubernetes.kubeconfig": request.kubeconfig}
        loaded = loaded.replaced({name: value for name, value in given.items() if value is not None})
        once = asyncio.run(_cluster(loaded.settings, analyzers, request.namespace))
    report = once.report
    _warn(report)
    if baseline is not None:
        report = baseline.apply(report, once.now, say)
    _print(report, fmt)
    return FINDINGS if request.fail_on and _reached(report, Severity(request.fail_on)) else 0


async def _cluster(settings: Settings, analyzers: list[Analyzer], namespace: str | None) -> Once:
    async with cluster_client(settings, paths.key_dir(os.environ)) as client:
        return await of_cluster(client, needed_kinds(analyzers, settings), analyzers, namespace)


def _now(request: Request) -> datetime | None:
    if request.now is None:
        return None
    moment = parse_time(request.now)
    if moment is None:
        raise UsageError(f"--now '{request.now[:40]}' is no RFC 3339 time; write for example 2026-01-31T12:00:00Z.")
    if not request.paths:
        raise UsageError("--now is the clock for files; a cluster has its own.")
    return moment


def _print(report: dict[str, Any], fmt: str) -> None:
    if fmt in ("json", "yaml"):
        emit(report, fmt)
    elif fmt == "sarif":
        emit(sarif(report), "json")
    else:
        for line in page(report, markdown=fmt == "markdown"):
            click.echo(line)


def _warn(report: dict[str, Any]) -> None:
    forbidden = [entry["kind"] for entry in report["coverage"]["unread"] if entry["reason"] == "forbidden"]
    if forbidden:
        say(f"Not allowed to read {', '.join(forbidden)} in the whole cluster: {RIGHTS}")


def _reached(report: dict[str, Any], limit: Severity) -> bool:
    graded = [*report["findings"], *report["incidents"]]
    return any(Severity(entry["severity"]).rank <= limit.rank for entry in graded)
