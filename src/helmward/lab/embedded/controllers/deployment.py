"""Deployment → ReplicaSets: revisions, rolling updates, recreation, scaling, clean-up (pkg/controller/deployment)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, condition, controller_of, meta
from helmward.lab.embedded.controllers import deployment_status, owned, revisions, rollout
from helmward.lab.embedded.controllers.set_writer import SetWriter
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change

_SKEW = 1.0  # seconds: timestamps are whole seconds
_SETS = KINDS["ReplicaSet"]


class DeploymentController:
    """Moves each Deployment one step at a time; every step's own changes bring the next."""

    watches: ClassVar[tuple[str, ...]] = ("Deployment", "ReplicaSet", "Pod")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("deployment-controller")
        self._writer = SetWriter(registry, self._by)

    def keys(self, change: Change) -> Iterable[Key]:
        """The Deployment itself or that of a set; a pod matters where Recreate waits for its end."""
        if change.kind == "Deployment":
            return [change.now.key]
        if change.kind == "ReplicaSet":
            return owned.controllers(change, "Deployment")
        if change.type != "DELETED":
            return []
        sets = [self._store.get("ReplicaSet", *key) for key in owned.controllers(change, "ReplicaSet")]
        return [(each.key[0], owner["name"]) for each in sets if each and (owner := controller_of(each.body))]

    def sync(self, key: Key) -> float | None:
        """One step."""
        found = self._store.get("Deployment", *key)
        if found is None:
            return None
        deployment = found.copy()
        sets = owned.claim(self._registry, "ReplicaSet", deployment, self._by)
        if not meta(deployment).get("deletionTimestamp"):
            deployment = self._paused_condition(deployment)
            sets = self._step(deployment, sets)
        return self._tell(key, sets)

    def _step(self, deployment: Body, sets: list[Body]) -> list[Body]:
        new = rollout.find_new(deployment, sets)
        if at(deployment, "spec", "paused") or rollout.was_scaled(deployment, sets):
            if new:
                new = self._writer.annotate(deployment, new, sets)
            self._scale(deployment, new, sets)
        elif rollout.rolling(deployment):
            self._roll(deployment, new, sets)
        else:
            self._recreate(deployment, new, sets)
        return owned.claim(self._registry, "ReplicaSet", deployment, self._by)

    def _roll(self, deployment: Body, new: Body | None, sets: list[Body]) -> None:
        if new is None:
            self._writer.create(deployment, sets)
            return
        new = self._writer.annotate(deployment, new, sets)
        old = [each for each in sets if meta(each)["uid"] != meta(new)["uid"]]
        wanted = (
            rollout.size(deployment)
            if rollout.size(new) > rollout.size(deployment)
            else rollout.grown(deployment, sets, rollout.size(new))
        )
        if self._writer.resize(deployment, new, wanted):
            return
        for each, size in rollout.shrunk(deployment, new, [each for each in old if rollout.size(each)]):
            self._writer.resize(deployment, each, size)
        self._clean_up(deployment, old)

    def _recreate(self, deployment: Body, new: Body | None, sets: list[Body]) -> None:
        old = [each for each in sets if new is None or meta(each)["uid"] != meta(new)["uid"]]
        resized = [self._writer.resize(deployment, each, 0) for each in old]
        if any(resized) or self._running(old):
            return
        if new is None:
            self._writer.create(deployment, sets)
            return
        self._writer.resize(deployment, self._writer.annotate(deployment, new, sets), rollout.size(deployment))
        self._clean_up(deployment, old)

    def _running(self, sets: Sequence[Body]) -> bool:
        uids = {meta(each)["uid"] for each in sets}
        pods = (item.body for item in self._store.shelf("Pod").now())
        return any((controller_of(pod) or {}).get("uid") in uids and not owned.finished(pod) for pod in pods)

    def _scale(self, deployment: Body, new: Body | None, sets: list[Body]) -> None:
        active = [each for each in sets if rollout.size(each)]
        if len(active) <= 1:
            for target in active or ([new] if new else sets[-1:]):
                self._writer.resize(deployment, target, rollout.size(deployment))
        elif rollout.rolling(deployment):
            for each, size in rollout.proportional(deployment, active):
                self._writer.resize(deployment, each, size)
        for each in active:
            self._writer.reannotate(deployment, each)

    def _clean_up(self, deployment: Body, old: Sequence[Body]) -> None:
        """Delete the empty sets beyond the history limit once the rollout is complete."""
        if not deployment_status.complete(deployment, deployment.get("status") or {}):
            return
        empty = [each for each in old if not rollout.size(each) and not at(each, "status", "replicas")]
        empty.sort(key=revisions.revision)
        for each in empty[: max(0, len(empty) - at(deployment, "spec", "revisionHistoryLimit"))]:
            delete(self._registry, _SETS, (meta(each)["namespace"], meta(each)["name"]), DeleteOptions())

    def _paused_condition(self, deployment: Body) -> Body:
        found, paused = condition(deployment, "Progressing"), bool(at(deployment, "spec", "paused"))
        marked = found is not None and found["reason"] == "DeploymentPaused"
        if not deployment_status.has_deadline(deployment) or paused == marked:
            return deployment
        if found is not None and found["reason"] == "ProgressDeadlineExceeded":
            return deployment
        reason, words = ("DeploymentPaused", "Deployment is paused")
        if not paused:
            reason, words = ("DeploymentResumed", "Deployment is resumed")
        status = deployment.setdefault("status", {})
        deployment_status.put(status, "Progressing", "Unknown", reason, words)
        return self._writer.save_status(deployment, None)

    def _tell(self, key: Key, sets: Sequence[Body]) -> float | None:
        current = self._store.get("Deployment", *key)
        if current is None:
            return None
        deployment = current.copy()
        new = rollout.find_new(deployment, sets)
        status = deployment_status.counted(deployment, sets, new)
        if not at(deployment, "spec", "paused"):
            status = deployment_status.progressed(deployment, status, sets, new)
        left = deployment_status.timed_out_in(deployment | {"status": status})
        self._writer.save_status(deployment | {"status": status}, None)
        return left + _SKEW if left else None
