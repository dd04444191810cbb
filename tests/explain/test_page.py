"""How an incident reads."""

from __future__ import annotations

from helmward.explain.reports.incident import lines
from helmward.explain.reports.page import page


def test_the_timeline_is_one_column() -> None:
    times = ("2026-01-31T12:00:00Z", "2026-01-31T12:00:01.786872Z", "2026-01-31T12:00:02+00:00", "soon\x1b[31m")
    incident = {
        "id": "inc-a", "severity": "high", "title": "app", "impact": "", "causes": [], "symptoms": [], "remedies": [],
        "timeline": [{"time": time, "text": "it happened", "evidence": ""} for time in times],
    }  # fmt: skip
    shown = list(lines(incident, []))
    assert [line for line in shown if line.endswith("it happened")] == [
        "  2026-01-31T12:00:00Z  it happened",
        "  2026-01-31T12:00:01Z  it happened",
        "  2026-01-31T12:00:02Z  it happened",
        "  soon\\x1b[31m  it happened",
    ]


def test_what_was_not_read_is_a_line_a_reason() -> None:
    kinds = (("Job", "forbidden"), ("Lease", "not served"), ("Node", "forbidden"))
    unread = [{"kind": kind, "reason": reason} for kind, reason in kinds]
    report = {"incidents": [], "findings": [], "coverage": {"read": {}, "unread": unread, "problems": []}}
    assert list(page(report))[-3:] == [
        "Read: nothing.",
        "Not read: Job, Node: forbidden",
        "Not read: Lease: not served",
    ]
    assert list(page(report, markdown=True))[-1] == "- Not read: Lease: not served"
