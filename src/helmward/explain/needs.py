"""Which kinds the analyzers need: what is listed and watched, and what RBAC must grant. Nothing else is read."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.explain.analyzer import Analyzer
from helmward.explain.causes import join
from helmward.world.kinds import KINDS, Kind

Right = tuple[str, str, str]
"""API group ("" for core), resource and verb."""


def kinds_needed(analyzers: Iterable[Analyzer]) -> set[str]:
    """The kinds that analyzers watch or read, and those that joining and naming workloads needs."""
    named = {kind for analyzer in analyzers for kind in (*analyzer.watches, *analyzer.reads)}
    return {kind for kind in named | join.READS if kind in KINDS}


def logs_needed(analyzers: Iterable[Analyzer]) -> bool:
    """True if any analyzer reads container logs."""
    return any("Log" in analyzer.reads for analyzer in analyzers)


def cluster_role(
    kinds: Iterable[Kind], logs: bool, name: str = "helmward", more: Iterable[Right] = ()
) -> dict[str, object]:
    """The smallest ClusterRole (rbac.authorization.k8s.io/v1) for watching `kinds`, for container logs if `logs`, and for
    `more`: API group, resource and verb of what tools need."""
    verbs: dict[tuple[str, str], set[str]] = {(kind.group, kind.plural): {"list", "watch"} for kind in kinds}
    for group, resource, verb in (*more, *([("", "pods/log", "get")] if logs else ())):
        verbs.setdefault((group, resource), set()).add(verb)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for group, resource in sorted(verbs):
        alike.setdefault((group, tuple(sorted(verbs[group, resource]))), []).append(resource)
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [
            {"apiGroups": [group], "resources": resources, "verbs": list(words)}
            for (group, words), resources in sorted(alike.items(), key=lambda rule: (rule[0][0], rule[1]))
        ],
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
