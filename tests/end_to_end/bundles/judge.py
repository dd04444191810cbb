"""What a diagnosis of a bundle names as the first cause of its first incident."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from helmward.core.extend import REGISTRY, load_package
from helmward.explain import analyzers
from helmward.explain.analyzer import Analyzer
from helmward.house.once import of_files


@cache
def _analyzers() -> Sequence[Analyzer]:
    load_package(analyzers)
    return list(REGISTRY.build("analyzer"))


def diagnose(folder: Path) -> dict[str, Any]:
    """The report, as `helmward diagnose FOLDER -o json` prints it."""
    return of_files([folder], None, _analyzers(), None, None).report


def first_cause(report: dict[str, Any]) -> tuple[str, str]:
    """(slug, `Kind/name` of the workload or object); empty strings where there is no incident."""
    if not report["incidents"]:
        return "", ""
    finding = first_finding(report, report["incidents"][0])
    place = finding["owner"] or finding["resource"]
    return finding["slug"], f"{place['kind']}/{place['name']}"


def first_finding(report: dict[str, Any], incident: dict[str, Any]) -> dict[str, Any]:
    """The finding that is an incident's first cause."""
    first = incident["causes"][0]["finding"]
    found: dict[str, Any] = next(each for each in report["findings"] if each["id"] == first)
    return found
