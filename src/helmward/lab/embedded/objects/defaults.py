"""The defaults of the API types (pkg/apis/*/v1/defaults.go), for the kinds the lab works with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from helmward.lab.embedded.bodies import Body, meta
from helmward.lab.embedded.objects.poddefaults import default_pod_spec


def _fill(body: Body, **values: Any) -> None:
    for name, value in values.items():
        if body.get(name) is None:
            body[name] = value


# The status of a new object: its counters without omitempty.
_NEW: dict[str, Body] = {
    "ReplicaSet": {"replicas": 0},
    "StatefulSet": {"replicas": 0, "availableReplicas": 0},
    "DaemonSet": dict.fromkeys(
        ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"), 0
    ),
    "Ingress": {"loadBalancer": {}},
    "PodDisruptionBudget": dict.fromkeys(("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), 0),
    "HorizontalPodAutoscaler": {"currentMetrics": None, "desiredReplicas": 0},
}


def new_status(kind: str) -> Body:
    """The status an object of this kind is created with, whatever was sent."""
    return dict(_NEW.get(kind, {}))


def default(kind: str, body: Body) -> None:
    """Fill in what the client left out; what is set already stays."""
    if kind in _DEFAULTS:
        _DEFAULTS[kind](body)


def _template(spec: Body) -> Body:
    template: Body = spec.setdefault("template", {})
    metadata = template.setdefault("metadata", {})
    if metadata.get("creationTimestamp") is None:
        metadata.pop("creationTimestamp", None)
    template.setdefault("spec", {})
    return template


def _pod(body: Body) -> None:
    default_pod_spec(body.setdefault("spec", {}))
    _fill(body["spec"], enableServiceLinks=True)
    requests_from_limits(body["spec"])


def requests_from_limits(spec: Body) -> None:
    """A limit without a request is the request too (SetDefaults_Pod); of pods alone, not of templates."""
    for container in (spec.get("containers") or []) + (spec.get("initContainers") or []):
        limits = (container.get("resources") or {}).get("limits") or {}
        for name, amount in limits.items():
            container["resources"].setdefault("requests", {}).setdefault(name, amount)


def _workload(body: Body) -> Body:
    spec: Body = body.setdefault("spec", {})
    default_pod_spec(_template(spec)["spec"])
    return spec


def _replica_set(body: Body) -> None:
    _fill(_workload(body), replicas=1)


def _deployment(body: Body) -> None:
    spec = _workload(body)
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = spec.setdefault("strategy", {})
    _fill(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _fill(strategy, rollingUpdate={})
        _fill(strategy["rollingUpdate"], maxSurge="25%", maxUnavailable="25%")


def _stateful_set(body: Body) -> None:
    spec = _workload(body)
    _fill(spec, replicas=1, revisionHistoryLimit=10, podManagementPolicy="OrderedReady", updateStrategy={})
    _fill(spec, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Retain"})
    _fill(spec["updateStrategy"], type="RollingUpdate")
    if spec["updateStrategy"]["type"] == "RollingUpdate":
        _fill(spec["updateStrategy"], rollingUpdate={"partition": 0})


def _daemon_set(body: Body) -> None:
    spec = _workload(body)
    _fill(spec, revisionHistoryLimit=10, updateStrategy={})
    _fill(spec["updateStrategy"], type="RollingUpdate")
    if spec["updateStrategy"]["type"] == "RollingUpdate":
        _fill(spec["updateStrategy"], rollingUpdate={})
        _fill(spec["updateStrategy"]["rollingUpdate"], maxSurge=0, maxUnavailable=1)


def _job(body: Body) -> None:
    spec = _workload(body)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        _fill(spec, completions=1)
    _fill(spec, parallelism=1, backoffLimit=6, completionMode="NonIndexed", suspend=False)
    _fill(spec, podReplacementPolicy="TerminatingOrFailed", manualSelector=False)


def _cron_job(body: Body) -> None:
    spec = body.setdefault("spec", {})
    _fill(spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    job = spec.setdefault("jobTemplate", {})
    job.setdefault("metadata", {})
    default_pod_spec(_template(job.setdefault("spec", {}))["spec"])


def _service(body: Body) -> None:
    spec = body.setdefault("spec", {})
    _fill(spec, type="ClusterIP", sessionAffinity="None")
    if spec["type"] != "ExternalName":
        _fill(spec, internalTrafficPolicy="Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _fill(spec, externalTrafficPolicy="Cluster")
    for port in spec.get("ports") or []:
        _fill(port, protocol="TCP", targetPort=port.get("port"))
    body.setdefault("status", {}).setdefault("loadBalancer", {})


def _secret(body: Body) -> None:
    _fill(body, type="Opaque")
    written = body.pop("stringData", None) or {}
    if written:
        encoded = {key: b64encode(str(value).encode()).decode() for key, value in written.items()}
        body["data"] = (body.get("data") or {}) | encoded


def _namespace(body: Body) -> None:
    body.setdefault("metadata", {}).setdefault("labels", {})["kubernetes.io/metadata.name"] = meta(body).get("name")
    body.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    body.setdefault("status", {}).setdefault("phase", "Active")


def _claim(body: Body) -> None:
    _fill(body.setdefault("spec", {}), volumeMode="Filesystem")
    body.setdefault("status", {}).setdefault("phase", "Pending")


def _volume(body: Body) -> None:
    _fill(body.setdefault("spec", {}), volumeMode="Filesystem", persistentVolumeReclaimPolicy="Retain")
    body.setdefault("status", {}).setdefault("phase", "Available")


def _storage_class(body: Body) -> None:
    _fill(body, reclaimPolicy="Delete", volumeBindingMode="Immediate")


def _network_policy(body: Body) -> None:
    spec = body.setdefault("spec", {})
    for rule in (spec.get("ingress") or []) + (spec.get("egress") or []):
        for port in rule.get("ports") or []:
            _fill(port, protocol="TCP")
    _fill(spec, policyTypes=["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _autoscaler(body: Body) -> None:
    _fill(body.setdefault("spec", {}), minReplicas=1)


def _limit_range(body: Body) -> None:
    for limit in body.setdefault("spec", {}).get("limits") or []:
        if limit.get("type") == "Container" and limit.get("default"):
            limit["defaultRequest"] = limit["default"] | (limit.get("defaultRequest") or {})


def _slice(body: Body) -> None:
    for name in ("endpoints", "ports"):
        body.setdefault(name, None)
    for endpoint in body["endpoints"] or []:
        endpoint.setdefault("conditions", {})


def _node(body: Body) -> None:
    body.setdefault("spec", {})


def _event(body: Body) -> None:
    _fill(body, source={}, reportingComponent="", reportingInstance="")
    # These three have no omitempty: the API shows them as null.
    for name in ("firstTimestamp", "lastTimestamp", "eventTime"):
        body.setdefault(name, None)


_DEFAULTS: dict[str, Callable[[Body], None]] = {
    "Pod": _pod,
    "ReplicaSet": _replica_set,
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "Secret": _secret,
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "StorageClass": _storage_class,
    "NetworkPolicy": _network_policy,
    "HorizontalPodAutoscaler": _autoscaler,
    "LimitRange": _limit_range,
    "EndpointSlice": _slice,
    "Node": _node,
    "Event": _event,
}
