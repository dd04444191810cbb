"""One object as the world holds it now, with the tree that it stands in: nothing is asked of the cluster, nothing is audited."""

from __future__ import annotations

from typing import Any

from helmward.core.nouns import Actor
from helmward.house import reach
from helmward.house.cluster.concerned import visible
from helmward.house.cluster.objects import Named
from helmward.house.cluster.tree import row, top
from helmward.house.health import ORDER, Incidents, led_to, place, stands
from helmward.house.health.tops import root_of
from helmward.house.house import House
from helmward.house.reach import OutOfReach
from helmward.world.kinds import KINDS
from helmward.world.objects import Object


def branch(house: House, actor: Actor, named: Named) -> dict[str, Any]:
    """`followed`: objects of this kind are kept current, so that `standing` None means that it is not there; `workload` is a
    row of the list (None for what stands in no tree). Raises OutOfReach."""
    namespace = "" if named.namespace == "-" else named.namespace
    if not reach.reaches(house, actor, [namespace]):
        raise OutOfReach(f"{named.kind} {named.name} lies outside of what {actor.name} may see.")
    followed = _followed(house, named)
    item = house.world.get(named.kind, namespace, named.name) if followed else None
    incidents = visible(house, actor)
    return {
        "followed": followed,
        "standing": _standing(house, item, incidents) if item is not None else None,
        "workload": _workload(house, item, incidents) if item is not None else None,
    }


def _followed(house: House, named: Named) -> bool:
    kind = KINDS.get(named.kind)
    if kind is None or not house.world.coverage.knows(kind.name):
        return False
    return named.api_version is None or named.api_version.rpartition("/")[0] == kind.group


def _standing(house: House, item: Object, incidents: Incidents) -> dict[str, Any]:
    found = stands(house.world, item, incidents)
    return {"health": found.health, "text": found.text, "incidents": incidents.at(place(item)).ids}


def _workload(house: House, item: Object, incidents: Incidents) -> dict[str, Any] | None:
    """What stands at the top; of a Service, the worst of what it leads to."""
    tops = (
        root_of(house.world, one) for one in (led_to(house.world, item) if item.kind.name == "Service" else (item,))
    )
    found = [top(house.world, one, incidents) for one in tops if one is not None]
    worst = min(found, key=lambda one: (ORDER[one.standing.health], place(one.item)), default=None)
    return None if worst is None else row(house.world, worst, incidents)
