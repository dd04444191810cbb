"""A whole diagnosis as text or markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helmward.explain.reports.incident import escape, lines


def page(report: Mapping[str, Any], markdown: bool = False) -> Iterator[str]:
    """The incidents, findings outside any incident, how many are known (`--baseline`), and what was and was not read."""
    findings = report["findings"]
    incidents = report["incidents"]
    if markdown:
        yield "# Diagnosis"
        yield ""
    count = len(incidents)
    known = report.get("suppressed", ())
    clean = f"Nothing {'new ' if known else ''}is wrong in what was read."
    yield clean if not count else f"{count} incident{'s' * (count != 1)}."
    for incident in incidents:
        yield ""
        yield from lines(incident, findings, markdown)
    told = {identity for incident in incidents for identity in (*incident["symptoms"], *_causes(incident))}
    rest = [finding for finding in findings if finding["id"] not in told]
    if rest:
        yield ""
        yield "## Notes" if markdown else "Notes"
    for finding in rest:
        message = escape(finding["message"]) if markdown else finding["message"]
        yield f"{'- ' if markdown else '  '}{finding['code']} {finding['severity']}: {message}"
    yield ""
    if known:
        yield f"Left out as known: {len(known)} finding{'s' * (len(known) != 1)}."
    yield from _coverage(report["coverage"], markdown)


def _causes(incident: Mapping[str, Any]) -> Iterator[str]:
    yield from (cause["finding"] for cause in incident["causes"])


def _coverage(coverage: Mapping[str, Any], markdown: bool) -> Iterator[str]:
    read = ", ".join(f"{count} {kind}" for kind, count in coverage["read"].items() if count)
    yield f"{'**Read:**' if markdown else 'Read:'} {read or 'nothing'}."
    unread = coverage["unread"]
    for reason in dict.fromkeys(entry["reason"] for entry in unread):
        text = f"{', '.join(entry['kind'] for entry in unread if entry['reason'] == reason)}: {reason}"
        yield f"{'- ' if markdown else ''}Not read: {escape(text) if markdown else text}"
    for problem in coverage["problems"]:
        yield f"{'- ' if markdown else ''}Problem: {escape(problem) if markdown else problem}"
