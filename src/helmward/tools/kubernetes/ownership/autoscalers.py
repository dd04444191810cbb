"""Horizontal autoscalers that own spec.replicas: HorizontalPodAutoscaler and KEDA's ScaledObject.

Sources: Kubernetes API autoscaling/v2 (scaleTargetRef, minReplicas 1 by default) and its controller (at 0 replicas it does
nothing unless minReplicas is 0: ScalingDisabled); KEDA's reference/scaledobject-spec (defaults 0 and 100, kind Deployment)
and concepts/scaling-deployments (the annotations that pause).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.claims import Case
from helmward.tools.kubernetes.ownership.nouns import Controller, System, Where
from helmward.tools.kubernetes.ownership.pointers import overlaps
from helmward.tools.kubernetes.ownership.raw import (
    Raw,
    annotation,
    at,
    group,
    is_kind,
    label,
    mapping,
    mappings,
    resource,
    text,
    title,
    whole,
)

_REPLICAS = "/spec/replicas"


def detect(case: Case) -> Iterator[Controller]:
    """Every autoscaler at hand that targets the object, if its replicas are touched."""
    touched = tuple(path for path in case.paths if overlaps(path, _REPLICAS))
    if case.paths and not touched:
        return
    scaled = [other for other in case.related if _scaled_object(other) and _targets(other, case.item, "Deployment")]
    yield from (_keda(case, other, touched) for other in scaled)
    for other in case.related:
        hpa = is_kind(other, "autoscaling", "HorizontalPodAutoscaler") and _targets(other, case.item, "")
        if hpa and not any(_made_by(other, keda) for keda in scaled):
            yield _hpa(case, other, touched)


def targets(scaler: Raw, item: Raw, reference: str, default_kind: str) -> bool:
    """Whether the reference of an autoscaler names the object: kind, name, group and the same namespace."""
    target = mapping(scaler, "spec", reference)
    version = text(target, "apiVersion")
    return (
        (text(target, "kind") or default_kind) == text(item, "kind")
        and text(target, "name") == text(item, "metadata", "name")
        and (not version or group(version) == group(text(item, "apiVersion")))
        and text(scaler, "metadata", "namespace") == text(item, "metadata", "namespace")
    )


def patch(kind: str, scaler: Raw, **numbers: int) -> str:
    """The kubectl command that changes the numbers of an autoscaler, written with those it has."""
    namespace, name = (one_line(text(scaler, "metadata", key), 253) for key in ("namespace", "name"))
    body = json.dumps({"spec": numbers}, separators=(",", ":"))
    return f"kubectl patch {kind} {shlex.quote(name)} -n {shlex.quote(namespace)} --type merge -p '{body}'"


def _targets(scaler: Raw, item: Raw, default_kind: str) -> bool:
    return targets(scaler, item, "scaleTargetRef", default_kind)


def _scaled_object(other: Raw) -> bool:
    return is_kind(other, "keda.sh", "ScaledObject")


def _made_by(hpa: Raw, scaled: Raw) -> bool:
    """KEDA makes an HPA of its own, which it would set back: the ScaledObject is where to change it."""
    name = text(scaled, "metadata", "name")
    owners = mappings(hpa, "metadata", "ownerReferences")
    return label(hpa, "scaledobject.keda.sh/name") == name or any(
        text(owner, "kind") == "ScaledObject" and text(owner, "name") == name for owner in owners
    )


def _hpa(case: Case, hpa: Raw, touched: tuple[str, ...]) -> Controller:
    least = whole(hpa, "spec", "minReplicas")
    least = 1 if least is None else least
    most = whole(hpa, "spec", "maxReplicas") or least
    asleep = at(case.item, "spec", "replicas") == 0 and least > 0
    reason = f"sets the number of replicas itself, between {least} and {most}"
    if asleep:
        reason = f"is at rest while replicas is 0; above 0 it sets the number itself, between {least} and {most}"
    command = patch("hpa", hpa, minReplicas=least, maxReplicas=most)
    return _controller(
        "hpa", "HorizontalPodAutoscaler", hpa, touched, not asleep, reason, "minReplicas or maxReplicas", command
    )


def _keda(case: Case, scaled: Raw, touched: tuple[str, ...]) -> Controller:
    least = whole(scaled, "spec", "minReplicaCount") or 0
    most = whole(scaled, "spec", "maxReplicaCount")
    most = 100 if most is None else most
    held = one_line(annotation(scaled, "autoscaling.keda.sh/paused-replicas"), 20)
    paused = not held and annotation(scaled, "autoscaling.keda.sh/paused").lower() == "true"
    reason = f"sets the number of replicas itself, between {least} and {most}"
    if held:
        reason = f"is paused and holds the number of replicas at {held} (autoscaling.keda.sh/paused-replicas)"
    if paused:
        reason = "is paused (autoscaling.keda.sh/paused); it sets the number of replicas itself when it is resumed"
    command = patch("scaledobject", scaled, minReplicaCount=least, maxReplicaCount=most)
    fields = "minReplicaCount or maxReplicaCount"
    return _controller("keda", "KEDA ScaledObject", scaled, touched, not paused, reason, fields, command)


def _controller(
    system: System,
    kind: str,
    scaler: Raw,
    paths: tuple[str, ...],
    reverts: bool,
    reason: str,
    fields: str,
    command: str,
) -> Controller:
    name = title(text(scaler, "metadata", "namespace"), text(scaler, "metadata", "name"))
    return Controller(
        system=system,
        name=f"{kind} {name}",
        resource=resource(scaler),
        paths=paths,
        reverts=reverts,
        overwrites=not reverts,
        reason=reason,
        where=Where(field=fields, command=command, text=f"Change {fields} there: `{command}`."),
    )
