"""The specification that a described pod and a pod template share: containers, volumes, where it may run."""

from __future__ import annotations

import re
from typing import Any

from helmward.watch.files.describe.containers import containers
from helmward.watch.files.describe.tree import Node
from helmward.watch.files.shapes import labels_of

_TOLERATION = re.compile(
    r"(?P<key>(?:(?!op=)[^=:\s]+)?)(?:=(?P<value>[^:\s]*))?(?::(?P<effect>\w+))?"
    r"(?:\s*op=(?P<op>Exists))?(?: for (?P<for>-?\d+)s)?"
)


def pod_spec(node: Node) -> dict[str, Any]:
    """The specification under a pod (its root) or a `Pod Template:`."""
    spec: dict[str, Any] = {"containers": containers(node.under("Containers"))}
    if initial := containers(node.under("Init Containers")):
        spec["initContainers"] = initial
    if account := node.get("Service Account"):
        spec["serviceAccountName"] = account
    if priority := node.get("Priority Class Name"):
        spec["priorityClassName"] = priority
    if volumes := [_volume(inner) for inner in node.under("Volumes") if inner.key]:
        spec["volumes"] = volumes
    if selector := labels_of(",".join(node.pairs("Node-Selectors"))):
        spec["nodeSelector"] = selector
    if tolerations := [made for text in node.pairs("Tolerations") if (made := toleration(text))]:
        spec["tolerations"] = tolerations
    return spec


def toleration(text: str) -> dict[str, Any] | None:
    """`node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`."""
    match = _TOLERATION.fullmatch(text.strip())
    if match is None:
        return None
    found = {
        field: match[group]
        for field, group in (("key", "key"), ("value", "value"), ("effect", "effect"))
        if match[group]
    }
    if match["op"]:
        found["operator"] = "Exists"
    return {**found, **({"tolerationSeconds": int(match["for"][:12])} if match["for"] else {})}


def _volume(node: Node) -> dict[str, Any]:
    optional = {"optional": True} if node.get("Optional") == "true" else {}
    kind = node.get("Type").partition(" ")[0]
    match kind:
        case "ConfigMap":
            source: dict[str, Any] = {"configMap": {"name": node.get("Name"), **optional}}
        case "Secret":
            source = {"secret": {"secretName": node.get("SecretName"), **optional}}
        case "PersistentVolumeClaim":
            source = {"persistentVolumeClaim": {"claimName": node.get("ClaimName")}}
        case "Projected":
            source = {"projected": {"sources": _projected(node)}}
        case "HostPath":
            source = {"hostPath": {"path": node.get("Path")}}
        case "EmptyDir":
            source = {"emptyDir": {}}
        case _:
            source = {}
    return {"name": node.key, **source}


def _projected(node: Node) -> list[dict[str, Any]]:
    """The sources of a projected volume; an `Optional:` line belongs to the source printed just before it."""
    sources: list[dict[str, Any]] = []
    for inner in node.children:
        if inner.key in ("SecretName", "ConfigMapName"):
            sources.append({"secret" if inner.key == "SecretName" else "configMap": {"name": inner.value}})
        elif inner.key == "Optional" and sources and inner.value == "true":
            next(iter(sources[-1].values()))["optional"] = True
    return sources
