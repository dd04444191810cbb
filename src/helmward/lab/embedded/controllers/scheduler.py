"""The scheduler: pods without a node go to the node with the most room, or are told why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, condition, meta
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.controllers.predicates import Room, explanation, misfits, prevented
from helmward.lab.embedded.controllers.recorder import Recorder
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.binding import bind_pod, set_condition
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change

NAME = "default-scheduler"


class Scheduler:
    """Binds the pods of `default-scheduler`."""

    watches: ClassVar[tuple[str, ...]] = ("Pod", "Node", "PersistentVolumeClaim")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("scheduler")
        self._recorder = Recorder(registry, NAME, self._by, scheduling=True)

    def keys(self, change: Change) -> Iterable[Key]:
        """A waiting pod itself; all that wait where room or a node may have appeared."""
        if change.kind == "Pod" and change.type != "DELETED" and _waits(change.now.body):
            return [change.now.key]
        if change.kind == "Pod" and change.type != "DELETED" and not owned.finished(change.now.body):
            return []
        return [item.key for item in self._store.shelf("Pod").now() if _waits(item.body)]

    def sync(self, key: Key) -> float | None:
        """Place one pod."""
        found = self._store.get("Pod", *key)
        if found is None or not _waits(found.body):
            return None
        self._place(found.body, self._rooms())
        return None

    def _place(self, pod: Body, rooms: list[Room]) -> None:
        obstacle = self._volumes(pod)
        reasons = [misfits(pod, room) for room in rooms]
        fits = [room for room, why in zip(rooms, reasons, strict=True) if not why]
        if obstacle and rooms:
            self._refuse(pod, prevented(obstacle, len(rooms)))
        elif not fits:
            self._refuse(pod, explanation(reasons))
        else:
            best = min(fits, key=lambda room: (room.load(), len(room.pods), meta(room.node)["name"]))
            self._bind(pod, meta(best.node)["name"])

    def _rooms(self) -> list[Room]:
        rooms = {item.key[1]: Room(item.body) for item in self._store.shelf("Node").now()}
        for item in self._store.shelf("Pod").now():
            node = at(item.body, "spec", "nodeName")
            if node in rooms and not owned.finished(item.body):
                rooms[node].pods.append(item.body)
        return list(rooms.values())

    def _volumes(self, pod: Body) -> str:
        """What its claims lack (volumebinding's PreFilter)."""
        for volume in at(pod, "spec", "volumes") or []:
            name = at(volume, "persistentVolumeClaim", "claimName")
            if not name:
                continue
            claim = self._store.get("PersistentVolumeClaim", meta(pod)["namespace"], name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if not at(claim.body, "spec", "volumeName") and not self._late(claim.body):
                return "pod has unbound immediate PersistentVolumeClaims"
        return ""

    def _late(self, claim: Body) -> bool:
        class_ = self._store.get("StorageClass", "", at(claim, "spec", "storageClassName") or "")
        return class_ is not None and class_.body.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _bind(self, pod: Body, node: str) -> None:
        namespace, name = meta(pod)["namespace"], meta(pod)["name"]
        bind_pod(self._registry, (namespace, name), node, self._by)
        words = f"Successfully assigned {namespace}/{name} to {node}"
        self._recorder.event(pod, "Normal", "Scheduled", words)

    def _refuse(self, pod: Body, message: str) -> None:
        before = condition(pod, "PodScheduled")
        if before and before.get("message") == message:
            return

        def change(body: Body) -> Body:
            set_condition(body, "PodScheduled", "False", "Unschedulable", message)
            return body

        key = (meta(pod)["namespace"], meta(pod)["name"])
        self._registry.update(KINDS["Pod"], key, change, self._by, "status")
        self._recorder.event(pod, "Warning", "FailedScheduling", message)


def _waits(pod: Body) -> bool:
    return (
        not at(pod, "spec", "nodeName")
        and not at(pod, "spec", "schedulingGates")
        and at(pod, "spec", "schedulerName") == NAME
        and not meta(pod).get("deletionTimestamp")
        and not owned.finished(pod)
    )
