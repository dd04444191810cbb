"""labelSelector and fieldSelector as the API takes them (labels.Parse, fields.ParseSelector)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helmward.lab.embedded.bodies import Body, at, meta
from helmward.lab.embedded.failures import bad_request

Predicate = Callable[[Body], bool]

_SET_BASED = re.compile(r"\s*([^\s,=!()]+)\s+(in|notin)\s*\(([^)]*)\)\s*")
_EQUALITY = re.compile(r"\s*([^\s,=!()]+)\s*(==|=|!=)\s*([^\s,=!()]*)\s*")
_PRESENCE = re.compile(r"\s*(!?)\s*([^\s,=!()]+)\s*")

_COMMON = ("metadata.name", "metadata.namespace")
# The selectable fields of each kind, as its registry strategy lists them.
_FIELDS: dict[str, tuple[str, ...]] = {
    "Pod": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "Event": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "Node": ("spec.unschedulable",),
    "Namespace": ("status.phase",),
    "Secret": ("type",),
    "Service": ("spec.clusterIP", "spec.type"),
    "Job": ("status.successful",),
    "ReplicaSet": ("status.replicas",),
}


@dataclass(frozen=True, slots=True)
class _Requirement:
    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: dict[str, str]) -> bool:
        match self.operator:
            case "in":
                return self.key in labels and labels[self.key] in self.values
            case "notin":
                return labels.get(self.key) not in self.values
            case "exists":
                return self.key in labels
            case _:
                return self.key not in labels


def label_selector(text: str) -> Predicate:
    """`a=b,c!=d,e in (f,g),!h` as a predicate over bodies. Raises ApiFailure 400."""
    requirements, rest = [], text
    while rest.strip():
        requirement, rest = _first(rest, text)
        requirements.append(requirement)

    def holds(body: Body) -> bool:
        labels = meta(body).get("labels") or {}
        return all(requirement.holds(labels) for requirement in requirements)

    return holds


def _first(rest: str, whole: str) -> tuple[_Requirement, str]:
    for pattern in (_SET_BASED, _EQUALITY, _PRESENCE):
        match = pattern.match(rest)
        if match and rest[match.end() : match.end() + 1] in ("", ","):
            return _requirement(pattern, match), rest[match.end() + 1 :]
    raise bad_request(f"unable to parse requirement: found '{rest[:40]}' in selector '{whole[:80]}'")


def _requirement(pattern: re.Pattern[str], match: re.Match[str]) -> _Requirement:
    if pattern is _PRESENCE:
        return _Requirement(match[2], "absent" if match[1] else "exists")
    if pattern is _SET_BASED:
        return _Requirement(match[1], match[2], frozenset(value.strip() for value in match[3].split(",")))
    return _Requirement(match[1], "notin" if match[2] == "!=" else "in", frozenset([match[3]]))


def field_selector(kind: str, text: str) -> Predicate:
    """`status.phase!=Failed,spec.nodeName=n1` as a predicate. Raises ApiFailure 400 for a field that cannot be used."""
    terms = [_term(kind, term) for term in text.split(",") if term.strip()]
    return lambda body: all((_field(body, path) == value) is wanted for path, value, wanted in terms)


def _term(kind: str, term: str) -> tuple[str, str, bool]:
    path, sign, value = next((term.partition(sign) for sign in ("!=", "==", "=") if sign in term), (term, "", ""))
    if not sign:
        raise bad_request(f"invalid selector: '{term[:80]}'; can't understand '{term[:80]}'")
    if path.strip() not in (*_COMMON, *_FIELDS.get(kind, ())):
        raise bad_request(_unselectable(kind, path.strip()[:80]))
    return path.strip(), value.strip(), sign != "!="


def _unselectable(kind: str, path: str) -> str:
    if kind in _FIELDS:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _field(body: Body, path: str) -> str:
    value: Any = at(body, *path.split("."))
    if path == "source":
        value = at(body, "source", "component") or body.get("reportingComponent")
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    return str(value)


def both(label_text: str, kind: str, field_text: str) -> Predicate | None:
    """The two selectors of a request as one predicate; None where neither is given."""
    chosen = [label_selector(label_text)] if label_text else []
    chosen += [field_selector(kind, field_text)] if field_text else []
    if not chosen:
        return None
    return lambda body: all(holds(body) for holds in chosen)
