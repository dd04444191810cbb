"""The objects of the shop in namespace `production`: what a team would have written for its three services."""

from __future__ import annotations

import base64
import secrets

from helmward.lab.cast.programs import image
from helmward.lab.client import Json

NAMESPACE = "production"
_LABELS = {"app.kubernetes.io/part-of": "shop", "team": "checkout"}
_SCRAPED = {"prometheus.io/scrape": "true", "prometheus.io/port": "8080"}
_PAYMENT_CONFIG = """\
currency: EUR
database:
  pool: 10
  host: payments-db.internal
provider:
  url: https://provider.example.com/v2
"""


def objects() -> list[Json]:
    """Everything, in the order it is created. Secret values are made up anew each time."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *(_item("v1", "ServiceAccount", name) for name in ("frontend", "user-service", "payment-service")),
        *_settings(),
        *(_service(name) for name in ("frontend", "user-service", "payment-service")),
        _payment_service(),
        _user_service(),
        _frontend(),
    ]


def deployments() -> list[str]:
    """The names of the shop's Deployments."""
    return [item["metadata"]["name"] for item in objects() if item["kind"] == "Deployment"]


def _settings() -> list[Json]:
    payment = {"config.yaml": _PAYMENT_CONFIG, "timeout-seconds": "5"}
    credentials = {"database-password": secrets.token_urlsafe(18), "provider-token": secrets.token_hex(16)}
    return [
        _item("v1", "ConfigMap", "payment-config", data=payment),
        _item("v1", "ConfigMap", "frontend-config", data={"checkout": "on", "theme": "light"}),
        _secret("payment-credentials", credentials),
        _secret("user-session", {"key": secrets.token_hex(24)}),
    ]


def _payment_service() -> Json:
    env = [
        {"name": "DATABASE_URL", "value": "postgres://payments@payments-db.internal:5432/payments"},
        _from("DATABASE_PASSWORD", "secretKeyRef", "payment-credentials", "database-password"),
        _from("PROVIDER_TOKEN", "secretKeyRef", "payment-credentials", "provider-token"),
        _from("PAYMENT_TIMEOUT", "configMapKeyRef", "payment-config", "timeout-seconds"),
    ]
    mounts = [{"name": "config", "mountPath": "/etc/payment", "readOnly": True}]
    volume = {"configMap": {"name": "payment-config", "items": [{"key": "config.yaml", "path": "config.yaml"}]}}
    return _deployment(
        "payment-service", "2.4.0", "192Mi", env, volumeMounts=mounts, volumes=[{"name": "config", **volume}]
    )


def _user_service() -> Json:
    env = [_from("SESSION_KEY", "secretKeyRef", "user-session", "key")]
    return _deployment("user-service", "1.9.0", "256Mi", env, args=["--workers=2"])


def _frontend() -> Json:
    env = [
        {"name": "USER_SERVICE_URL", "value": "http://user-service:8080"},
        {"name": "PAYMENT_SERVICE_URL", "value": "http://payment-service:8080"},
        _from("CHECKOUT", "configMapKeyRef", "frontend-config", "checkout"),
    ]
    return _deployment("frontend", "3.8.0", "160Mi", env)


def _deployment(name: str, tag: str, memory: str, env: list[Json], **more: list[Json] | list[str]) -> Json:
    volumes = more.pop("volumes", None)
    container: Json = {
        "name": name,
        "image": image(name, tag),
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": env,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": memory}},
        "readinessProbe": _probe("/ready", 2, 5),
        "livenessProbe": _probe("/healthz", 5, 10),
        **more,
    }
    template: Json = {
        "metadata": {"labels": {"app": name, **_LABELS}, "annotations": _SCRAPED},
        "spec": {
            "serviceAccountName": name,
            "automountServiceAccountToken": False,
            "containers": [container],
            **({"volumes": volumes} if volumes else {}),
        },
    }
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return _item("apps/v1", "Deployment", name, spec=spec)


def _service(name: str) -> Json:
    spec = {"selector": {"app": name}, "ports": [{"name": "http", "port": 8080, "targetPort": 8080}]}
    return _item("v1", "Service", name, spec=spec)


def _secret(name: str, values: dict[str, str]) -> Json:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return _item("v1", "Secret", name, type="Opaque", data=data)


def _probe(path: str, delay: int, period: int) -> Json:
    return {"httpGet": {"path": path, "port": "http"}, "initialDelaySeconds": delay, "periodSeconds": period}


def _from(variable: str, kind: str, name: str, key: str) -> Json:
    return {"name": variable, "valueFrom": {kind: {"name": name, "key": key}}}


def _item(api_version: str, kind: str, name: str, **body: object) -> Json:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {"app": name, **_LABELS}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}
