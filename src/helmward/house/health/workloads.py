"""How a workload stands: by its own counts, by its pods where some are not ready, and by the live incidents about it."""

from __future__ import annotations

from helmward.core.text import one_line
from helmward.house.health.counts import replicas, word, worst_pod
from helmward.house.health.incidents import Concern, Incidents, place
from helmward.house.health.levels import Health
from helmward.house.health.owned import pods_below
from helmward.house.health.pods import health_of
from helmward.house.health.services import concern_before
from helmward.house.health.told import Standing, condition
from helmward.world.objects import Object
from helmward.world.store import World


def replicated(world: World, item: Object, incidents: Incidents) -> Standing:
    """How what counts replicas stands; its pods are looked at for a reason where some are not ready."""
    about = incidents.at(place(item))
    ready, wanted = replicas(item)
    if not wanted:
        return _asleep(item, about or concern_before(world, item, incidents), ready)
    text, stuck = f"{ready} of {wanted} ready", _stuck(item)
    if ready < wanted:
        pods = list(pods_below(world, item))
        worst = worst_pod(pods)
        ails = about or stuck or (worst is not None and health_of(worst) == "broken")
        ails = ails or any(place(pod) in incidents for pod in pods)  # a ReplicaSet is as ill as they are
        health: Health = ("degraded" if ready else "broken") if ails else "progressing"
        return Standing(health, f"{text}{word(worst)}", ready, wanted)
    if about or stuck:
        return Standing("degraded", about.title or f"{text}, but its rollout is stuck", ready, wanted)
    if getattr(item.view.spec, "paused", None):
        return Standing("suspended", f"{text}, rollout paused", ready, wanted)
    if (updated := _updated(item)) < wanted:
        return Standing("progressing", f"{text}, {updated} of {wanted} updated", ready, wanted)
    return Standing("healthy", text, ready, wanted)


def job(world: World, item: Object, about: Concern) -> Standing:
    """How a Job stands: by its conditions (batch/v1), then by what was said of it."""
    status, wanted = item.view.status, item.view.spec.completions or 1
    if (failed := condition(status.conditions, "Failed")) is not None and failed.status == "True":
        return Standing("broken", one_line(f"failed ({failed.reason or 'no reason'})"), status.succeeded, wanted)
    done = condition(status.conditions, "Complete")
    if done is not None and done.status == "True":
        return Standing("degraded" if about else "healthy", about.title or "completed", status.succeeded, wanted)
    if item.view.spec.suspend:
        return Standing(about.health if about else "suspended", about.title or "suspended", status.succeeded, wanted)
    again = f", {status.failed} failed" if status.failed else ""
    worst = word(worst_pod(pods_below(world, item)))
    text = f"{status.succeeded} of {wanted} completed, {status.active} running{again}{worst}"
    health: Health = about.health if about else "degraded" if status.failed else "progressing"
    return Standing(health, text, status.succeeded, wanted)


def cron_job(item: Object, about: Concern) -> Standing:
    """How a CronJob stands: what its Jobs did is theirs."""
    if item.view.spec.suspend:
        return Standing(about.health if about else "suspended", about.title or "suspended")
    return Standing(about.health, about.title or f"schedule {one_line(item.view.spec.schedule, 60)}")


def _asleep(item: Object, concern: Concern, ready: int) -> Standing:
    """Nobody wants a pod of it; an incident says that somebody should."""
    text = "scaled to 0" if item.kind.name != "DaemonSet" else "no node wants it"
    return Standing(concern.health if concern else "suspended", concern.title or text, ready, 0)


def _updated(item: Object) -> int:
    """Replicas of the template that stands there now; only a Deployment and a StatefulSet are judged by it."""
    status = item.view.status
    if item.kind.name not in ("Deployment", "StatefulSet"):
        return int(replicas(item)[1])
    seen = status.observed_generation is None or status.observed_generation >= (item.meta.generation or 0)
    return int(status.updated_replicas) if seen else 0


def _stuck(item: Object) -> bool:
    progressing = condition(item.view.status.conditions, "Progressing")
    return progressing is not None and progressing.reason == "ProgressDeadlineExceeded"
