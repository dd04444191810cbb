"""One object of many shapes for each kind, sparse, so that the server's defaults show."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_PROBES = {
    "livenessProbe": {"httpGet": {"port": 8080}},
    "readinessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 3},
    "startupProbe": {"exec": {"command": ["true"]}, "failureThreshold": 30},
}
_CONTAINER = {
    "name": "app",
    "image": "shop/app:1.0",
    "ports": [{"containerPort": 8080, "name": "http"}],
    "env": [
        {"name": "A", "value": "1"},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
    ],
    "resources": {"limits": {"cpu": "1", "memory": "64Mi"}, "requests": {"cpu": "100m"}},
    "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
    **_PROBES,
}
_VOLUMES = [
    {"name": "config", "configMap": {"name": "c"}},
    {"name": "secret", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p"}]}},
    {"name": "scratch", "emptyDir": {}},
    {"name": "nothing"},
    {"name": "host", "hostPath": {"path": "/var/log"}},
    {"name": "claim", "persistentVolumeClaim": {"claimName": "data"}},
]


def pod_spec(**more: Any) -> Json:
    """A pod spec that uses much."""
    return {"containers": [_CONTAINER, {"name": "side", "image": "side"}], "volumes": _VOLUMES, **more}


def _workload(**spec: Any) -> Json:
    labels = {"app": "x"}
    template = {"metadata": {"labels": labels}, "spec": pod_spec()}
    return {"selector": {"matchLabels": labels}, "template": template, **spec}


def _object(api: str, kind: str, spec: Json | None = None, **more: Any) -> Json:
    body: Json = {"apiVersion": api, "kind": kind, "metadata": {"name": f"x-{kind.lower()}"}}
    return body | ({"spec": spec} if spec is not None else {}) | more


_JOB = {"template": {"spec": pod_spec(restartPolicy="Never")}}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "slow"}
_PORT = {"port": 80, "targetPort": "http"}
_PATH = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
_LIMITS = {"limits": {"cpu": "1", "memory": "1Gi"}}
_CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}

OBJECTS: dict[str, Json] = {
    "pod": _object("v1", "Pod", pod_spec()),
    "guaranteed": _object(
        "v1",
        "Pod",
        {
            "containers": [
                {"name": "a", "image": "a@sha256:" + "0" * 64, "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
            ],
            "restartPolicy": "OnFailure",
            "automountServiceAccountToken": False,
            "tolerations": [{"operator": "Exists"}],
        },
    ),
    "deployment": _object("apps/v1", "Deployment", _workload(replicas=0)),
    "recreate": _object("apps/v1", "Deployment", _workload(replicas=0, strategy={"type": "Recreate"})),
    "replicaset": _object("apps/v1", "ReplicaSet", _workload(replicas=0)),
    "statefulset": _object("apps/v1", "StatefulSet", _workload(replicas=0, serviceName="x")),
    "daemonset": _object("apps/v1", "DaemonSet", _workload()),
    "job": _object("batch/v1", "Job", _JOB | {"suspend": True}),
    "cronjob": _object(
        "batch/v1", "CronJob", {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": _JOB}}
    ),
    "service": _object("v1", "Service", {"selector": {"app": "x"}, "ports": [_PORT]}),
    "nodeport": _object("v1", "Service", {"type": "NodePort", "selector": {"app": "x"}, "ports": [_PORT]}),
    "headless": _object("v1", "Service", {"clusterIP": "None", "selector": {"app": "x"}, "ports": [_PORT]}),
    "external": _object("v1", "Service", {"type": "ExternalName", "externalName": "example.com"}),
    "configmap": _object("v1", "ConfigMap", data={"a": "b"}),
    "secret": _object("v1", "Secret", stringData={"word": "abc"}),
    "serviceaccount": _object("v1", "ServiceAccount", imagePullSecrets=[{"name": "registry"}]),
    "claim": _object("v1", "PersistentVolumeClaim", _CLAIM),
    "quota": _object("v1", "ResourceQuota", {"hard": {"pods": "500"}}),
    "ingress": _object(
        "networking.k8s.io/v1", "Ingress", {"rules": [{"host": "a.example.com", "http": {"paths": [_PATH]}}]}
    ),
    "denyall": _object("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}}),
    "egress": _object(
        "networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}, "egress": [{"ports": [{"port": 53}]}]}
    ),
    "budget": _object(
        "policy/v1", "PodDisruptionBudget", {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}}
    ),
    "autoscaler": _object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
            "maxReplicas": 3,
            "metrics": [_CPU],
        },
    ),
    "lease": _object("coordination.k8s.io/v1", "Lease", {"holderIdentity": "me", "leaseDurationSeconds": 10}),
    "slice": _object(
        "discovery.k8s.io/v1", "EndpointSlice", addressType="IPv4", endpoints=[{"addresses": ["10.1.2.3"]}]
    ),
    "limits": _object("v1", "LimitRange", {"limits": [{"type": "Container", "default": {"cpu": "500m"}}]}),
}
