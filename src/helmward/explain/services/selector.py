"""A Service whose selector matches no pod: which pods it nearly matches, and which label differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from helmward.core.nouns import Evidence, Finding, Remedy
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, newest
from helmward.explain.clues.replicas import readiness
from helmward.explain.evidence import of_change, of_object
from helmward.explain.services.codes import EMPTY, NOT_READY, SELECTOR
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels

_MAKERS = ("Deployment", "StatefulSet", "DaemonSet")
_APPLIED = timedelta(seconds=30)  # a release creates its Service before its pods
_STARTS = timedelta(seconds=10)
_ALIKE = 0.6


class _Near(NamedTuple):
    """A workload (or bare pod) whose pods nearly match; `differs` are the pairs that they lack."""

    item: Object
    labels: Mapping[str, str]
    differs: dict[str, str]
    likeness: float


def without_pods(service: Object, world: Lens) -> Iterator[Finding]:
    """Why no pod stands behind a Service. Call it where the selector matches no pod."""
    selector: dict[str, str] = service.view.spec.selector
    if not world.knows("Pod") and not _has_no_address(service, world):
        return
    changed = suspects.of_workload(world, service, None, r"^spec\.selector")
    if not changed and not world.elapsed(service.meta.creation_timestamp, _APPLIED):
        return
    makers = [item for kind in _MAKERS for item in world.all(kind, service.namespace)]
    mine = [item for item in makers if matches_labels(selector, _labels(item))]
    if mine:
        yield from _no_replicas(service, mine, world)
        return
    if _has_unread_labels(service, makers, world):
        return
    near = _nearest(service, makers) or _nearest(service, _bare(service.namespace, world))
    if near is not None and _is_sure(service, near, world):
        yield _mismatch(service, near, world)
    elif near is None and world.knows("Pod"):
        yield _nothing(service, world)


def _has_unread_labels(service: Object, makers: list[Object], world: Lens) -> bool:
    """Tables without labels: what the pods carry, or those of a workload of that name (all do), is not known."""
    pods = () if service.uid else world.all("Pod", service.namespace)
    unread = (maker for maker in makers if not _labels(maker))
    return any(_alike(service.name, maker.name) >= _ALIKE for maker in unread) or any(
        pod.meta.labels is None for pod in pods
    )


def _is_sure(service: Object, near: _Near, world: Lens) -> bool:
    """Of descriptions, one may come near for want of the one that is meant: then its name must be the Service's."""
    return world.knows(near.item.kind.name) or near.item.name == service.name or service.name.startswith(near.item.name)


def _has_no_address(service: Object, world: Lens) -> bool:
    """Its endpoints were read and are none."""
    slices = world.owned(service, "EndpointSlice")
    return bool(slices) and not any(found.view.endpoints for found in slices)


def _no_replicas(service: Object, makers: list[Object], world: Lens) -> Iterator[Finding]:
    """Its workload is there, wants pods and has had none for a while; a workload at zero is another analyzer's."""
    for maker in makers:
        status = maker.view.status
        down = next((c for c in status.conditions if c.type == "Available" and c.status == "False"), None)
        since = down.last_transition_time if down else maker.meta.creation_timestamp
        wants = maker.view.spec.replicas != 0 and (maker.kind.name != "DaemonSet" or status.desired_number_scheduled)
        serves = status.ready_replicas and not world.knows("Pod")
        if wants and not serves and (down or status.conditions == ()) and world.elapsed(since, _STARTS):
            what = "no pod" if world.knows("Pod") else "no ready pod"
            message = f"{service.name}: no ready endpoint: {maker.kind.name} {maker.name} has {what}"
            proof = [
                of_object(maker, f".status.conditions[{down.type}]", down) if down else readiness(maker),
                of_object(service, ".spec.selector", service.view.spec.selector),
            ]
            yield NOT_READY.finding(
                service,
                world,
                message,
                proof,
                remedies=[look(maker, NOT_READY.fix)],
                blames=[maker.resource],
                since=since,
            )
            return


def _bare(namespace: str, world: Lens) -> Iterator[Object]:
    return (pod for pod in world.all("Pod", namespace) if not pod.meta.owner_references)


def _nearest(service: Object, items: Iterable[Object]) -> _Near | None:
    found = [near for item in items if (near := _compare(service, item)) is not None]
    return max(found, key=lambda near: (near.likeness, near.item.kind.name, near.item.name), default=None)


def _compare(service: Object, item: Object) -> _Near | None:
    selector: dict[str, str] = service.view.spec.selector
    labels = _labels(item)
    differs = {key: value for key, value in selector.items() if labels.get(key) != value}
    shared = len(selector) - len(differs)
    alike = sum(_alike(value, labels[key]) if key in labels else 0.0 for key, value in differs.items())
    named = _alike(service.name, item.name)
    if not shared and (alike / len(differs)) < _ALIKE and named < _ALIKE:
        return None
    return _Near(item, labels, differs, (shared + alike) / len(selector) + named / 2)


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _mismatch(service: Object, near: _Near, world: Lens) -> Finding:
    wants = ", ".join(f"{key}={value}" for key, value in sorted(near.differs.items()))
    has = ", ".join(
        f"{key}={near.labels[key]}" if key in near.labels else f"no label {key}" for key in sorted(near.differs)
    )
    own = suspects.of_workload(world, service, None, r"^spec\.selector")
    changes = own or suspects.of_workload(world, near.item, None, r"\.labels")
    message = f"{service.name}: its selector matches no pod: it wants {wants}; the pods of {near.item.name} have {has}"
    proof: list[Evidence] = [
        of_object(service, ".spec.selector", service.view.spec.selector),
        of_object(near.item, _labels_path(near.item), dict(near.labels)),
        *map(of_change, changes[:1]),
    ]
    return SELECTOR.finding(
        service, world, message, proof, changed=newest(changes), remedies=[_patch(service, near)],
        since=changes[0].time if changes else None,
        certainty=0.97 if changes else 0.9,
    )  # fmt: skip


def _patch(service: Object, near: _Near) -> Remedy:
    pairs = [f'"{key}":' + (f'"{near.labels[key]}"' if key in near.labels else "null") for key in sorted(near.differs)]
    patch = f'{{"spec":{{"selector":{{{",".join(pairs)}}}}}}}'
    command = f"kubectl -n {service.namespace} patch service {service.name} --type merge -p '{patch}'"
    selector = {key: near.labels.get(key) for key in near.differs}
    arguments = {
        "kind": "Service", "namespace": service.namespace, "name": service.name,
        "patch": {"spec": {"selector": selector}},
    }  # fmt: skip
    text = f"Let the selector of {service.name} match the labels of {near.item.name}."
    return Remedy(text=text, command=command, tool="resources_patch", arguments=arguments)


def _nothing(service: Object, world: Lens) -> Finding:
    wants = ", ".join(f"{key}={value}" for key, value in sorted(service.view.spec.selector.items()))
    message = f"{service.name}: nothing in {service.namespace} has the labels that it selects ({wants})"
    proof = [of_object(service, ".spec.selector", service.view.spec.selector)]
    return EMPTY.finding(service, world, message, proof, remedies=[look(service, EMPTY.fix)])


def _labels(item: Object) -> Mapping[str, str]:
    meta = item.meta if item.kind.name == "Pod" else item.view.spec.template.metadata
    return meta.labels or {}


def _labels_path(item: Object) -> str:
    return ".metadata.labels" if item.kind.name == "Pod" else ".spec.template.metadata.labels"
