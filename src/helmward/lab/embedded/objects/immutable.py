"""What an update may not change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.lab.embedded.bodies import Body, at, clone, encode
from helmward.lab.embedded.failures import Fault

_INVALID, _FORBIDDEN = "FieldValueInvalid", "FieldValueForbidden"

_FROZEN: dict[str, tuple[tuple[str, ...], ...]] = {
    "Deployment": (("spec", "selector"),),
    "ReplicaSet": (("spec", "selector"),),
    "StatefulSet": (("spec", "selector"), ("spec", "serviceName")),
    "DaemonSet": (("spec", "selector"),),
    "Job": (("spec", "selector"), ("spec", "completions"), ("spec", "template")),
    "StorageClass": (("provisioner",), ("parameters",), ("reclaimPolicy",)),
    "Secret": (("type",),),
    "EndpointSlice": (("addressType",),),
}
_META = ("name", "namespace", "uid", "creationTimestamp")


def frozen_faults(kind: str, before: Body, after: Body) -> Iterator[Fault]:
    """The faults of an update that changes what is immutable (each kind's ValidateUpdate)."""
    for path in _FROZEN.get(kind, ()):
        if at(before, *path) != at(after, *path):
            yield Fault(".".join(path), _INVALID, _text(at(after, *path)), "field is immutable")
    for name in _META:
        if at(before, "metadata", name) != at(after, "metadata", name):
            yield Fault(f"metadata.{name}", _INVALID, _text(at(after, "metadata", name)), "field is immutable")
    if kind in ("ConfigMap", "Secret") and before.get("immutable"):
        yield from _sealed(before, after)
    if kind == "Service":
        yield from _cluster_ip(before, after)
    if kind == "Pod" and _pod_rest(before) != _pod_rest(after):
        yield Fault("spec", _FORBIDDEN, "", _POD_WORDS)


# pkg/apis/core/validation/validation.go: ValidatePodUpdate
_POD_WORDS = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def _text(value: Any) -> str:
    return encode(value).decode()


def _sealed(before: Body, after: Body) -> Iterator[Fault]:
    if not after.get("immutable"):
        yield Fault("immutable", _FORBIDDEN, "", "field is immutable when `immutable` is set")
    for field in ("data", "binaryData"):
        if before.get(field) != after.get(field):
            yield Fault(field, _FORBIDDEN, "", "field is immutable when `immutable` is set")


def _cluster_ip(before: Body, after: Body) -> Iterator[Fault]:
    was, wanted = at(before, "spec", "clusterIP"), at(after, "spec", "clusterIP")
    if was and wanted and was != wanted:
        yield Fault("spec.clusterIPs[0]", _INVALID, _text([wanted]), "may not change once set")


def _pod_rest(body: Body) -> Body:
    """The part of a pod's spec that stays; nodeName is set by the binding alone."""
    spec = clone(body.get("spec") or {})
    for name in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"):
        spec.pop(name, None)
    for container in (spec.get("containers") or []) + (spec.get("initContainers") or []):
        container.pop("image", None)
    return spec
