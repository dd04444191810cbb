"""What must be said of each fault of the lab: the first cause, what changed just before, and by what it is proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helmward.core.nouns import Evidence, Finding
from helmward.core.times import parse_time

_IMAGES = "registry.example.com"
_CONTAINER = "Deployment/production/{0} .spec.template.spec.containers[{0}]"


@dataclass(frozen=True)
class Expected:
    """A code with its slug, the resource it stands on (a pod by the start of its name), and its proof.

    `change` is (where, before, after, by whom); None where nothing that the API server knows of has changed. `fixes` counts
    the remedies, from the first, that a person runs to end it; 0 where what must be done is no single command. `deadline`
    is how many seconds after Kubernetes' own signs the cause must be named.
    """

    code: str
    slug: str
    resource: str
    sources: frozenset[str]
    change: tuple[str, str, str, str | None] | None = None
    fixes: int = 1
    deadline: float = 2.0


def _of(code: str, slug: str, resource: str, sources: str, *change: Any, **more: Any) -> Expected:
    return Expected(code, slug, resource, frozenset(sources.split()), change or None, **more)


EXPECTED = {
    "bad-config": _of(
        "HW-POD-007", "crash-bad-configuration", "Pod/production/payment-service-", "object log change",
        "ConfigMap/production/payment-config .data.timeout-seconds", "5", "5 seconds", "kubectl-edit", fixes=2,
    ),
    "crash": _of(
        "HW-POD-004", "crash-loop", "Pod/production/user-service-", "object log change",
        _CONTAINER.format("user-service") + ".args", '["--workers=2"]', '["--workers=two"]', "kubectl-edit",
    ),
    "image": _of(
        "HW-IMG-001", "image-tag-not-found", "Pod/production/payment-service-", "object event change",
        _CONTAINER.format("payment-service") + ".image",
        f"{_IMAGES}/shop/payment-service:2.4.0", f"{_IMAGES}/shop/payment-service:2.5.0", "kubectl-set",
    ),
    "image-auth": _of(
        "HW-IMG-003", "image-pull-unauthorized", "Pod/production/user-service-", "object event change",
        _CONTAINER.format("user-service") + ".image",
        f"{_IMAGES}/shop/user-service:1.9.0", f"{_IMAGES}/vault/user-service:1.10.0", "kubectl-set",
    ),
    "liveness": _of(
        "HW-PRB-202", "liveness-probe-wrong-path", "Pod/production/user-service-", "object event change",
        _CONTAINER.format("user-service") + ".livenessProbe.httpGet.path", "/healthz", "/health/live", "kubectl-edit",
    ),
    "missing-key": _of(
        "HW-CFG-003", "configmap-key-not-found", "Pod/production/frontend-", "object change",
        "ConfigMap/production/frontend-config .data.checkout", "on", "(none)", None,
    ),
    "missing-secret": _of(
        "HW-CFG-002", "secret-not-found", "Pod/production/payment-service-", "object change",
        _CONTAINER.format("payment-service") + ".env[PROVIDER_TOKEN].valueFrom.secretKeyRef.name",
        "payment-credentials", "payment-credentials-v2", "kubectl-edit",
    ),
    "node-down": _of("HW-NOD-002", "node-unreachable", "Node/lab-node-", "object", fixes=0, deadline=10),
    "oom": _of(
        "HW-POD-001", "container-oom-killed", "Pod/production/user-service-", "object change",
        _CONTAINER.format("user-service") + ".resources.limits.memory", "256Mi", "96Mi", "kubectl-set",
    ),
    "pending-pvc": _of(
        "HW-PVC-001", "storage-class-not-found", "PersistentVolumeClaim/production/payment-ledger",
        "object event change", "PersistentVolumeClaim/production/payment-ledger", "", "created", "kubectl-create",
        fixes=0, deadline=5,
    ),
    "port": _of(
        "HW-SVC-003", "service-target-port-mismatch", "Service/production/payment-service", "object change",
        "Service/production/payment-service .spec.ports[http].targetPort", "8080", "9090", "kubectl-edit",
    ),
    "probe": _of(
        "HW-PRB-102", "readiness-probe-wrong-path", "Pod/production/frontend-", "object event change",
        _CONTAINER.format("frontend") + ".readinessProbe.httpGet.path", "/ready", "/readyz", "kubectl-edit",
    ),
    "quota": _of(
        "HW-QTA-003", "quota-exceeded-memory", "ReplicaSet/production/frontend-", "object change",
        _CONTAINER.format("frontend") + ".resources.requests.memory", "64Mi", "1536Mi", "kubectl-set",
    ),
    "scale-zero": _of(
        "HW-ROL-005", "scaled-to-zero", "Deployment/production/payment-service", "object change",
        "Deployment/production/payment-service .spec.replicas", "2", "0", "kubectl-edit",
    ),
    "selector": _of(
        "HW-SVC-001", "service-selector-mismatch", "Service/production/user-service", "object change",
        "Service/production/user-service .spec.selector.app", "user-service", "users", "kubectl-edit",
    ),
    "stuck-rollout": _of(
        "HW-ROL-001", "rollout-stuck", "Deployment/production/payment-service", "object change",
        _CONTAINER.format("payment-service") + ".env[WAIT_FOR_MIGRATION]",
        "(none)", '{"name":"WAIT_FOR_MIGRATION","value":"true"}', "kubectl-edit",
    ),
    "unschedulable": _of(
        "HW-SCH-001", "insufficient-cpu", "Pod/production/user-service-", "object event change",
        _CONTAINER.format("user-service") + ".resources.requests.cpu", "100m", "64", "kubectl-set", deadline=5,
    ),
}  # fmt: skip
"""By the name of the fault."""


def complaint(fault: str, finding: Finding) -> str:
    """What `finding` leaves to be desired as the first cause of `fault`; empty when all is as it must be."""
    want = EXPECTED[fault]
    if (finding.code, finding.slug) != (want.code, want.slug):
        return f"{finding.code} {finding.slug} instead of {want.code} {want.slug}"
    if not str(finding.resource).startswith(want.resource):
        return f"it stands on {finding.resource} instead of {want.resource}"
    if lacking := want.sources - {piece.source for piece in finding.evidence}:
        return f"no evidence of {', '.join(sorted(lacking))}"
    return "" if want.change is None else _wrong_change(finding, *want.change)


def _wrong_change(finding: Finding, place: str, before: str, after: str, manager: str | None) -> str:
    told = f"{before} → {after}" if before else after
    by = f" by {manager}" if manager else ""
    change = next((piece for piece in finding.evidence if piece.source == "change"), None)
    if change is None or change.ref != place:
        return f"the change {change.ref if change else 'is missing'} instead of {place}"
    if f"{told}{by} at " not in change.excerpt or (manager is None and " by " in change.excerpt):
        return f"the change says '{change.excerpt}' instead of '{told}{by}'"
    if f"{told}{by} at " not in finding.message:
        return f"the message does not name the change '{told}': {finding.message}"
    return _unproved(change)


def _unproved(change: Evidence) -> str:
    stamp = change.excerpt.rpartition(" at ")[2]
    return "" if parse_time(stamp) is not None else f"'{stamp}' is no time"
