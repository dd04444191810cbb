"""ReplicaSet → Pods (pkg/controller/replicaset)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, meta, now
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.controllers.recorder import Recorder
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.labels import selects
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change

_RETRY = 1.0  # seconds: a pod that was refused is tried again, later and later
_LAST_RETRY = 30.0


class ReplicaSetController:
    """Keeps as many pods as `spec.replicas` says."""

    watches: ClassVar[tuple[str, ...]] = ("ReplicaSet", "Pod")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("replicaset-controller")
        self._recorder = Recorder(registry, "replicaset-controller", self._by)
        self._refused: dict[Key, int] = {}

    def keys(self, change: Change) -> Iterable[Key]:
        """The set itself, or the sets a pod belongs to; an orphan concerns every set that selects it."""
        if change.kind == "ReplicaSet":
            return [change.now.key]
        found = owned.controllers(change, "ReplicaSet")
        return found or (self._selecting(change.now.body) if not meta(change.now.body).get("ownerReferences") else [])

    def _selecting(self, pod: Body) -> list[Key]:
        labels = meta(pod).get("labels") or {}
        sets = (item for item in self._store.shelf("ReplicaSet").now() if item.key[0] == meta(pod).get("namespace"))
        return [item.key for item in sets if labels and selects(at(item.body, "spec", "selector") or {}, labels)]

    def sync(self, key: Key) -> float | None:
        """Create or delete pods, then tell the status."""
        found = self._store.get("ReplicaSet", *key)
        if found is None:
            self._refused.pop(key, None)
            return None
        replica_set = found.body
        pods = owned.active(owned.claim(self._registry, "Pod", replica_set, self._by))
        failure = None
        if not meta(replica_set).get("deletionTimestamp"):
            failure = self._manage(replica_set, pods)
        pods = owned.active(owned.claim(self._registry, "Pod", replica_set, self._by))
        again = self._tell(replica_set, pods, failure)
        if failure is None:
            self._refused.pop(key, None)
            return again
        count = self._refused[key] = self._refused.get(key, 0) + 1
        return None if owned.ends(failure) else min(_RETRY * 2.0 ** min(count, 10), _LAST_RETRY)

    def _manage(self, replica_set: Body, pods: list[Body]) -> ApiFailure | None:
        missing = at(replica_set, "spec", "replicas") - len(pods)
        for _ in range(missing):
            try:
                self._create(replica_set)
            except ApiFailure as failure:
                if not owned.ends(failure):
                    words = f"Error creating: {failure.message}"
                    self._recorder.event(replica_set, "Warning", "FailedCreate", words)
                return failure
        for pod in sorted(pods, key=owned.deletion_rank)[: max(0, -missing)]:
            delete(self._registry, KINDS["Pod"], (meta(pod)["namespace"], meta(pod)["name"]), DeleteOptions())
            self._recorder.event(replica_set, "Normal", "SuccessfulDelete", f"Deleted pod: {meta(pod)['name']}")
        return None

    def _create(self, replica_set: Body) -> None:
        pod = owned.pod_from(at(replica_set, "spec", "template"), replica_set)
        created = self._registry.create(KINDS["Pod"], meta(replica_set)["namespace"], pod, self._by)
        self._recorder.event(replica_set, "Normal", "SuccessfulCreate", f"Created pod: {created.key[1]}")

    def _tell(self, replica_set: Body, pods: list[Body], failure: ApiFailure | None) -> float | None:
        wait = at(replica_set, "spec", "minReadySeconds") or 0
        until = [remaining for pod in pods if (remaining := owned.available_in(pod, wait)) is not None]
        labels = at(replica_set, "spec", "template", "metadata", "labels") or {}
        full = [pod for pod in pods if labels.items() <= (meta(pod).get("labels") or {}).items()]
        status: Body = {"replicas": len(pods)}
        counts = {
            "fullyLabeledReplicas": len(full),
            "readyReplicas": len(until),
            "availableReplicas": sum(remaining == 0 for remaining in until),
        }
        status |= {name: count for name, count in counts.items() if count}
        status["observedGeneration"] = meta(replica_set)["generation"]
        conditions = _conditions(replica_set, failure)
        status |= {"conditions": conditions} if conditions else {}
        if status != replica_set.get("status"):
            key = (meta(replica_set)["namespace"], meta(replica_set)["name"])
            self._registry.update(KINDS["ReplicaSet"], key, lambda body: body | {"status": status}, self._by, "status")
        return min((remaining for remaining in until if remaining > 0), default=None)


def _conditions(replica_set: Body, failure: ApiFailure | None) -> list[Body]:
    if failure is None:
        return []
    before = at(replica_set, "status", "conditions") or []
    fresh = {"type": "ReplicaFailure", "status": "True", "lastTransitionTime": now(), "reason": "FailedCreate"}
    fresh["message"] = failure.message
    if before and before[0].get("message") == failure.message:
        return list(before)
    return [fresh]
