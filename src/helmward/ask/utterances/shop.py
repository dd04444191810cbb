"""The cluster that the labelled utterances speak of."""

from __future__ import annotations

from helmward.ask.inventory import Inventory, ListedPods, Thing, Trouble

_WORKLOADS = (
    "Deployment production payment-service user-service frontend cart checkout-api",
    "StatefulSet production postgres redis",
    "Deployment staging payment-service frontend cart search",
    "Deployment monitoring grafana",
    "StatefulSet monitoring prometheus",
    "DaemonSet monitoring node-exporter",
)
_PODS = {
    ("production", "payment-service"): ("payment-service-7d9f8b6c5d-x2x4z", "payment-service-7d9f8b6c5d-q8w2n"),
    ("production", "user-service"): ("user-service-5f4d7c8b9-mm2kp", "user-service-5f4d7c8b9-t7v4s"),
    ("production", "frontend"): ("frontend-5c6b7d8f9-bcd12", "frontend-5c6b7d8f9-fgh34"),
    ("production", "cart"): ("cart-6d5f9c7b8-lkj21",),
    ("production", "checkout-api"): ("checkout-api-86f5d7c9b-ww8xz", "checkout-api-86f5d7c9b-pp5rt"),
    ("production", "postgres"): ("postgres-0", "postgres-1"),
    ("production", "redis"): ("redis-0",),
    ("staging", "payment-service"): ("payment-service-59b8c6d7f-hh9sd",),
    ("staging", "frontend"): ("frontend-6f7d8c9b5-zz9k1",),
    ("staging", "cart"): ("cart-7b9d8c6f5-vv3nm",),
    ("staging", "search"): ("search-64c8d9b7f-gg6tr",),
    ("monitoring", "grafana"): ("grafana-7c5d9f8b6-jj4qw",),
    ("monitoring", "prometheus"): ("prometheus-0",),
}


def _things() -> list[Thing]:
    found = []
    for line in _WORKLOADS:
        kind, namespace, *names = line.split()
        for name in names:
            selector = f"app={name}"
            found.append(Thing(kind=kind, namespace=namespace, name=name, selector=selector))
            found.append(Thing(kind="Service", namespace=namespace, name=name))
    found += [
        Thing(kind="ConfigMap", namespace="production", name=name) for name in ("payment-config", "frontend-config")
    ]
    return found + [Thing(kind="Node", namespace="", name=f"node-{number}") for number in (1, 2, 3)]


def _pods() -> list[Thing]:
    return [
        Thing(kind="Pod", namespace=namespace, name=pod, owner=owner, containers=(owner,))
        for (namespace, owner), pods in _PODS.items()
        for pod in pods
    ]


SHOP = Inventory(
    namespaces=("production", "staging", "monitoring"),
    environments={"production": ("production", "monitoring"), "staging": ("staging",)},
    things=tuple(_things()),
    pods=ListedPods(_pods()),
    troubles=(
        Trouble(
            id="inc-k3m2q7ab",
            title="payment-service crashes",
            severity="critical",
            namespace="production",
            touches=(("Deployment", "production", "payment-service"),),
        ),
        Trouble(
            id="inc-a7b8c9de",
            title="search cannot pull its image",
            severity="high",
            namespace="staging",
            touches=(("Deployment", "staging", "search"),),
        ),
    ),
)
