"""What belongs to whom: controlled objects, adoption, and the readiness of pods (pkg/controller/controller_utils.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from helmward.core.times import parse_time
from helmward.lab.embedded.bodies import Body, at, condition, controller_of, is_true, meta
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.labels import selects
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer
from helmward.lab.embedded.storage.shelf import Change


def controller_ref(owner: Body) -> Body:
    """The owner reference a controlled object carries."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": meta(owner)["name"],
        "uid": meta(owner)["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controllers(change: Change, kind: str) -> list[tuple[str, str]]:
    """The keys of the `kind` objects that control the changed object, now or before."""
    keys = []
    for item in (change.before, change.now):
        owner = controller_of(item.body) if item else None
        if item and owner and owner["kind"] == kind:
            keys.append((item.key[0], owner["name"]))
    return keys


def claim(registry: Registry, kind: str, owner: Body, by: Writer) -> list[Body]:
    """The objects of `kind` that `owner` controls, oldest first, after taking matching orphans in and letting others go.

    An object whose labels no longer match is released: it lives on without an owner.
    """
    namespace, uid = meta(owner)["namespace"], meta(owner)["uid"]
    selector, going = at(owner, "spec", "selector") or {}, bool(meta(owner).get("deletionTimestamp"))
    found = []
    for item in registry.store.shelf(kind).now():
        if item.key[0] != namespace:
            continue
        held = controller_of(item.body)
        if held is not None and held["uid"] != uid:
            continue
        matches = selects(selector, meta(item.body).get("labels") or {})
        if held is not None and matches:
            found.append(item.body)
        elif held is not None and not going:
            _own(registry, kind, item.key, by, partial(_released, uid=uid))
        elif held is None and matches and not going and not meta(item.body).get("deletionTimestamp"):
            found.append(_own(registry, kind, item.key, by, partial(_adopted, owner=owner)))
    return sorted(found, key=lambda body: (meta(body)["creationTimestamp"], meta(body)["name"]))


def _own(registry: Registry, kind: str, key: tuple[str, str], by: Writer, change: Callable[[Body], Body]) -> Body:
    changed: Body = registry.update(KINDS[kind], key, change, by).body
    return changed


def _released(body: Body, uid: str) -> Body:
    owners = [owner for owner in meta(body)["ownerReferences"] if owner["uid"] != uid]
    body["metadata"] = {name: value for name, value in meta(body).items() if name != "ownerReferences"}
    return body | ({"metadata": meta(body) | {"ownerReferences": owners}} if owners else {})


def _adopted(body: Body, owner: Body) -> Body:
    body["metadata"].setdefault("ownerReferences", []).append(controller_ref(owner))
    return body


def active(pods: Iterable[Body]) -> list[Body]:
    """The pods that count: not finished, not going."""
    return [pod for pod in pods if not finished(pod) and not meta(pod).get("deletionTimestamp")]


def finished(pod: Body) -> bool:
    """Whether the pod has ended, one way or the other."""
    return at(pod, "status", "phase") in ("Succeeded", "Failed")


def ready(pod: Body) -> bool:
    """Whether the pod's Ready condition is True."""
    return is_true(pod, "Ready")


def available_in(pod: Body, seconds: int) -> float | None:
    """Seconds until a ready pod counts as available (minReadySeconds), 0 if it does, None while it is not ready."""
    found = condition(pod, "Ready")
    if found is None or found["status"] != "True":
        return None
    since = parse_time(found.get("lastTransitionTime"))
    if not seconds or since is None:
        return 0.0 if not seconds else float(seconds)
    return max(0.0, seconds - (datetime.now(UTC) - since).total_seconds())


def deletion_rank(pod: Body) -> tuple[bool, int, bool, int, str]:
    """The order in which pods are given up: unscheduled, pending, not ready, often restarted, young (ActivePods)."""
    phases = {"Pending": 0, "Unknown": 1}
    restarts = sum(status.get("restartCount") or 0 for status in at(pod, "status", "containerStatuses") or [])
    placed = bool(at(pod, "spec", "nodeName"))
    young = "".join(chr(0x7E - ord(digit)) for digit in meta(pod)["creationTimestamp"] if digit.isdigit())
    return placed, phases.get(at(pod, "status", "phase"), 2), ready(pod), -restarts, young


def pod_from(template: Body, owner: Body) -> Body:
    """A pod to create from a template, controlled by `owner`."""
    metadata = template.get("metadata") or {}
    kept = {name: metadata[name] for name in ("labels", "annotations", "finalizers") if metadata.get(name)}
    prefix = f"{meta(owner)['name']}-"
    kept |= {"generateName": prefix, "ownerReferences": [controller_ref(owner)]}
    return {"metadata": kept, "spec": template.get("spec") or {}}


def ends(failure: ApiFailure) -> bool:
    """Whether trying again is in vain: the namespace is going."""
    return any(cause.get("reason") == "NamespaceTerminating" for cause in failure.details.get("causes") or [])
