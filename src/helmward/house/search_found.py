"""What a search found, as the JSON that faces show. Only what is shown is told: most of what fits is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from helmward.core.nouns import Resource
from helmward.core.text import one_line
from helmward.house.health import Incidents, place, stands
from helmward.world.book import Tracked
from helmward.world.kinds import KINDS, WORKLOADS
from helmward.world.objects import Object
from helmward.world.store import World

ORDER = ("incident", "workload", "service", "namespace", "pod", "plan", "action", "tool", "actor")
"""The kinds of results, in the order of those that fit equally well."""
_KINDS = {"Service": "service", "Pod": "pod"} | dict.fromkeys(WORKLOADS, "workload")


class Found(NamedTuple):
    """A thing as it is shown. `severity`: the worst that was found there and stands; `words` lead to it beside its name."""

    kind: str
    id: str
    title: str
    detail: str
    resource: Resource | None = None
    severity: str | None = None
    words: str = ""


class Told:
    """Tells what incidents and objects are."""

    def __init__(self, world: World, incidents: Incidents) -> None:
        self._world, self._incidents = world, incidents

    def row(self, about: Found | Tracked | Object, score: int) -> dict[str, Any]:
        """One result."""
        match about:
            case Tracked():
                found = _incident(about)
            case Object():
                found = self._object(about)
            case _:
                found = about
        return {
            "kind": found.kind,
            "id": one_line(found.id, 600),
            "title": one_line(found.title, 200),
            "detail": one_line(found.detail, 200),
            "resource": None if found.resource is None else _resource(found.resource),
            "severity": found.severity,
            "score": score,
        }

    def _object(self, item: Object) -> Found:
        where, kind = place(item), item.kind.name
        about, state = self._incidents.at(where), stands(self._world, item, self._incidents).text
        detail = ", ".join(filter(None, (f"{kind} in {item.namespace}", state, *about.ids[:1])))
        severity = str(about.severity) if about.severity else None
        return Found(_KINDS[kind], "/".join(where), item.name, detail, item.resource, severity)


def namespace(name: str, live: Sequence[Tracked]) -> Found:
    """A namespace, with its live incidents, the worst first."""
    count = f"{len(live)} live incident{'' if len(live) == 1 else 's'}"
    resource = Resource(api_version=KINDS["Namespace"].api, kind="Namespace", namespace="", name=name)
    worst = str(live[0].incident.severity) if live else None
    return Found("namespace", name, name, f"Namespace, {count}", resource, worst)


def _incident(entry: Tracked) -> Found:
    incident = entry.incident
    detail = f"{entry.state}, {incident.severity}, {incident.owner or incident.resource}"
    severity = str(incident.severity) if entry.live else None
    return Found("incident", entry.id, incident.title, detail, incident.resource, severity)


def _resource(resource: Resource) -> dict[str, str]:
    return {key: one_line(value) for key, value in msgspec.to_builtins(resource).items()}
