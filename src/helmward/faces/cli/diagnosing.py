"""What `diagnose` does: read, explain, print, and choose the exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from helmward.app import diagnose_cluster, diagnose_files, load_analyzers
from helmward.core import paths
from helmward.core.errors import UsageError
from helmward.core.nouns import Severity
from helmward.core.settings import load
from helmward.core.times import parse_time
from helmward.explain.baseline import Baseline
from helmward.explain.reports.page import page
from helmward.explain.reports.sarif import sarif
from helmward.faces.cli.errors import say
from helmward.faces.cli.output import emit

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
    loaded = load(paths.config_file(request.config_file, os.environ), os.environ)
    analyzers = load_analyzers(loaded.settings)
    if request.paths:
        stdin = sys.stdin.buffer.read() if "-" in request.paths else None
        files = [Path(path) for path in request.paths if path != "-"]
        diagnosis = diagnose_files(files, stdin, analyzers, now, request.namespace)
    else:
        diagnosis = asyncio.run(
            diagnose_cluster(loaded.settings, analyzers, request.context, request.kubeconfig, request.namespace)
        )
    report = diagnosis.report
    if request.baseline is not None:
        report = Baseline.read(request.baseline).apply(report, diagnosis.now, say)
    _print(report, fmt)
    return FINDINGS if request.fail_on and _reached(report, Severity(request.fail_on)) else 0


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


def _reached(report: dict[str, Any], limit: Severity) -> bool:
    graded = [*report["findings"], *report["incidents"]]
    return any(Severity(entry["severity"]).rank <= limit.rank for entry in graded)
