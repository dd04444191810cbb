"""How healthy a workload is and why, from its own counts and the live incidents about it. One short sentence, no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from helmward.core.text import one_line
from helmward.house.cluster.pods import ORDER, Health, Pod, health_of, read_pod
from helmward.world.book import Tracked
from helmward.world.objects import Object
from helmward.world.views import Condition

_LONGEST = 160  # characters of a sentence


class Standing(NamedTuple):
    """`ready` of `wanted` replicas (None where the kind counts none)."""

    health: Health
    text: str
    ready: int | None = None
    wanted: int | None = None


def standing(item: Object, incidents: Sequence[Tracked], pods: Iterable[Object] = ()) -> Standing:
    """How an object stands; `pods` are looked at for a reason where some are not ready."""
    match item.kind.name:
        case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet":
            return _replicated(item, incidents, pods)
        case "Job":
            return _job(item, incidents, pods)
        case "CronJob":
            return _cron(item, incidents)
        case "Pod":
            row = read_pod(item)
            return Standing(health_of(row, [one.id for one in incidents]), row.status, row.ready, row.containers)
        case "Node" if (ready := _condition(item.view.status.conditions, "Ready")) is not None:
            words = "Ready" if ready.status == "True" else one_line(ready.message or "NotReady", _LONGEST)
            return Standing(_by(incidents, "healthy" if ready.status == "True" else "broken"), words)
    return Standing(_by(incidents, "healthy"), _title(incidents))


def _replicated(item: Object, incidents: Sequence[Tracked], pods: Iterable[Object]) -> Standing:
    ready, wanted = counts(item)
    if not wanted:
        return Standing("suspended", "scaled to 0" if item.kind.name != "DaemonSet" else "no node wants it", ready, 0)
    text = f"{ready} of {wanted} ready"
    stuck = _stuck(item)
    if ready < wanted:
        worst = _worst(pods)
        trouble = bool(incidents) or stuck or (worst is not None and health_of(worst, ()) == "broken")
        health: Health = ("degraded" if ready else "broken") if trouble else "progressing"
        return Standing(health, f"{text}{_word(worst)}", ready, wanted)
    if incidents or stuck:
        return Standing("degraded", _title(incidents) or f"{text}, but its rollout is stuck", ready, wanted)
    if getattr(item.view.spec, "paused", None):
        return Standing("suspended", f"{text}, rollout paused", ready, wanted)
    if (updated := _updated(item)) < wanted:
        return Standing("progressing", f"{text}, {updated} of {wanted} updated", ready, wanted)
    return Standing("healthy", text, ready, wanted)


def counts(item: Object) -> tuple[int, int]:
    """Ready and wanted replicas of a workload."""
    status, spec = item.view.status, item.view.spec
    if item.kind.name == "DaemonSet":
        return status.number_ready, status.desired_number_scheduled
    return status.ready_replicas, 1 if spec.replicas is None else spec.replicas


def _updated(item: Object) -> int:
    """Replicas of the template that stands there now; only a Deployment and a StatefulSet are judged by it."""
    status = item.view.status
    if item.kind.name not in ("Deployment", "StatefulSet"):
        return int(counts(item)[1])
    seen = status.observed_generation is None or status.observed_generation >= (item.meta.generation or 0)
    return int(status.updated_replicas) if seen else 0


def _stuck(item: Object) -> bool:
    progressing = _condition(item.view.status.conditions, "Progressing")
    return progressing is not None and progressing.reason == "ProgressDeadlineExceeded"


def _worst(pods: Iterable[Object]) -> Pod | None:
    """The worst pod of those that are not ready."""
    rows = [row for row in map(read_pod, pods) if row.ready < row.containers and row.status != "Completed"]
    return min(rows, key=lambda row: (ORDER[health_of(row, ())], row.status), default=None)


def _word(worst: Pod | None) -> str:
    return f" ({worst.status})" if worst is not None and worst.status != "Running" else ""


def _job(item: Object, incidents: Sequence[Tracked], pods: Iterable[Object]) -> Standing:
    status, wanted = item.view.status, item.view.spec.completions or 1
    if (failed := _condition(status.conditions, "Failed")) is not None and failed.status == "True":
        return Standing("broken", one_line(f"failed ({failed.reason or 'no reason'})"), status.succeeded, wanted)
    done = _condition(status.conditions, "Complete")
    if done is not None and done.status == "True":
        return Standing(_by(incidents, "healthy"), "completed", status.succeeded, wanted)
    if item.view.spec.suspend:
        return Standing("suspended", "suspended", status.succeeded, wanted)
    again = f", {status.failed} failed" if status.failed else ""
    text = f"{status.succeeded} of {wanted} completed, {status.active} running{again}{_word(_worst(pods))}"
    return Standing("degraded" if incidents or status.failed else "progressing", text, status.succeeded, wanted)


def _cron(item: Object, incidents: Sequence[Tracked]) -> Standing:
    if item.view.spec.suspend:
        return Standing("suspended", "suspended")
    text = _title(incidents) or f"schedule {one_line(item.view.spec.schedule, 60)}"
    return Standing(_by(incidents, "healthy"), text)


def _by(incidents: Sequence[Tracked], otherwise: Health) -> Health:
    return "degraded" if incidents and otherwise == "healthy" else otherwise


def _title(incidents: Sequence[Tracked]) -> str:
    return one_line(incidents[0].incident.title, _LONGEST) if incidents else ""


def _condition(conditions: Sequence[Condition], kind: str) -> Condition | None:
    return next((one for one in conditions if one.type == kind), None)
