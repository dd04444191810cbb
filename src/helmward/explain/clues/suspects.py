"""What changed just before it broke: the changes of a workload and of what its template uses, nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import takewhile

from helmward.core.nouns import Change
from helmward.core.times import parse_time
from helmward.world.changes import history
from helmward.world.indexes import pod_spec, used_objects
from helmward.world.lens import Lens
from helmward.world.objects import Object

# A change can be blamed for what began up to a minute before its own time (clocks of field managers count in seconds).
_SLACK = timedelta(minutes=1)
_LOOK_BACK = timedelta(days=7)
_OWN = "helmward"  # the field manager of our writes
# An act of ours is proven, or taken back, within this (a scale of many replicas waits longest).
_TAKES_BACK = timedelta(hours=1)
READS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ConfigMap", "Secret")
"""What an analyzer that asks for suspects must have among its `reads`."""


def of_workload(world: Lens, item: Object, since: str | None, path: str = "") -> list[Change]:
    """The changes to the workload of `item` (a pod or a workload), newest first, whose path matches the regex `path`."""
    workload = world.owner(item) or item
    seen = world.changes(workload)
    last = {change.path: change.after for change in seen}
    # What was seen live is not told again from the ReplicaSets, which give a change the name and time of any later edit.
    rest = [change for change in _rollout(world, workload) if last.get(change.path, "") != change.after]
    return _recent([*seen, *rest], since, path)


def of_configuration(world: Lens, item: Object, since: str | None, path: str = "") -> list[Change]:
    """The changes to the ConfigMaps and Secrets that the workload of `item` uses, newest first."""
    workload = world.owner(item) or item
    spec = pod_spec(workload)
    found: list[Change] = []
    for kind, name in sorted(set(used_objects(spec))) if spec else ():
        if kind != "PersistentVolumeClaim" and (used := world.get(kind, workload.namespace, name)) is not None:
            found += world.changes(used)
    return _recent(found, since, path)


def _rollout(world: Lens, workload: Object) -> Iterable[Change]:
    if workload.kind.name != "Deployment":
        return ()
    return history(workload, world.owned(workload, "ReplicaSet"))


def _recent(changes: Iterable[Change], since: str | None, path: str) -> list[Change]:
    start = parse_time(since)
    wanted = re.compile(path)
    found = []
    for change in changes:
        when = parse_time(change.time)
        if start is not None and when is not None and not start - _LOOK_BACK <= when <= start + _SLACK:
            continue
        if wanted.search(change.path):
            found.append(change)
    return _without_undone(sorted(found, key=lambda change: change.time, reverse=True))


def _without_undone(changes: list[Change]) -> list[Change]:
    """Without what we changed and took back again: a value that stands as somebody else set it is his."""
    by_path: dict[str, list[Change]] = {}
    for change in changes:
        by_path.setdefault(change.path, []).append(change)
    void = {id(change) for same in by_path.values() for change in _undone(same)}
    return [change for change in changes if id(change) not in void] if void else changes


def _undone(same: list[Change]) -> list[Change]:
    """The newest changes of one path, if they are acts of ours and their undo, which brought back what stood before."""
    ours = list(takewhile(lambda change: change.manager == _OWN, same))
    if len(ours) < 2 or ours[0].after != ours[-1].before:
        return []
    act, undo = parse_time(ours[1].time), parse_time(ours[0].time)
    return ours if act is None or undo is None or undo - act <= _TAKES_BACK else []
