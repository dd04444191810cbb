"""The timeline of an incident with what was done about it."""

from __future__ import annotations

from helmward.house import timeline


def test_what_happened_comes_before_what_was_done_about_it() -> None:
    """Kubernetes writes whole seconds, we write fractions."""
    happened = [{"time": "2026-01-31T12:00:25Z", "text": "broke"}, {"time": "2026-01-31T12:00:29Z", "text": "failed"}]
    done = [
        {"time": "2026-01-31T12:00:25.894199Z", "text": "planned"},
        {"time": "2026-01-31T12:00:29Z", "text": "done"},
    ]
    told = [moment["text"] for moment in timeline.merged(happened, done)]
    assert told == ["broke", "planned", "failed", "done"]
