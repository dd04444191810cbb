"""Which kinds the analyzers need: what is listed and watched, and what RBAC must grant. Nothing else is read."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.explain.analyzer import Analyzer
from helmward.explain.causes import join
from helmward.world.kinds import KINDS, Kind


def kinds_needed(analyzers: Iterable[Analyzer]) -> set[str]:
    """The kinds that analyzers watch or read, and those that joining and naming workloads needs."""
    named = {kind for analyzer in analyzers for kind in (*analyzer.watches, *analyzer.reads)}
    return {kind for kind in named | join.READS if kind in KINDS}


def logs_needed(analyzers: Iterable[Analyzer]) -> bool:
    """True if any analyzer reads container logs."""
    return any("Log" in analyzer.reads for analyzer in analyzers)


def cluster_role(kinds: Iterable[Kind], logs: bool, name: str = "helmward") -> dict[str, object]:
    """The smallest ClusterRole (rbac.authorization.k8s.io/v1) for reading `kinds`, and container logs if `logs`."""
    by_group: dict[str, list[str]] = {}
    for kind in kinds:
        by_group.setdefault(kind.group, []).append(kind.plural)
    rules: list[dict[str, list[str]]] = [
        {"apiGroups": [group], "resources": sorted(by_group[group]), "verbs": ["list", "watch"]}
        for group in sorted(by_group)
    ]
    if logs:
        rules.append({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]})
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }


def binding(name: str, namespace: str, account: str) -> list[dict[str, object]]:
    """The ServiceAccount `account` of `namespace`, and the ClusterRoleBinding that gives it the ClusterRole `name`."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": account, "namespace": namespace},
            "automountServiceAccountToken": False,
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
        },
    ]
