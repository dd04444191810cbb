"""A baseline: what is known is left out, what follows from it too, and the page says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from helmward.core.errors import UnreadableError
from helmward.explain.reports.baseline import Baseline
from helmward.explain.reports.page import page

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ENTRY = "baseline: [{code: HW-IMG-001, resource: Pod/p/app, reason: ticket 4711, expires: 2026-12-31}]"


def finding(identity: str, code: str, kind: str, name: str) -> dict[str, Any]:
    return {
        "id": identity, "code": code, "severity": "high", "message": f"{name}: broken", "why": "It matters.",
        "resource": {"kind": kind, "namespace": "p", "name": name}, "evidence": [],
    }  # fmt: skip


def incident(identity: str, first: str, *symptoms: str) -> dict[str, Any]:
    return {
        "id": identity, "severity": "high", "title": identity, "impact": "", "timeline": [], "remedies": [],
        "causes": [{"finding": first, "confidence": 0.9, "reason": ""}], "symptoms": list(symptoms),
    }  # fmt: skip


def report(*incidents: dict[str, Any]) -> dict[str, Any]:
    found = [
        finding("fnd-image", "HW-IMG-001", "Pod", "app"),
        finding("fnd-service", "HW-SVC-005", "Service", "app"),
        finding("fnd-other", "HW-POD-004", "Pod", "other"),
    ]
    coverage = {"read": {"Pod": 2}, "unread": [], "problems": []}
    return {"coverage": coverage, "incidents": list(incidents), "findings": found}


def applied(folder: Path, told: dict[str, Any]) -> dict[str, Any]:
    path = folder / "known.yaml"
    path.write_text(ENTRY)
    return Baseline.read(path).apply(told, NOW, lambda sentence: pytest.fail(sentence))


def test_what_follows_from_a_known_cause_is_known_too(tmp_path: Path) -> None:
    left = applied(tmp_path, report(incident("inc-a", "fnd-image", "fnd-service"), incident("inc-b", "fnd-other")))
    assert [entry["id"] for entry in left["incidents"]] == ["inc-b"]
    assert [entry["id"] for entry in left["findings"]] == ["fnd-other"]
    assert {entry["finding"] for entry in left["suppressed"]} == {"fnd-image", "fnd-service"}


def test_a_symptom_of_an_incident_still_told_is_told(tmp_path: Path) -> None:
    both = report(incident("inc-a", "fnd-image", "fnd-service"), incident("inc-b", "fnd-other", "fnd-service"))
    left = applied(tmp_path, both)
    assert {entry["id"] for entry in left["findings"]} == {"fnd-service", "fnd-other"}
    assert left["incidents"][0]["symptoms"] == ["fnd-service"]


def test_the_page_says_that_something_was_left_out(tmp_path: Path) -> None:
    told = report(incident("inc-a", "fnd-image", "fnd-service"))
    told["findings"] = told["findings"][:2]
    assert "Nothing is wrong in what was read." in list(page(report() | {"findings": []}))
    shown = list(page(applied(tmp_path, told)))
    assert "Nothing new is wrong in what was read." in shown
    assert "Left out as known: 2 findings." in shown


def test_a_baseline_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"cannot be read \(No such file or directory\)") as missing:
        Baseline.read(tmp_path / "none.yaml")
    assert "Errno" not in str(missing.value)
    odd = tmp_path / "odd.yaml"
    odd.write_bytes(b"baseline: [\xe9]")
    with pytest.raises(UnreadableError, match="not UTF-8"):
        Baseline.read(odd)
