"""Who depends on a workload, in words: the Services before its pods, and the workloads that say they need those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from helmward.tools.kubernetes.objects import Document
from helmward.tools.kubernetes.words import listed
from helmward.world.lens import Lens
from helmward.world.store import World


def dependents(world: World, namespace: str, labels: Mapping[str, str], itself: str = "") -> str:
    """`Service web selects it; Deployment shop/cart needs that`; "" where nothing is known to. `itself` is left out."""
    lens = Lens(world, datetime.now(UTC))
    services = list(lens.selecting(namespace, dict(labels))) if labels else []
    if not services:
        return ""
    names = listed([service.name for service in services])
    text = f"Service {names} sends to it" if len(services) == 1 else f"the Services {names} send to it"
    needing = {str(user.resource) for service in services for user in lens.needed_by(service)} - {itself}
    return f"{text}; needed by {listed(sorted(needing))}" if needing else text


def users(world: World, kind: str, namespace: str, name: str) -> list[str]:
    """The workloads and bare pods that use a ConfigMap or Secret."""
    lens = Lens(world, datetime.now(UTC))
    return sorted({str(user.resource) for user in lens.users(kind, namespace, name)})


def readers(world: World, namespace: str, name: str) -> str:
    """Who reads a ConfigMap, and when it reads it again."""
    using = users(world, "ConfigMap", namespace, name)
    if not using:
        return "no workload is known to read it"
    return f"read by {listed(using)}; environment values are read again only at a restart"


def callers(world: World, namespace: str, name: str) -> str:
    """Who says that it needs a Service."""
    service = world.get("Service", namespace, name)
    needing = Lens(world, datetime.now(UTC)).needed_by(service) if service is not None else []
    named = sorted({str(user.resource) for user in needing})
    return f"needed by {listed(named)}" if named else "no workload is known to need it"


def pod_labels(document: Document) -> dict[str, str]:
    """The labels of a workload's pods, or of a pod."""
    return dict(next(_labels(document), {}))


def _labels(document: Document) -> Iterator[dict[str, Any]]:
    spec = document.get("spec") or {}
    holder = document if document.get("kind") == "Pod" else spec.get("template") or {}
    labels = (holder.get("metadata") or {}).get("labels")
    if labels:
        yield labels
