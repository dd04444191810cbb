"""What was looked at where nothing is wrong: an answer that says "healthy" shows on what it rests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.ask.inventory import WORKLOADS, Inventory, Thing
from helmward.core.text import one_line
from helmward.explain.reports import present
from helmward.house.health.counts import replicas
from helmward.house.house import House
from helmward.world.lens import Lens
from helmward.world.objects import Object

_MOST = 10  # pods and events that are named

Piece = dict[str, Any]
Seen = tuple[str, str, str]
"""Source, reference and excerpt of a piece of evidence."""


def health(house: House, target: Thing, inventory: Inventory) -> dict[str, Any]:
    """Nothing is wrong with it that Helmward found; the fields and Events that were looked at, what it needs that has an
    incident, and what could not be read."""
    item = house.world.get(target.kind, target.namespace, target.name)
    unread = present.coverage(house.world.coverage)["unread"]
    if item is None:
        return {"text": f"{target} is not there any more.", "evidence": [], "unread": unread}
    needed = list(_needed(house, item, inventory))
    evidence = _numbered([*_pieces(house, item), *(piece for piece, _ in needed)])
    hidden = f" Not read: {', '.join(one['kind'] for one in unread)}." if unread else ""
    text = f"No finding stands against {target} now: {evidence[0]['excerpt']} [{evidence[0]['id']}]."
    first = len(evidence) - len(needed)
    for (_, said), piece in zip(needed, evidence[first:], strict=True):
        text += f" {said} [{piece['id']}]."
    text += hidden
    return {"text": text, "evidence": evidence, "unread": unread}


def _numbered(pieces: list[Seen]) -> list[Piece]:
    return [
        {"id": f"seen-{number}", "source": source, "ref": ref, "excerpt": one_line(excerpt, 300)}
        for number, (source, ref, excerpt) in enumerate(pieces, 1)
    ]


def _needed(house: House, item: Object, inventory: Inventory) -> Iterator[tuple[Seen, str]]:
    """What it names as a host and what has an incident: the piece that shows the need, and a sentence."""
    lens, told = Lens(house.world, house.clock()), set[str]()
    for need in lens.needs(item) if item.kind.name in WORKLOADS else ():
        service = need.service
        behind = [lens.workload(pod) for pod in lens.pods_matching(service.namespace, service.view.spec.selector or {})]
        things = [Thing(kind=one.kind, namespace=one.namespace, name=one.name) for one in behind if one is not None]
        things.append(Thing(kind="Service", namespace=service.namespace, name=service.name))
        for trouble in inventory.troubles_of(things):
            if trouble.id not in told:
                told.add(trouble.id)
                piece = ("object", f"{need.named_in.resource} {need.place}", f"names Service {service.name}")
                yield piece, f"It needs {service.name}, of which {trouble.id} says: {one_line(trouble.title, 200)}"


def _pieces(house: House, item: Object) -> Iterator[Seen]:
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


def _state(item: Object, name: str) -> Iterator[Seen]:
    if item.kind.name in WORKLOADS:
        field = "numberReady" if item.kind.name == "DaemonSet" else "readyReplicas"
        yield "object", f"{name} .status.{field}", "{} of {} replicas ready".format(*replicas(item))
    elif item.kind.name == "Node":
        ready = next((one.status for one in item.view.status.conditions if one.type == "Ready"), "unknown")
        yield "object", f"{name} .status.conditions[Ready]", f"Ready: {ready}"
    else:
        yield "object", name, "it is there"


def _belongs(lens: Lens, pod: Object, item: Object) -> bool:
    owner = lens.workload(pod)
    return owner is not None and (owner.kind, owner.name) == (item.kind.name, item.name)
