"""The arithmetic of a rollout: how many replicas each ReplicaSet is to have (pkg/controller/deployment/util)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from helmward.lab.embedded.bodies import Body, at, meta
from helmward.lab.embedded.controllers.revisions import DESIRED, MAXIMUM, same_template

Sizes = list[tuple[Body, int]]


def size(replica_set: Body) -> int:
    """What its spec asks for."""
    return int(at(replica_set, "spec", "replicas") or 0)


def total(sets: Sequence[Body]) -> int:
    """The sum of what is asked for."""
    return sum(map(size, sets))


def available(replica_set: Body) -> int:
    """Its available replicas."""
    return int(at(replica_set, "status", "availableReplicas") or 0)


def rolling(deployment: Body) -> bool:
    """RollingUpdate rather than Recreate."""
    return bool(at(deployment, "spec", "strategy", "type") == "RollingUpdate")


def _scaled(value: object, of: int, up: bool) -> int:
    if isinstance(value, str) and value.endswith("%"):
        share = int(value[:-1]) * of / 100
        return math.ceil(share) if up else math.floor(share)
    return int(value) if isinstance(value, (int, str)) and str(value).isdecimal() else 0


def max_surge(deployment: Body) -> int:
    """How many pods may be beyond the replicas; percentages are rounded up."""
    if not rolling(deployment):
        return 0
    return _scaled(at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge"), size(deployment), True)


def max_unavailable(deployment: Body) -> int:
    """How many may be missing; percentages are rounded down, and 0 of both becomes 1 (ResolveFenceposts)."""
    if not rolling(deployment) or not size(deployment):
        return 0
    value = at(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable")
    count = _scaled(value, size(deployment), False)
    if not count and not max_surge(deployment):
        return 1
    return min(count, size(deployment))


def find_new(deployment: Body, sets: Sequence[Body]) -> Body | None:
    """The oldest set whose template is the Deployment's."""
    template = at(deployment, "spec", "template")
    return next((each for each in sets if same_template(at(each, "spec", "template"), template)), None)


def grown(deployment: Body, everything: Sequence[Body], new_size: int) -> int:
    """The size the new set may have now (NewRSNewReplicas)."""
    if not rolling(deployment):
        return size(deployment)
    room = size(deployment) + max_surge(deployment) - total(everything)
    return new_size if room <= 0 else new_size + min(room, size(deployment) - new_size)


def shrunk(deployment: Body, new: Body, old: Sequence[Body]) -> Sizes:
    """The sizes of the old sets after one step: unhealthy replicas first, then as far as availability allows."""
    floor = size(deployment) - max_unavailable(deployment)
    budget = total([*old, new]) - floor - (size(new) - available(new))
    if budget <= 0:
        return []
    sizes = {meta(each)["uid"]: size(each) for each in old}
    for each in old:
        unhealthy = min(budget, max(0, size(each) - available(each)))
        sizes[meta(each)["uid"]] -= unhealthy
        budget -= unhealthy
    spare = sum(available(each) for each in [*old, new]) - floor
    for each in old:
        step = min(max(spare, 0), sizes[meta(each)["uid"]])
        sizes[meta(each)["uid"]] -= step
        spare -= step
    return [(each, sizes[meta(each)["uid"]]) for each in old if sizes[meta(each)["uid"]] != size(each)]


def was_scaled(deployment: Body, sets: Sequence[Body]) -> bool:
    """Whether the Deployment's replicas are not those its active sets were made for (isScalingEvent)."""
    desired = ((meta(each).get("annotations") or {}).get(DESIRED) for each in sets if size(each))
    return any(each is not None and each != str(size(deployment)) for each in desired)


def proportional(deployment: Body, sets: Sequence[Body]) -> Sizes:
    """The sizes of all active sets after scaling in the middle of a rollout, in proportion to what they have."""
    chosen = [each for each in sets if size(each)]
    allowed = size(deployment) + max_surge(deployment) if size(deployment) else 0
    to_add = allowed - total(chosen)
    if not to_add:
        return []
    # Of equal sets the newer grows first and the older shrinks first.
    chosen.sort(key=lambda each: meta(each)["creationTimestamp"], reverse=to_add > 0)
    chosen.sort(key=size, reverse=True)
    added, sizes = 0, []
    for each in chosen:
        share, left = _fraction(deployment, each), to_add - added
        step = min(share, left) if to_add > 0 else max(share, left)
        sizes.append((each, size(each) + step))
        added += step
    first, first_size = sizes[0]
    return [(first, max(0, first_size + to_add - added)), *sizes[1:]]


def _fraction(deployment: Body, replica_set: Body) -> int:
    if not size(deployment):
        return -size(replica_set)
    text = (meta(replica_set).get("annotations") or {}).get(MAXIMUM, "")
    before = int(text) if text.isdecimal() else int(at(deployment, "status", "replicas") or 0)
    if not before:
        return 0
    grown_to = size(replica_set) * (size(deployment) + max_surge(deployment)) / before
    return math.floor(grown_to + 0.5) - size(replica_set)
