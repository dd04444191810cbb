"""Deletion: preconditions, grace, finalizers, and what becomes of the dependents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, at, clone, meta
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import Served
from helmward.lab.embedded.objects.labels import selects
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.storage.shelf import Stored, stored

_FINALIZERS = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """metav1.DeleteOptions. `grace` is in seconds, None for the object's own; `policy` is the propagation."""

    grace: int | None = None
    policy: str = "Background"
    uid: str = ""
    version: str = ""
    dry_run: bool = False


def read_options(body: Body, query: dict[str, str]) -> DeleteOptions:
    """From the request's body and its query, which wins. Raises ApiFailure 400."""
    grace = query.get("gracePeriodSeconds", body.get("gracePeriodSeconds"))
    policy = query.get("propagationPolicy") or body.get("propagationPolicy")
    if policy is None:
        orphan = query.get("orphanDependents", body.get("orphanDependents"))
        policy = "Orphan" if str(orphan).lower() == "true" else "Background"
    if policy not in ("Background", "Foreground", "Orphan"):
        words = 'needs to be one of "Foreground", "Background", "Orphan" or nil'
        raise failures.bad_request(f'invalid DeleteOptions: propagationPolicy: Invalid value: "{policy}": {words}')
    try:
        seconds = None if grace is None else int(grace)
    except (TypeError, ValueError):
        raise failures.bad_request(f"invalid DeleteOptions: gracePeriodSeconds: {grace!r:.40} is no number") from None
    conditions = body.get("preconditions") or {}
    dry = "All" in (query.get("dryRun"), *(body.get("dryRun") or []))
    return DeleteOptions(seconds, policy, conditions.get("uid") or "", conditions.get("resourceVersion") or "", dry)


def delete(registry: Registry, kind: Served, key: tuple[str, str], options: DeleteOptions) -> tuple[Stored, bool]:
    """Delete, or begin to: the object afterwards, and whether it is gone. Raises ApiFailure 404 or 409."""
    current = registry.get(kind.name, *key)
    _check(kind, current, options)
    grace = _grace(kind, current.body, options)
    finalizers = _finalizers(current.body, options.policy)
    waits = bool(finalizers) or grace > 0 or (kind.name == "Namespace" and bool(at(current.body, "spec", "finalizers")))
    if options.dry_run:
        return stored(key, current.version, current.copy()), not waits
    if not waits:
        return registry.store.remove(kind.name, key), True
    return _begin(registry, kind, current, grace, finalizers), False


def _check(kind: Served, current: Stored, options: DeleteOptions) -> None:
    name, uid = key_name(current), meta(current.body)["uid"]
    if options.uid and options.uid != uid:
        why = f"Precondition failed: UID in precondition: {options.uid}, UID in object meta: {uid}"
        raise failures.conflict(kind, name, why)
    if options.version and options.version != str(current.version):
        words = f"{options.version}, ResourceVersion in object meta: {current.version}"
        why = f"Precondition failed: ResourceVersion in precondition: {words}"
        raise failures.conflict(kind, name, why)
    if kind.name == "Namespace" and name in ("default", "kube-system", "kube-public"):
        raise failures.forbidden(kind, name, "this namespace may not be deleted")


def key_name(stored_object: Stored) -> str:
    """The name of a stored object."""
    return stored_object.key[1]


def _grace(kind: Served, body: Body, options: DeleteOptions) -> int:
    """Seconds the object stays; only pods that a kubelet may still run have any (pod strategy CheckGracefulDelete)."""
    if kind.name != "Pod":
        return 0
    if not at(body, "spec", "nodeName") or at(body, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    own = at(body, "spec", "terminationGracePeriodSeconds")
    wanted = options.grace if options.grace is not None else 30 if own is None else own
    under_way = meta(body).get("deletionGracePeriodSeconds")
    return max(0, min(wanted, under_way) if under_way is not None else wanted)


def _finalizers(body: Body, policy: str) -> list[str]:
    kept = [name for name in meta(body).get("finalizers") or [] if name not in _FINALIZERS.values()]
    return [*kept, _FINALIZERS[policy]] if policy in _FINALIZERS else kept


def _begin(registry: Registry, kind: Served, current: Stored, grace: int, finalizers: list[str]) -> Stored:
    body = clone(current.body)
    metadata = body["metadata"]
    if not metadata.get("deletionTimestamp") or grace < metadata.get("deletionGracePeriodSeconds", 0):
        until = datetime.now(UTC) + timedelta(seconds=grace)
        metadata["deletionTimestamp"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata["deletionGracePeriodSeconds"] = grace
        if kind.generation:
            metadata["generation"] = metadata.get("generation", 0) + 1
    if finalizers:
        metadata["finalizers"] = finalizers
    else:
        metadata.pop("finalizers", None)
    if kind.name == "Namespace":
        body.setdefault("status", {})["phase"] = "Terminating"
    if body == current.body:
        return current
    return registry.store.put(kind.name, current.key, body)


def evict(registry: Registry, kind: Served, key: tuple[str, str], options: DeleteOptions) -> tuple[Stored, bool]:
    """pods/eviction: a delete that PodDisruptionBudgets may refuse (429)."""
    pod = registry.get("Pod", *key)
    if meta(pod.body).get("deletionTimestamp") or at(pod.body, "status", "phase") != "Running":
        # A pod that does not run protects nothing (canIgnorePDB).
        return delete(registry, kind, key, options)
    for budget in registry.store.shelf("PodDisruptionBudget").now():
        selector = at(budget.body, "spec", "selector") or {}
        if budget.key[0] != key[0] or not selects(selector, meta(pod.body).get("labels") or {}):
            continue
        if (at(budget.body, "status", "disruptionsAllowed") or 0) < 1:
            words = f"The disruption budget {budget.key[1]} needs more healthy pods than there are now"
            causes = [{"reason": "DisruptionBudget", "message": words}]
            message = "Cannot evict pod as it would violate the pod's disruption budget."
            raise ApiFailure(429, "TooManyRequests", message, {"causes": causes})
    return delete(registry, kind, key, options)
