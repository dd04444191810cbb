"""What must be named first of each recorded bundle, and of those of its parts that prove less or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """`slug` stands on `place` (a workload or object). `less`: by subset, what else it must be; "" for no incident.

    `also` are other causes that may be named where most is missing.
    """

    slug: str
    place: str
    less: dict[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def of(self, subset: str) -> tuple[str, str]:
        """(slug, place) of that subset."""
        told = self.less.get(subset, f"{self.slug} {self.place}").split()
        return (told[0], told[1] if len(told) > 1 else self.place) if told else ("", "")


def _each(subsets: str, told: str) -> dict[str, str]:
    return dict.fromkeys(subsets.split(), told)


_CARTS = "Deployment/cartservice"
_CLAIM = "PersistentVolumeClaim/mysql-data"
# The scheduler's Event alone says why; the pod's description prints no condition's message.
_UNSAID = {"no-events": "unschedulable"}
_SILENT = _each("tables describe", "")

EXPECTED = {
    "cpu-capacity": Expected("insufficient-cpu", _CARTS, _UNSAID),
    "db-credentials": Expected("database-access-denied", "Deployment/orderservice", _SILENT),
    "env-port": Expected("service-port-not-offered", "Deployment/checkoutservice", {"tables": ""}),
    "healthy": Expected("", ""),
    "image-tag": Expected("image-tag-not-found", _CARTS),
    "ingress-service": Expected(
        "route-backend-not-found", "Ingress/shop", _each("no-describe tables-logs tables", "")
    ),
    "kubelet-down": Expected(
        "kubelet-down", "Node/lab-node-3",
        _each("tables-logs tables", "node-not-ready") | _each("describe-logs describe", "node-unreachable"),
    ),
    "liveness-timing": Expected(
        "liveness-probe-kills-slow-start", _CARTS,
        _each("no-describe tables-logs tables", "liveness-probe-connection-refused")
        | {"no-events": "liveness-probe-timeout"},
    ),
    "missing-secret": Expected("secret-not-found", "Deployment/paymentservice"),
    "node-selector": Expected("node-selector-mismatch", _CARTS, _UNSAID),
    "oom": Expected("container-oom-killed", _CARTS, _each("no-describe tables-logs tables", "crash-loop")),
    # The controller says so of a class that only volumes made by hand have; without those volumes it is all there is.
    "pv-occupied": Expected("volume-bound-to-another-claim", _CLAIM, also=("storage-class-not-found",)),
    "pvc-class": Expected("storage-class-not-found", _CLAIM),
    "quota-services": Expected("quota-exceeded-services", "ResourceQuota/team-quota", _SILENT),
    "readiness-path": Expected("readiness-probe-wrong-path", "Deployment/frontend"),
    "scheduler-down": Expected(
        "kube-scheduler-down", "Node/lab-node-1",
        _each("tables-logs tables", f"scheduler-silent {_CARTS}")
        | _each("describe-logs describe", "service-no-ready-endpoints Service/cartservice"),
    ),
    "service-account": Expected(
        "service-account-not-found", "Deployment/orderservice", _each("describe-logs describe", "replica-create-failed")
    ),
    "service-protocol": Expected("service-protocol-mismatch", "Service/cartservice", _each("tables-logs tables", "")),
    "service-selector": Expected("service-selector-mismatch", "Service/cartservice"),
    "sidecar-port": Expected("crash-port-in-use", _CARTS, _each("tables describe", "crash-loop")),
    "wrong-host": Expected("host-name-unresolved", "Deployment/checkoutservice", _SILENT),
}  # fmt: skip
"""By scenario."""

SYMPTOMS = frozenset(
    {
        "container-config-error", "container-not-ready", "crash-loop", "dependency-unreachable", "image-pull-failed",
        "no-matching-volume", "replica-create-failed", "service-no-ready-endpoints", "unschedulable",
        "volume-claim-unbound",
    }
)  # fmt: skip
"""What is true of many faults: it may stand first where the fault itself is not shown."""
