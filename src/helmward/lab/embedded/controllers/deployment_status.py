"""The status of a Deployment: counts and the conditions Available, Progressing, ReplicaFailure, in the real words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from helmward.core.times import parse_time
from helmward.lab.embedded.bodies import Body, at, clone, condition, meta, now
from helmward.lab.embedded.controllers import rollout

_NO_DEADLINE = 2**31 - 1


def put(status: Body, type_: str, value: str, reason: str, message: str, renew: bool = False) -> None:
    """Set a condition (SetDeploymentCondition): the same status and reason stay as they are, unless `renew`."""
    conditions = status.setdefault("conditions", [])
    before = next((item for item in conditions if item["type"] == type_), None)
    if before and (before["status"], before["reason"]) == (value, reason) and not renew:
        return
    moment = now()
    turned = before["lastTransitionTime"] if before and before["status"] == value else moment
    fresh = {"type": type_, "status": value, "lastUpdateTime": moment, "lastTransitionTime": turned}
    status["conditions"] = [item for item in conditions if item["type"] != type_]
    status["conditions"].append(fresh | {"reason": reason, "message": message})


def drop(status: Body, type_: str) -> None:
    """Remove a condition."""
    kept = [item for item in status.get("conditions") or [] if item["type"] != type_]
    status["conditions"] = kept
    if not kept:
        del status["conditions"]


def has_deadline(deployment: Body) -> bool:
    """Whether progress is watched at all."""
    seconds = at(deployment, "spec", "progressDeadlineSeconds")
    return seconds is not None and seconds != _NO_DEADLINE


def counted(deployment: Body, sets: Sequence[Body], new: Body | None) -> Body:
    """The status from the sets as they are, with the conditions it had and Available (calculateStatus)."""
    sums = {name: sum(at(each, "status", name) or 0 for each in sets) for name in _SUMMED}
    status: Body = {
        "observedGeneration": meta(deployment)["generation"],
        "replicas": sums["replicas"],
        "updatedReplicas": (at(new, "status", "replicas") or 0) if new else 0,
        "readyReplicas": sums["readyReplicas"],
        "availableReplicas": sums["availableReplicas"],
        "unavailableReplicas": max(0, rollout.total(sets) - sums["availableReplicas"]),
        "collisionCount": at(deployment, "status", "collisionCount"),
    }
    status = {name: value for name, value in status.items() if value}
    if at(deployment, "status", "conditions"):
        status["conditions"] = clone({"kept": deployment["status"]["conditions"]})["kept"]
    if sums["availableReplicas"] >= rollout.size(deployment) - rollout.max_unavailable(deployment):
        put(status, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        words = "Deployment does not have minimum availability."
        put(status, "Available", "False", "MinimumReplicasUnavailable", words)
    return status


_SUMMED = ("replicas", "readyReplicas", "availableReplicas")


def progressed(deployment: Body, status: Body, sets: Sequence[Body], new: Body | None) -> Body:
    """`status` with Progressing and ReplicaFailure (syncRolloutStatus)."""
    before = condition(deployment, "Progressing")
    if not has_deadline(deployment):
        drop(status, "Progressing")
    done = status.get("replicas") == status.get("updatedReplicas") and before is not None
    if has_deadline(deployment) and not (done and before and before["reason"] == "NewReplicaSetAvailable"):
        _progress(deployment, status, new)
    failure = _failure(sets, new)
    if failure:
        put(status, "ReplicaFailure", failure["status"], failure["reason"], failure.get("message", ""))
    else:
        drop(status, "ReplicaFailure")
    return status


def _progress(deployment: Body, status: Body, new: Body | None) -> None:
    name = f'ReplicaSet "{meta(new)["name"]}"' if new else f'Deployment "{meta(deployment)["name"]}"'
    if complete(deployment, status):
        put(status, "Progressing", "True", "NewReplicaSetAvailable", f"{name} has successfully progressed.")
    elif _moving(deployment, status):
        put(status, "Progressing", "True", "ReplicaSetUpdated", f"{name} is progressing.", renew=True)
    elif timed_out_in(deployment) == 0:
        put(status, "Progressing", "False", "ProgressDeadlineExceeded", f"{name} has timed out progressing.")


def complete(deployment: Body, status: Body) -> bool:
    """Whether every replica is of the new template and available (DeploymentComplete)."""
    wanted = rollout.size(deployment)
    counts = (status.get(name) or 0 for name in ("updatedReplicas", "replicas", "availableReplicas"))
    seen = (status.get("observedGeneration") or 0) >= meta(deployment)["generation"]
    return all(count == wanted for count in counts) and seen


def _moving(deployment: Body, status: Body) -> bool:
    before = deployment.get("status") or {}

    def old_and_new(name: str) -> tuple[int, int]:
        return before.get(name) or 0, status.get(name) or 0

    was, updated = old_and_new("updatedReplicas")
    all_was, all_now = old_and_new("replicas")
    gains = [old_and_new(name) for name in ("readyReplicas", "availableReplicas")]
    return updated > was or all_now - updated < all_was - was or any(now_ > then for then, now_ in gains)


def timed_out_in(deployment: Body) -> float | None:
    """Seconds until the rollout counts as stuck; 0 when it does; None where there is nothing to wait for."""
    found = condition(deployment, "Progressing")
    if not has_deadline(deployment) or found is None or found["reason"] == "NewReplicaSetAvailable":
        return None
    if found["reason"] == "ProgressDeadlineExceeded":
        return 0.0
    since = parse_time(found.get("lastUpdateTime")) or datetime.now(UTC)
    until = since + timedelta(seconds=at(deployment, "spec", "progressDeadlineSeconds"))
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _failure(sets: Sequence[Body], new: Body | None) -> Body | None:
    for replica_set in ([new] if new else []) + list(sets):
        found = condition(replica_set, "ReplicaFailure")
        if found:
            return found
    return None
