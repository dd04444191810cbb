"""From explanations to groups: follow each to its root, and put roots that are one problem together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from helmward.core.nouns import Finding
from helmward.explain.causes.places import Place, home, place_of


class Explained(NamedTuple):
    """What explains a finding, and why we think so."""

    cause: Finding
    reason: str


class Group(NamedTuple):
    """One incident in the making: its first causes, best first, and everything they explain."""

    causes: tuple[Finding, ...]
    symptoms: tuple[Finding, ...]
    reasons: dict[str, str]
    """Finding id → why it ranks where it does."""


def roots_of(findings: Iterable[Finding], explained: Mapping[str, Explained]) -> dict[str, Finding]:
    """Finding id → the first cause at the end of its explanations. In a circle it is the earliest of the deepest."""
    roots: dict[str, Finding] = {}
    for finding in findings:
        trail: dict[str, Finding] = {}
        at = finding
        while at.id not in roots and at.id not in trail and at.id in explained:
            trail[at.id] = at
            at = explained[at.id].cause
        if at.id in trail:
            walked = list(trail.values())
            root = min(walked[walked.index(at) :], key=_earliest)
        else:
            root = roots.get(at.id, at)
        roots.update(dict.fromkeys([*trail, at.id], root))
    return roots


def same_incident(roots: Iterable[Finding]) -> list[list[Finding]]:
    """First causes that are one problem: on one workload, or blaming one same object."""
    ordered = sorted(roots, key=lambda root: root.id)
    leader = {root.id: root.id for root in ordered}

    def find(identity: str) -> str:
        while leader[identity] != identity:
            leader[identity] = leader[leader[identity]]
            identity = leader[identity]
        return identity

    seen: dict[Place, str] = {}
    for root in ordered:
        for place in (home(root), *map(place_of, root.blames)):
            other = seen.setdefault(place, root.id)
            leader[find(root.id)] = find(other)
    groups: dict[str, list[Finding]] = {}
    for root in ordered:
        groups.setdefault(find(root.id), []).append(root)
    return list(groups.values())


def group(causes: Iterable[Finding], members: Sequence[Finding], explained: Mapping[str, Explained]) -> Group:
    """The incident of these first causes; replicas repeat one cause, which counts once for each workload."""
    kept = {cause.id: cause for cause in _distinct(sorted(causes, key=_first))}
    symptoms = sorted((member for member in members if member.id not in kept), key=_by_severity)
    reasons = {member.id: explained[member.id].reason for member in symptoms if member.id in explained}
    reasons |= {cause.id: _reason(cause, len(symptoms)) for cause in kept.values()}
    return Group(tuple(kept.values()), tuple(symptoms), reasons)


def _distinct(causes: Iterable[Finding]) -> list[Finding]:
    """One of each code and workload; several only where they blame different objects (two missing ConfigMaps)."""
    kept: dict[tuple[str, Place], list[Finding]] = {}
    for cause in causes:
        same = kept.setdefault((cause.code, home(cause)), [])
        if not same or (cause.blames and all(set(cause.blames).isdisjoint(other.blames) for other in same)):
            same.append(cause)
    return sorted((cause for same in kept.values() for cause in same), key=_first)


def _first(cause: Finding) -> tuple[int, float, int, str, str]:
    # Of equally sure ones, that which names what it needs tells more.
    return cause.depth, -cause.certainty, -len(cause.blames), cause.since or "~", cause.id


def _earliest(finding: Finding) -> tuple[int, str, str]:
    return finding.depth, finding.since or "~", finding.id


def _by_severity(finding: Finding) -> tuple[int, int, str]:
    return finding.severity.rank, finding.depth, finding.id


def _reason(cause: Finding, explained: int) -> str:
    changed = ["it was changed just before"] if any(piece.source == "change" for piece in cause.evidence) else []
    symptoms = [f"it explains {explained} other finding{'s' * (explained != 1)}"] if explained else []
    return "; ".join([*changed, "nothing found explains it", *symptoms])
