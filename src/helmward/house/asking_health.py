"""What was looked at where nothing is wrong: an answer that says "healthy" shows on what it rests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.ask.inventory import WORKLOADS, Thing
from helmward.core.text import one_line
from helmward.explain.reports import present
from helmward.house.house import House
from helmward.world.lens import Lens
from helmward.world.objects import Object

_MOST = 10  # pods and events that are named

Piece = dict[str, Any]


def health(house: House, target: Thing) -> dict[str, Any]:
    """Nothing is wrong that Helmward found; the fields and Events that were looked at, and what could not be read."""
    item = house.world.get(target.kind, target.namespace, target.name)
    unread = present.coverage(house.world.coverage)["unread"]
    if item is None:
        return {"text": f"{target} is not there any more.", "evidence": [], "unread": unread}
    evidence = list(_looked_at(house, item))
    hidden = f" Not read: {', '.join(one['kind'] for one in unread)}." if unread else ""
    text = f"No finding stands against {target} now: {evidence[0]['excerpt']} [{evidence[0]['id']}].{hidden}"
    return {"text": text, "evidence": evidence, "unread": unread}


def _looked_at(house: House, item: Object) -> Iterator[Piece]:
    for number, (source, ref, excerpt) in enumerate(_pieces(house, item), 1):
        yield {"id": f"seen-{number}", "source": source, "ref": ref, "excerpt": one_line(excerpt, 300)}


def _pieces(house: House, item: Object) -> Iterator[tuple[str, str, str]]:
    lens, name = Lens(house.world, house.clock()), str(item.resource)
    yield from _state(item, name)
    pods = [pod for pod in house.world.all("Pod", item.namespace) if _belongs(lens, pod, item)]
    for pod in pods[:_MOST]:
        ready = next((one.status for one in pod.view.status.conditions if one.type == "Ready"), "unknown")
        yield "object", f"{pod.resource} .status.conditions[Ready]", f"{pod.name} ready: {ready}"
    warnings = [event for one in (item, *pods) for event in lens.events(one) if event.view.type == "Warning"]
    if not warnings:
        yield "event", name, "no Warning event about it or its pods"
    for event in warnings[-_MOST:]:
        yield "event", str(event.resource), f"{event.view.reason}: {event.view.message}"


def _state(item: Object, name: str) -> Iterator[tuple[str, str, str]]:
    if item.kind.name in WORKLOADS:
        spec, status = item.view.spec, item.view.status
        daemon = item.kind.name == "DaemonSet"
        ready = status.number_ready if daemon else status.ready_replicas
        wanted = status.desired_number_scheduled if daemon else 1 if spec.replicas is None else spec.replicas
        field = "numberReady" if daemon else "readyReplicas"
        yield "object", f"{name} .status.{field}", f"{ready} of {wanted} replicas ready"
    elif item.kind.name == "Node":
        ready = next((one.status for one in item.view.status.conditions if one.type == "Ready"), "unknown")
        yield "object", f"{name} .status.conditions[Ready]", f"Ready: {ready}"
    else:
        yield "object", name, "it is there"


def _belongs(lens: Lens, pod: Object, item: Object) -> bool:
    owner = lens.workload(pod)
    return owner is not None and (owner.kind, owner.name) == (item.kind.name, item.name)
