"""Judges a diagnosis: is the first cause of its first incident the fault that was made?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.end_to_end.bundles.faults import Fault

from helmward.core.extend import REGISTRY, load_package
from helmward.explain import analyzers
from helmward.explain.analyzer import Analyzer
from helmward.house.once import of_files


class Verdict(NamedTuple):
    """`found` is what was named first, `right` whether it is the fault."""

    right: bool
    found: str
    report: dict[str, Any]


@cache
def _analyzers() -> Sequence[Analyzer]:
    load_package(analyzers)
    return list(REGISTRY.build("analyzer"))


def judge(folder: Path, fault: Fault) -> Verdict:
    """Diagnose a bundle as `helmward diagnose FOLDER -o json` does."""
    report = of_files([folder], None, _analyzers(), None, None).report
    if not report["incidents"]:
        return Verdict(not fault.slugs, "nothing", report)
    by_id = {finding["id"]: finding for finding in report["findings"]}
    first = by_id[report["incidents"][0]["causes"][0]["finding"]]
    resource, owner = first["resource"], first["owner"] or {}
    places = {f"{resource['kind']}/{resource['name']}", f"{owner.get('kind')}/{owner.get('name')}"}
    there = any(f"{kind}/{name}" in places or (not name and resource["kind"] == kind) for kind, name in fault.places)
    shown = f"{first['slug']} {resource['kind']}/{resource['name']}"
    return Verdict(first["slug"] in fault.slugs and there, shown, report)
