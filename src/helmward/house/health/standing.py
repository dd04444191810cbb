"""How any object stands, by its kind."""

from __future__ import annotations

from helmward.core.text import one_line
from helmward.house.health.counts import COUNTED
from helmward.house.health.incidents import Concern, Incidents, place
from helmward.house.health.pods import health_of, read_pod, said
from helmward.house.health.services import service
from helmward.house.health.told import LONGEST, Standing, condition
from helmward.house.health.workloads import cron_job, job, replicated
from helmward.world.objects import Object
from helmward.world.store import World


def stands(world: World, item: Object, incidents: Incidents) -> Standing:
    """How an object stands, by the world and the incidents that may be told of. What the words mean: see the package."""
    kind = item.kind.name
    if kind in COUNTED:
        return replicated(world, item, incidents)
    about = incidents.at(place(item))
    match kind:
        case "Pod":
            return _pod(item, about)
        case "Service":
            return service(world, item, incidents)
        case "Job":
            return job(world, item, about)
        case "CronJob":
            return cron_job(item, about)
        case "Node":
            return _node(item, about)
    return Standing(about.health, about.title)


def _pod(item: Object, about: Concern) -> Standing:
    row = read_pod(item)
    return Standing(health_of(row, about), said(row), row.ready, row.containers)


def _node(item: Object, about: Concern) -> Standing:
    ready = condition(item.view.status.conditions, "Ready")
    if ready is None:
        return Standing(about.health, about.title)
    if ready.status == "True":
        return Standing("degraded" if about else "healthy", "Ready")
    return Standing("broken", one_line(ready.message or "NotReady", LONGEST))
