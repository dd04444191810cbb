"""Known findings that shall not be reported again, each with a reason and a day on which that ends.

baseline:
  - code: HW-SVC-001
    resource: Service/production/legacy-*      # kind/namespace/name; * matches anything but /
    reason: being retired, ticket 4711
    expires: 2026-12-31
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from helmward.core.errors import UnreadableError, UsageError
from helmward.core.text import one_line
from helmward.core.typed import convert


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry: every finding with this code on a matching resource is known until the end of `expires`."""

    code: str
    resource: str
    reason: str
    expires: date

    def covers(self, finding: Mapping[str, Any]) -> bool:
        """True if this is the finding that is known."""
        resource = finding["resource"]
        name = "/".join(part for part in (resource["kind"], resource["namespace"], resource["name"]) if part)
        pattern = "[^/]*".join(re.escape(part) for part in self.resource.split("*"))
        return finding["code"] == self.code and re.fullmatch(pattern, name) is not None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    baseline: tuple[Known, ...]


class Baseline:
    """The entries of a baseline file."""

    def __init__(self, entries: tuple[Known, ...]) -> None:
        self._entries = entries

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Raises UnreadableError for a file that cannot be read, UsageError for one that says something else."""
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UnreadableError(f"The baseline {path} cannot be read ({error.strerror}); mend --baseline.") from None
        except UnicodeDecodeError:
            raise UnreadableError(f"The baseline {path} is not UTF-8; save it as UTF-8.") from None
        except yaml.YAMLError as error:
            raise UsageError(f"The baseline {path} is no valid YAML: {one_line(str(error), 200)}.") from None
        try:
            return cls(convert(document, _File, strict=False).baseline)
        except msgspec.ValidationError as error:
            raise UsageError(
                f"The baseline {path}: {error}; each entry under `baseline` needs code, resource, reason and expires."
            ) from None

    def apply(self, report: dict[str, Any], now: datetime, say: Callable[[str], None]) -> dict[str, Any]:
        """The report without known findings and what follows from them; both are listed under `suppressed`.

        Expired entries no longer hold, and are said.
        """
        valid = [entry for entry in self._entries if now.date() <= entry.expires]
        for entry in self._entries:
            if entry not in valid:
                say(
                    f"The baseline entry {entry.code} {entry.resource} expired on {entry.expires}: it is reported again."
                )
        known = {finding["id"]: entry for finding in report["findings"] for entry in valid if entry.covers(finding)}
        known = _following(report["incidents"], known) | known
        suppressed = [
            {"finding": identity, "reason": entry.reason, "expires": entry.expires.isoformat()}
            for identity, entry in known.items()
        ]
        findings = [finding for finding in report["findings"] if finding["id"] not in known]
        incidents = [
            trimmed for incident in report["incidents"] if (trimmed := _trim(incident, set(known))) is not None
        ]
        return report | {"incidents": incidents, "findings": findings, "suppressed": suppressed}


def _following(incidents: list[dict[str, Any]], known: Mapping[str, Known]) -> dict[str, Known]:
    """The other findings of incidents whose first cause is known, but not those that an incident still told needs."""
    told = {finding for incident in incidents if _first(incident) not in known for finding in _members(incident)}
    return {
        finding: known[_first(incident)]
        for incident in incidents
        if _first(incident) in known
        for finding in _members(incident)
        if finding not in told
    }


def _first(incident: Mapping[str, Any]) -> str:
    first: str = incident["causes"][0]["finding"]
    return first


def _members(incident: Mapping[str, Any]) -> list[str]:
    return [*(cause["finding"] for cause in incident["causes"]), *incident["symptoms"]]


def _trim(incident: dict[str, Any], known: set[str]) -> dict[str, Any] | None:
    """The incident without known findings; None where its first cause is known: what follows from it is known too."""
    if _first(incident) in known:
        return None
    causes = [cause for cause in incident["causes"] if cause["finding"] not in known]
    return incident | {
        "causes": causes,
        "symptoms": [symptom for symptom in incident["symptoms"] if symptom not in known],
    }
