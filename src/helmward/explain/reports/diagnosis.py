"""The diagnosis report of CONTRACTS.md: one pass over a world, as one JSON object."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from helmward.core.nouns import Finding, Incident
from helmward.explain.causes.incidents import incidents
from helmward.explain.reports import present
from helmward.world.store import World

SCHEMA = "helmward.dev/diagnosis/v1"


class Diagnosis(NamedTuple):
    """What a pass found. `findings` are all of them, those of no incident (informational) too."""

    findings: tuple[Finding, ...]
    incidents: tuple[Incident, ...]
    report: dict[str, Any]


def diagnose(world: World, findings: Iterable[Finding], now: datetime) -> Diagnosis:
    """Join the findings and write the report."""
    found = tuple(sorted(findings, key=lambda finding: (finding.severity.rank, finding.depth, finding.id)))
    joined = tuple(incidents(found, world, now))
    report = {
        "schema": SCHEMA,
        "coverage": present.coverage(world.coverage),
        "incidents": [_incident(incident) for incident in joined],
        "findings": [present.finding(finding) for finding in found],
    }
    return Diagnosis(found, joined, report)


def _incident(incident: Incident) -> dict[str, Any]:
    built = present.plain(incident)
    return {
        key: built[key]
        for key in (
            "id", "severity", "title", "resource", "owner", "causes", "symptoms", "impact", "timeline", "remedies",
        )
    }  # fmt: skip
