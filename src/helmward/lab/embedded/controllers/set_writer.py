"""The writes a Deployment makes: its ReplicaSets created, annotated and resized, and its own status."""

from __future__ import annotations

from helmward.lab.embedded.bodies import Body, at, clone, condition, meta
from helmward.lab.embedded.controllers import deployment_status, owned, revisions, rollout
from helmward.lab.embedded.controllers.recorder import Recorder
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer

_SETS = KINDS["ReplicaSet"]


class SetWriter:
    """Writes as the deployment-controller."""

    def __init__(self, registry: Registry, by: Writer) -> None:
        self._registry, self._by = registry, by
        self._recorder = Recorder(registry, "deployment-controller", by)

    def create(self, deployment: Body, sets: list[Body]) -> None:
        """Create the set of the present template. Raises ApiFailure, told in the status first."""
        number = revisions.highest(sets) + 1
        body = self._new_set(deployment, sets, number)
        name = meta(body)["name"]
        try:
            self._registry.create(_SETS, meta(deployment)["namespace"], body, self._by)
        except ApiFailure as failure:
            self._not_created(deployment, name, failure)
            raise
        if rollout.size(body):
            words = f"Scaled up replica set {name} from 0 to {rollout.size(body)}"
            self._recorder.event(deployment, "Normal", "ScalingReplicaSet", words)
        status = deployment.setdefault("status", {})
        if deployment_status.has_deadline(deployment):
            words = f'Created new replica set "{name}"'
            deployment_status.put(status, "Progressing", "True", "NewReplicaSetCreated", words)
        self.save_status(deployment, number)

    def _new_set(self, deployment: Body, sets: list[Body], number: int) -> Body:
        template = clone(at(deployment, "spec", "template"))
        digest = revisions.template_hash(template, at(deployment, "status", "collisionCount") or 0)
        labels = (at(template, "metadata", "labels") or {}) | {revisions.HASH: digest}
        template.setdefault("metadata", {})["labels"] = labels
        selector = clone(at(deployment, "spec", "selector"))
        selector["matchLabels"] = (selector.get("matchLabels") or {}) | {revisions.HASH: digest}
        spec = {"replicas": rollout.grown(deployment, sets, 0), "selector": selector, "template": template}
        if at(deployment, "spec", "minReadySeconds"):
            spec["minReadySeconds"] = at(deployment, "spec", "minReadySeconds")
        metadata = {
            "name": f"{meta(deployment)['name']}-{digest}",
            "labels": labels,
            "annotations": revisions.annotated(deployment, {}, number, rollout.max_surge(deployment)),
            "ownerReferences": [owned.controller_ref(deployment)],
        }
        return {"metadata": metadata, "spec": spec}

    def _not_created(self, deployment: Body, name: str, failure: ApiFailure) -> None:
        status = deployment.setdefault("status", {})
        if failure.reason == "AlreadyExists":
            status["collisionCount"] = (status.get("collisionCount") or 0) + 1
        elif not owned.ends(failure):
            words = f'Failed to create new replica set "{name}": {failure.message}'
            deployment_status.put(status, "Progressing", "False", "ReplicaSetCreateError", words)
            self._recorder.event(deployment, "Warning", "ReplicaSetCreateError", words)
        self.save_status(deployment, None)

    def annotate(self, deployment: Body, new: Body, sets: list[Body]) -> Body:
        """Bring the new set's annotations and the Deployment's revision up to date."""
        others = [each for each in sets if meta(each)["uid"] != meta(new)["uid"]]
        number = revisions.highest(others) + 1
        wanted = revisions.annotated(deployment, new, number, rollout.max_surge(deployment))
        pause = at(deployment, "spec", "minReadySeconds") or 0
        if wanted != meta(new).get("annotations") or pause != (at(new, "spec", "minReadySeconds") or 0):
            new = self._change_set(new, {"annotations": wanted}, {"minReadySeconds": pause} if pause else {})
        status = deployment.setdefault("status", {})
        if deployment_status.has_deadline(deployment) and condition(deployment, "Progressing") is None:
            words = f'Found new replica set "{meta(new)["name"]}"'
            deployment_status.put(status, "Progressing", "True", "FoundNewReplicaSet", words)
        self.save_status(deployment, revisions.revision(new))
        return new

    def reannotate(self, deployment: Body, replica_set: Body) -> None:
        """Note on a set which replicas it was made for."""
        current = self._registry.store.get("ReplicaSet", meta(replica_set)["namespace"], meta(replica_set)["name"])
        if current is None:
            return
        desired = rollout.size(deployment)
        marks = {
            revisions.DESIRED: str(desired),
            revisions.MAXIMUM: str(desired + rollout.max_surge(deployment)),
        }
        annotations = meta(current.body).get("annotations") or {}
        if annotations | marks != annotations:
            self._change_set(current.body, {"annotations": annotations | marks}, {})

    def _change_set(self, replica_set: Body, metadata: Body, spec: Body) -> Body:
        key = (meta(replica_set)["namespace"], meta(replica_set)["name"])

        def change(body: Body) -> Body:
            return body | {"metadata": meta(body) | metadata, "spec": body["spec"] | spec}

        return self._registry.update(_SETS, key, change, self._by).body

    def resize(self, deployment: Body, replica_set: Body, size: int) -> bool:
        """Give a set another size, with the event; whether that was a change."""
        before = rollout.size(replica_set)
        if before == size:
            return False
        annotations = (meta(replica_set).get("annotations") or {}) | {
            revisions.DESIRED: str(rollout.size(deployment)),
            revisions.MAXIMUM: str(rollout.size(deployment) + rollout.max_surge(deployment)),
        }
        self._change_set(replica_set, {"annotations": annotations}, {"replicas": size})
        way = "up" if size > before else "down"
        words = f"Scaled {way} replica set {meta(replica_set)['name']} from {before} to {size}"
        self._recorder.event(deployment, "Normal", "ScalingReplicaSet", words)
        return True

    def save_status(self, deployment: Body, number: int | None) -> Body:
        """Store the status, and the revision `number` where there is one; the Deployment as stored."""
        key = (meta(deployment)["namespace"], meta(deployment)["name"])

        def change(body: Body) -> Body:
            if number is not None:
                body["metadata"].setdefault("annotations", {})[revisions.REVISION] = str(number)
            return body | {"status": deployment.get("status") or {}}

        return self._registry.update(KINDS["Deployment"], key, change, self._by, "status").copy()
