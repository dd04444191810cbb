"""How an incident reads."""

from __future__ import annotations

from helmward.explain.reports.incident import lines


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
