"""The objects of a big, healthy cluster: nodes, namespaces, and workloads that call each other, the same at every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

Json = dict[str, Any]

PODS_PER_NODE = 100
WORKLOADS_PER_NAMESPACE = 40
# Most workloads are small, most pods belong to few: eight workloads of these sizes are a hundred pods.
_REPLICAS = (1, 2, 3, 4, 6, 12, 24, 48)
_DOMAINS = (
    "cart",
    "catalog",
    "checkout",
    "fraud",
    "ledger",
    "media",
    "orders",
    "pricing",
    "search",
    "shipping",
    "users",
)
_ROLES = ("api", "cache", "gateway", "indexer", "notifier", "scheduler", "web", "worker")
_ZONES = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class Workload:
    """One Deployment with its Service and ConfigMap; `calls` is the host name of the Service it depends on."""

    name: str
    namespace: str
    replicas: int
    calls: str


def workloads(pods: int) -> list[Workload]:
    """Workloads that together have exactly `pods` replicas (a multiple of 100): eight for each hundred."""
    if pods <= 0 or pods % 100:
        raise ValueError(f"the number of pods must be a positive multiple of 100, not {pods}")
    count = pods // 100 * len(_REPLICAS)
    places = [(_name(number), _namespace(number)) for number in range(count)]
    # Each calls the one before it, so that dependencies cross every namespace's border somewhere.
    callees = [places[-1], *places[:-1]]
    return [
        Workload(name, namespace, replicas, f"{callee}.{far}.svc.cluster.local")
        for (name, namespace), (callee, far), replicas in zip(places, callees, cycle(_REPLICAS), strict=False)
    ]


def nodes(pods: int) -> Iterator[Json]:
    """As many Nodes as `pods` pods need, in three zones."""
    for number, zone in enumerate(islice(cycle(_ZONES), -(-pods // PODS_PER_NODE) + 1), start=1):
        yield _node(f"node-{number:04}", zone)


def namespaces(pods: int) -> Iterator[Json]:
    """The Namespaces of the workloads."""
    for name in sorted({workload.namespace for workload in workloads(pods)}):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"team": name}}}


def objects(workload: Workload) -> Iterator[Json]:
    """ConfigMap, Service and Deployment of one workload."""
    yield _object("v1", "ConfigMap", workload, data={"LOG_LEVEL": "info", "settings.yaml": _settings(workload)})
    ports = [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090, "targetPort": 9090}]
    yield _object("v1", "Service", workload, spec={"selector": _selector(workload), "ports": ports})
    yield _object("apps/v1", "Deployment", workload, spec=_deployment_spec(workload))


def _name(number: int) -> str:
    return f"{_DOMAINS[number % len(_DOMAINS)]}-{_ROLES[number % len(_ROLES)]}-{number:04}"


def _namespace(number: int) -> str:
    return f"team-{number // WORKLOADS_PER_NAMESPACE:03}"


def _node(name: str, zone: str) -> Json:
    labels = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "m7i.8xlarge",
        "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": f"eu-central-1{zone}",
    }
    capacity = {"cpu": "32", "memory": "128Gi", "ephemeral-storage": "200Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": capacity, "allocatable": capacity},
    }


def _object(version: str, kind: str, workload: Workload, **fields: Any) -> Json:
    metadata = {"name": workload.name, "namespace": workload.namespace, "labels": _labels(workload)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def _selector(workload: Workload) -> Json:
    return {"app.kubernetes.io/name": workload.name}


def _labels(workload: Workload) -> Json:
    managed = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/version": "1.14.2"}
    return {**_selector(workload), **managed, "app.kubernetes.io/part-of": workload.namespace}


def _settings(workload: Workload) -> str:
    return f"upstream:\n  host: {workload.calls}\n  port: 80\n  timeout: 2s\nretries: 3\nmetrics:\n  port: 9090\n"


def _deployment_spec(workload: Workload) -> Json:
    spread = {
        "maxSkew": 5,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": _selector(workload)},
    }
    pod = {
        "containers": [_container(workload)],
        "topologySpreadConstraints": [spread],
        "volumes": [{"name": "settings", "configMap": {"name": workload.name}}],
    }
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"}
    return {
        "replicas": workload.replicas,
        "selector": {"matchLabels": _selector(workload)},
        "template": {"metadata": {"labels": _labels(workload), "annotations": annotations}, "spec": pod},
    }


def _container(workload: Workload) -> Json:
    environment = [
        {"name": "UPSTREAM_URL", "value": f"http://{workload.calls}:80"},
        {"name": "LOG_LEVEL", "valueFrom": {"configMapKeyRef": {"name": workload.name, "key": "LOG_LEVEL"}}},
        {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "JAVA_TOOL_OPTIONS", "value": "-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"},
    ]
    return {
        "name": "app",
        "image": f"registry.example.com/{workload.namespace}/{workload.name}:1.14.2",
        "env": environment,
        "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}],
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "initialDelaySeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http"}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "volumeMounts": [{"name": "settings", "mountPath": "/etc/settings"}],
    }
