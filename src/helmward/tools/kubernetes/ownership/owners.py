"""Owner references: the workload that made the object from its template, or the operator that keeps it as its own object says.

Sources: Kubernetes API, OwnerReference (controller: the one managing owner); Argo Rollouts' documentation,
features/specification and migrating (a Rollout keeps ReplicaSets as a Deployment does; workloadRef and its scaleDown).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from helmward.core.nouns import Resource
from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.autoscalers import targets
from helmward.tools.kubernetes.ownership.claims import Case, field
from helmward.tools.kubernetes.ownership.fields import holders
from helmward.tools.kubernetes.ownership.nouns import Controller, System, Where
from helmward.tools.kubernetes.ownership.pointers import overlaps
from helmward.tools.kubernetes.ownership.raw import Raw, at, group, is_kind, mapping, mappings, text, title

# The groups of the API server itself whose kinds own other objects.
_BUILT_IN = frozenset({"", "apps", "batch", "policy", "autoscaling", "networking.k8s.io", "discovery.k8s.io"})
# What the owner's controller keeps as it is. The rest of what an owner made is only replaced together with the object.
_KEPT = {
    ("Deployment", "ReplicaSet"): ("/spec",),
    ("Rollout", "ReplicaSet"): ("/spec",),
    ("Service", "EndpointSlice"): ("/endpoints", "/ports", "/addressType"),
}
_OPERATES = ("operator", "controller", "manager")


def detect(case: Case) -> Iterator[Controller]:
    """The managing owner, and any custom owner whose operator wrote touched fields."""
    for reference in mappings(case.item, "metadata", "ownerReferences"):
        pair = text(reference, "kind"), text(case.item, "kind")
        managing = at(reference, "controller") is True
        custom = group(text(reference, "apiVersion")) not in _BUILT_IN
        if managing and (pair in _KEPT or not custom):
            yield _workload(case, reference, _KEPT.get(pair, ()))
        elif custom:
            written = tuple(path for path in case.paths if managing or _operated(case.item, path))
            if managing or written:
                yield _operator(case, reference, written)
    yield from _rollouts(case)


def _rollouts(case: Case) -> Iterator[Controller]:
    """A Rollout that runs pods in the stead of this workload keeps it scaled down, unless it is told never to."""
    touched = tuple(path for path in case.paths if overlaps(path, "/spec/replicas"))
    if case.paths and not touched:
        return
    for other in case.related:
        if is_kind(other, "argoproj.io", "Rollout") and targets(other, case.item, "workloadRef", ""):
            down = text(other, "spec", "workloadRef", "scaleDown")
            if down in ("onsuccess", "progressively"):
                reason = f"runs the pods in its stead and scales it down (scaleDown: {down})"
                yield _controller(case, _reference(other), "operator", touched, True, reason)


def _reference(owner: Raw) -> Raw:
    metadata = mapping(owner, "metadata")
    return {**owner, "name": text(metadata, "name"), "uid": text(metadata, "uid")}


def _workload(case: Case, reference: Raw, roots: tuple[str, ...]) -> Controller:
    """The workload that made the object: it keeps some of it, and the rest lasts as long as the object."""
    kept = tuple(path for path in case.paths if any(overlaps(path, root) for root in roots))
    kind = one_line(text(case.item, "kind"), 60)
    if kept or (roots and not case.paths):
        return _controller(case, reference, "owner", kept, True, f"keeps its {kind}s as its own spec says")
    return _controller(case, reference, "owner", case.paths, False, f"does not set this in the next {kind} it makes")


def _operator(case: Case, reference: Raw, paths: tuple[str, ...]) -> Controller:
    reason = "manages this object through its operator, which may put the change back"
    return _controller(case, reference, "operator", paths, True, reason)


def _operated(item: Raw, path: str) -> bool:
    """Whether something that calls itself an operator wrote the path; kube-controller-manager is none."""
    names = (manager.name.lower() for manager, _ in holders(item, path))
    return any(word in name for name in names if not name.startswith("kube-") for word in _OPERATES)


def _controller(
    case: Case, reference: Raw, system: System, paths: tuple[str, ...], reverts: bool, reason: str
) -> Controller:
    kind, name = (one_line(text(reference, key), 253) for key in ("kind", "name"))
    namespace = text(_at_hand(case, reference) or case.item, "metadata", "namespace")
    version = one_line(text(reference, "apiVersion"), 100)
    owner = f"{kind} {title(namespace, name)}"
    plural = f"{kind.lower()}.{group(version)}" if group(version) else kind.lower()
    parts = ("kubectl", "edit", plural, name, *(("-n", one_line(namespace, 253)) if namespace else ()))
    command = " ".join(shlex.quote(part) for part in parts)
    named = f"what sets {field(case, paths)} in {owner}"
    return Controller(
        system=system,
        name=owner,
        resource=Resource(api_version=version, kind=kind, namespace=one_line(namespace, 253), name=name),
        paths=paths,
        reverts=reverts,
        overwrites=True,
        certain=system == "owner",
        reason=reason,
        where=Where(field=named, command=command, text=f"Change {named}: `{command}`."),
    )


def _at_hand(case: Case, reference: Raw) -> Raw:
    """The owner itself, if it was looked up: a cluster-scoped one has no namespace to name."""
    uid = text(reference, "uid")
    return next((other for other in case.related if uid and text(other, "metadata", "uid") == uid), {})
