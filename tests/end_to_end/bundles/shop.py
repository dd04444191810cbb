"""A shop of eight services in one namespace, as its team deploys it: what every recorded bundle starts from."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]
HOST = "registry.example.com"
SETTING = "LAB_BEHAVIOUR"
"""The environment variable by which a fault tells a program of the recorder what to do; no bundle shows it."""


def _value(name: str, value: str) -> Json:
    return {"name": name, "value": value}


def _secret(name: str, key: str) -> Json:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": "mysql-credentials", "key": key}}}


CATALOG = _value("PRODUCT_CATALOG_SERVICE_ADDR", "productcatalogservice:3550")
CART = _value("CART_SERVICE_ADDR", "cartservice:7070")
# port of the container, port of the Service, environment, path of an HTTP probe ("" for a TCP one)
SERVICES: dict[str, tuple[int, int, list[Json], str]] = {
    "frontend": (
        8080,
        80,
        [
            _value("PORT", "8080"),
            CATALOG,
            CART,
            _value("CHECKOUT_SERVICE_ADDR", "checkoutservice:5050"),
            _value("ORDER_SERVICE_ADDR", "orderservice:12031"),
            _value("SHOPPING_ASSISTANT_SERVICE_ADDR", "shoppingassistantservice:80"),
        ],
        "/_healthz",
    ),
    "checkoutservice": (
        5050,
        5050,
        [_value("PORT", "5050"), CATALOG, CART, _value("PAYMENT_SERVICE_ADDR", "paymentservice:50051")],
        "",
    ),
    "cartservice": (7070, 7070, [_value("REDIS_ADDR", "redis-cart:6379")], ""),
    "productcatalogservice": (3550, 3550, [_value("PORT", "3550"), _value("DISABLE_PROFILER", "1")], ""),
    "paymentservice": (50051, 50051, [_value("PORT", "50051"), _value("DISABLE_PROFILER", "1")], ""),
    "orderservice": (
        12031,
        12031,
        [
            _value("MYSQL_HOST", "mysql"),
            _value("MYSQL_PORT", "3306"),
            _value("MYSQL_USER", "orders"),
            _secret("MYSQL_PASSWORD", "password"),
        ],
        "/actuator/health",
    ),
    "redis-cart": (6379, 6379, [], ""),
}


def objects(namespace: str, password: str) -> list[Json]:
    """Everything in `namespace`; `password` is the database's."""
    made = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        _item("v1", "ServiceAccount", "orderservice", namespace),
        _item("v1", "Secret", "mysql-credentials", namespace, stringData={"password": password}),
        *_mysql(namespace),
    ]
    for name, (port, offered, env, path) in SERVICES.items():
        made += [_deployment(name, namespace, port, env, path), _service(name, namespace, offered, port)]
    made.append(_ingress(namespace))
    return copy.deepcopy(made)


def _ingress(namespace: str) -> Json:
    paths = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": port}}}}
        for path, name, port in (("/", "frontend", 80), ("/orders", "orderservice", 12031))
    ]
    spec = {"ingressClassName": "nginx", "rules": [{"host": "shop.example.com", "http": {"paths": paths}}]}
    return _item("networking.k8s.io/v1", "Ingress", "shop", namespace, spec=spec)


def _service(name: str, namespace: str, port: int, target: int) -> Json:
    kind = "http" if name == "frontend" else "grpc"
    ports = [{"name": kind, "port": port, "targetPort": target}]
    return _item("v1", "Service", name, namespace, spec={"selector": {"app": name}, "ports": ports})


def _deployment(name: str, namespace: str, port: int, env: list[Json], path: str) -> Json:
    check: Json = {"httpGet": {"path": path, "port": port}} if path else {"tcpSocket": {"port": port}}
    container = {
        "name": "server" if name != "redis-cart" else "redis",
        "image": f"{HOST}/boutique/{name}:{'7.2.5' if name == 'redis-cart' else 'v0.10.2'}",
        "ports": [{"containerPort": port}],
        "env": env,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}},
        "readinessProbe": {**check, "periodSeconds": 5},
        "livenessProbe": {**check, "initialDelaySeconds": 10, "periodSeconds": 10},
    }
    spec: Json = {"containers": [container], "serviceAccountName": name if name == "orderservice" else "default"}
    if name == "redis-cart":
        container["volumeMounts"] = [{"name": "redis-data", "mountPath": "/data"}]
        spec["volumes"] = [{"name": "redis-data", "emptyDir": {}}]
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    body = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    return _item("apps/v1", "Deployment", name, namespace, spec=body)


def _mysql(namespace: str) -> list[Json]:
    volume = {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "manual",
        "hostPath": {"path": f"/mnt/{namespace}"},
        "persistentVolumeReclaimPolicy": "Retain",
    }
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "manual",
        "resources": {"requests": {"storage": "5Gi"}},
        "selector": {"matchLabels": {"app": "mysql", "shop": namespace}},
    }
    labels = {"app": "mysql", "shop": namespace}
    made = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"mysql-{namespace}", "labels": labels},
    }
    container = {
        "name": "mysql",
        "image": f"{HOST}/library/mysql:8.0.39",
        "ports": [{"name": "mysql", "containerPort": 3306}],
        "env": [_value("MYSQL_DATABASE", "orders"), _secret("MYSQL_ROOT_PASSWORD", "password")],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        "readinessProbe": {"tcpSocket": {"port": 3306}, "periodSeconds": 5},
        "livenessProbe": {"tcpSocket": {"port": 3306}, "initialDelaySeconds": 10},
        "volumeMounts": [{"name": "data", "mountPath": "/var/lib/mysql"}],
    }
    spec = {
        "containers": [container],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "mysql-data"}}],
    }
    template = {"metadata": {"labels": {"app": "mysql"}}, "spec": spec}
    body = {"replicas": 1, "serviceName": "mysql", "selector": {"matchLabels": {"app": "mysql"}}, "template": template}
    return [
        {**made, "spec": volume},
        _item("v1", "PersistentVolumeClaim", "mysql-data", namespace, spec=claim),
        _item("apps/v1", "StatefulSet", "mysql", namespace, spec=body),
        _item(
            "v1", "Service", "mysql", namespace,
            spec={"selector": {"app": "mysql"}, "ports": [{"name": "mysql", "port": 3306, "targetPort": 3306}]},
        ),
    ]  # fmt: skip


def _item(api: str, kind: str, name: str, namespace: str, **body: Any) -> Json:
    labels = {"app": name}
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        **body,
    }
