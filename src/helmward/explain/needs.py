"""Which kinds the analyzers need: what is listed and watched, and what RBAC must grant. Nothing else is read."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.explain import join
from helmward.explain.analyzer import Analyzer
from helmward.world.kinds import KINDS


def kinds_needed(analyzers: Iterable[Analyzer]) -> set[str]:
    """The kinds that analyzers watch or read, and those that joining and naming workloads needs."""
    named = {kind for analyzer in analyzers for kind in (*analyzer.watches, *analyzer.reads)}
    return {kind for kind in named | join.READS if kind in KINDS}


def logs_needed(analyzers: Iterable[Analyzer]) -> bool:
    """True if any analyzer reads container logs."""
    return any("Log" in analyzer.reads for analyzer in analyzers)


def cluster_role(analyzers: Iterable[Analyzer], name: str = "helmward") -> dict[str, object]:
    """The smallest ClusterRole (rbac.authorization.k8s.io/v1) these analyzers can work with: get, list and watch."""
    analyzers = list(analyzers)
    by_group: dict[str, list[str]] = {}
    for kind in kinds_needed(analyzers):
        by_group.setdefault(KINDS[kind].group, []).append(KINDS[kind].plural)
    rules: list[dict[str, list[str]]] = [
        {"apiGroups": [group], "resources": sorted(by_group[group]), "verbs": ["list", "watch"]}
        for group in sorted(by_group)
    ]
    if logs_needed(analyzers):
        rules.append({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]})
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }
