"""Incidents, changes and coverage as the JSON that faces show (CONTRACTS.md names the keys)."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.core.nouns import Change, Finding, Moment, Noun
from helmward.explain.evidence import describe, what
from helmward.world.book import Tracked
from helmward.world.coverage import Coverage

_INTERNAL = ("brief", "depth", "certainty", "blames", "remedies", "since")


def plain(noun: Noun) -> dict[str, Any]:
    """A noun as a dictionary with the JSON names of its fields."""
    built: dict[str, Any] = msgspec.to_builtins(noun)
    return built


def finding(found: Finding) -> dict[str, Any]:
    """A finding with its public keys."""
    built = plain(found)
    for key in _INTERNAL:
        del built[key]
    for piece in built["evidence"]:
        del piece["time"]
    return built


def summary(entry: Tracked) -> dict[str, Any]:
    """One row of `incidents -o json`."""
    incident = entry.incident
    findings = {found.id: found for found in entry.findings}
    causes = [
        {
            "finding": cause.finding,
            "code": found.code,
            "slug": found.slug,
            "text": found.message,
            "brief": found.brief or found.message,
            "resource": plain(found.resource),
            "confidence": cause.confidence,
            "reason": cause.reason,
        }
        for cause in incident.causes
        if (found := findings.get(cause.finding)) is not None
    ]
    return {
        "id": entry.id,
        "state": entry.state,
        "severity": str(incident.severity),
        "title": incident.title,
        "resource": plain(incident.resource),
        "owner": plain(incident.owner) if incident.owner else None,
        "opened": entry.opened,
        "changed": entry.changed,
        "resolved": entry.resolved,
        "baseline": entry.baseline,
        "waitingFor": None,
        "acknowledged": plain(entry.acknowledged) if entry.acknowledged else None,
        "suppressed": plain(entry.suppressed) if entry.suppressed else None,
        "causes": causes,
    }


def detail(entry: Tracked) -> dict[str, Any]:
    """`explain ID -o json`: the summary and everything behind it."""
    incident = entry.incident
    return summary(entry) | {
        "impact": incident.impact,
        "symptoms": list(incident.symptoms),
        "timeline": [plain(moment) for moment in _told(entry)],
        "remedies": [plain(remedy) for remedy in incident.remedies],
        "findings": [finding(found) | {"brief": found.brief or found.message} for found in entry.findings],
    }


def _told(entry: Tracked) -> list[Moment]:
    """What its evidence tells, and what came to light in between, of which that tells nothing any more."""
    told = entry.incident.timeline
    more = [moment for moment in entry.turns if moment.evidence != entry.key]
    return sorted([*told, *more], key=lambda moment: moment.time[:19]) if more else list(told)


def change(changed: Change) -> dict[str, Any]:
    """A change as shown: a sentence beside its parts, values masked (the sentence is made of masked values alone). `what` is
    the sentence without who and when."""
    return {
        "time": changed.time,
        "resource": plain(changed.resource),
        "path": changed.path,
        "manager": changed.manager,
        "what": what(changed),
        "text": describe(changed),
    }


def coverage(covered: Coverage) -> dict[str, Any]:
    """What was read and what was not."""
    return {
        "read": dict(sorted(covered.counts.items())),
        "unread": [{"kind": kind, "reason": reason} for kind, reason in sorted(covered.reasons.items())],
        "problems": list(covered.problems),
    }
