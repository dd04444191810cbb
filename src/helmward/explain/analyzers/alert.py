"""Firing alerts, laid to the objects that they name: symptoms, never causes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Finding
from helmward.explain.analyzer import analyzer
from helmward.explain.clues.phrases import look
from helmward.explain.codes import Code
from helmward.explain.evidence import clean, of_sign
from helmward.explain.signs.codes import ALERT
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.signs import Alarm

# The labels of kube-state-metrics, cAdvisor and common relabelling, the surest first, each with the kind it names.
_LABELS = (
    ("deployment", "Deployment"), ("statefulset", "StatefulSet"), ("daemonset", "DaemonSet"), ("pod", "Pod"),
    ("service", "Service"), ("service_name", "Service"), ("destination_service_name", "Service"), ("app", "Service"),
    ("job", "Service"), ("node", "Node"), ("instance", "Node"),
)  # fmt: skip
_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "Service", "Node")


@analyzer
class Alerts:
    """Reads the alerts of a bundle; a live cluster has none here."""

    watches: ClassVar[tuple[str, ...]] = _KINDS
    reads: ClassVar[tuple[str, ...]] = (*_KINDS, "Pod", "ReplicaSet", "Job", "CronJob")
    codes: ClassVar[tuple[Code, ...]] = (ALERT,)

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each kind of alert about an object."""
        told: set[str] = set()
        for alarm in world.signs.alarms:
            if alarm.name not in told and _place(alarm, world) == (item.kind.name, item.namespace, item.name):
                told.add(alarm.name)
                yield _finding(item, alarm, world)


def _place(alarm: Alarm, world: Lens) -> tuple[str, str, str] | None:
    """The object that an alert is about: the first of its labels that names one that exists; a pod means its workload."""
    labels = alarm.labels
    for label, kind in _LABELS:
        name = labels.get(label, "").partition(":")[0]
        namespaces = [""] if kind == "Node" else [labels["namespace"]] if labels.get("namespace") else None
        if name and namespaces is None:
            namespaces = sorted({item.namespace for item in world.all(kind) if item.name == name})
        for namespace in namespaces or ():
            item = world.get(kind, namespace, name) if name else None
            if item is not None and kind != "Pod":
                return kind, namespace, name
            if item is not None and (owner := world.workload(item)) is not None:
                return owner.kind, owner.namespace, owner.name
    return None


def _finding(item: Object, alarm: Alarm, world: Lens) -> Finding:
    said = f": {clean(alarm.text, 200)}" if alarm.text else ""
    proof = [of_sign("metric", f"alerts.json {alarm.name}", f"{alarm.name}{said}", alarm.file, alarm.starts)]
    return ALERT.finding(
        item, world, f"{item.name}: the alert {alarm.name} fires{said}", proof, remedies=[look(item, ALERT.fix)],
        since=alarm.starts, key=alarm.name,
    )  # fmt: skip
