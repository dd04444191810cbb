"""Whether a workload's rollout is stuck: a Deployment by its condition, StatefulSets and DaemonSets by their pods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from helmward.core.nouns import Evidence, Finding, Owner, Remedy
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, names, newest, undo
from helmward.explain.clues.pods import condition_since
from helmward.explain.clues.replicas import counts, readiness
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.workloads.codes import NOT_PROGRESSING, STUCK
from helmward.world.lens import Lens
from helmward.world.objects import Object

# Deployment.spec.progressDeadlineSeconds' default; what has no deadline of its own gets the same.
_DEADLINE = timedelta(minutes=10)
_NEW = re.compile(r'ReplicaSet "([^"]+)"')


def deployment(item: Object, world: Lens) -> Iterator[Finding]:
    """A rollout past its progress deadline (pkg/controller/deployment/progress.go)."""
    view = item.view
    wanted = 1 if view.spec.replicas is None else view.spec.replicas
    if view.status.updated_replicas >= wanted <= view.status.available_replicas or not _observed(item):
        return
    for number, condition in enumerate(view.status.conditions):
        if (
            condition.type == "Progressing"
            and condition.status == "False"
            and condition.reason == "ProgressDeadlineExceeded"
        ):
            proof = of_object(item, f".status.conditions[{number}]", condition)
            yield _stuck(
                STUCK, item, world, condition.message or "", proof, condition.last_transition_time, STUCK.certainty
            )
            return
    created = item.meta.creation_timestamp
    if not view.status.conditions and wanted and created and world.elapsed(created, _DEADLINE):
        # Read from a table, which has no conditions.
        yield _stuck(STUCK, item, world, "", readiness(item), None, 0.5)


def ordered(item: Object, world: Lens) -> Iterator[Finding]:
    """A StatefulSet or DaemonSet one of whose pods has not become ready for ten minutes."""
    ready, wanted = counts(item)
    if ready >= wanted or not _observed(item):
        return
    waiting = [pod for pod in world.owned(item, "Pod") if not _ready(pod) and not pod.meta.deletion_timestamp]
    since = min((condition_since(pod, "Ready") or "" for pod in waiting), default=item.meta.creation_timestamp)
    if not since or not world.elapsed(since, _DEADLINE):
        return
    which = f"; not ready: {names(pod.name for pod in waiting)}" if waiting else ""
    changes = suspects.of_workload(world, item, since, r"^spec\.template")
    message = f"{item.name}: {ready} of {wanted} pods are ready since {since}{which}"
    proof = [readiness(item), *map(of_change, changes[:1])]
    yield NOT_PROGRESSING.finding(
        item, world, message, proof, changed=newest(changes), remedies=_remedies(item, bool(changes)), since=since
    )


def _stuck(
    code: Code, item: Object, world: Lens, said: str, proof: Evidence, since: str | None, certainty: float
) -> Finding:
    status = item.view.status
    sets = [found for found in world.owned(item, "ReplicaSet") if found.view.spec.replicas]
    named = _NEW.search(said)
    new = named.group(1) if named else ""
    old = [found.name for found in sets if found.name != new]
    changes = suspects.of_workload(world, item, since, r"^spec\.template")
    wanted = 1 if item.view.spec.replicas is None else item.view.spec.replicas
    parts = f"{status.updated_replicas} of {wanted} replicas updated, {status.available_replicas} available"
    which = f" (new ReplicaSet {new}{', old ' + names(old) if old else ''})" if new else ""
    message = f"{item.name}: the rollout is stuck: {parts}{which}"
    return code.finding(
        item, world, message, [proof, *map(of_change, changes[:2])], changed=newest(changes),
        remedies=_remedies(item, bool(old or changes)), since=since, certainty=certainty,
    )  # fmt: skip


def _remedies(item: Object, has_before: bool) -> list[Remedy]:
    owner = Owner(kind=item.kind.name, namespace=item.namespace, name=item.name)
    if not has_before:
        return [look(item, "See what its pods wait for.")]
    return [undo(owner, f"Roll {item.name} back to its previous revision, which ran.")]


def _observed(item: Object) -> bool:
    """The status speaks of the present spec, not of the one before."""
    seen, generation = item.view.status.observed_generation, item.meta.generation
    return seen is None or generation is None or seen >= generation


def _ready(pod: Object) -> bool:
    return any(condition.type == "Ready" and condition.status == "True" for condition in pod.view.status.conditions)
