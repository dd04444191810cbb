"""The diagnosis as SARIF 2.1.0 (OASIS), for code review tools that show findings beside the files they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from helmward import __version__
from helmward.explain import titles

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def sarif(report: Mapping[str, Any]) -> dict[str, Any]:
    """One run; a rule for each code that was found, a result for each finding."""
    rules: dict[str, dict[str, Any]] = {}
    for finding in report["findings"]:
        rules.setdefault(finding["code"], _rule(finding))
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "helmward", "semanticVersion": __version__, "rules": list(rules.values())}},
                "results": [_result(finding, list(rules)) for finding in report["findings"]],
            }
        ],
    }


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": finding["code"],
        "name": "".join(word.capitalize() for word in finding["slug"].split("-")),
        "shortDescription": {"text": titles.words(finding["slug"])},
        "fullDescription": {"text": finding["why"]},
        "defaultConfiguration": {"level": _LEVELS[finding["severity"]]},
    }


def _result(finding: Mapping[str, Any], rules: list[str]) -> dict[str, Any]:
    resource = finding["resource"]
    name = "/".join(part for part in (resource["kind"], resource["namespace"], resource["name"]) if part)
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}]}
    place = next((piece for piece in finding["evidence"] if piece.get("file")), None)
    if place is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place["file"])}}
        if place.get("line"):
            physical["region"] = {"startLine": place["line"]}
        location["physicalLocation"] = physical
    return {
        "ruleId": finding["code"],
        "ruleIndex": rules.index(finding["code"]),
        "level": _LEVELS[finding["severity"]],
        "message": {"text": f"{finding['message'].rstrip('.')}. {finding['remedy']}"},
        "locations": [location],
        "partialFingerprints": {"helmwardFinding/v1": finding["id"]},
    }


def _uri(file: str) -> str:
    """RFC 3986: a relative reference, or a file URI for an absolute path (SARIF 2.1.0, 3.4.4)."""
    path = quote(file, safe="/", errors="replace")
    return f"file://{path}" if path.startswith("/") else path
