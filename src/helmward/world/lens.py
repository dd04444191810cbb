"""How analyzers read the world: every look-up is recorded, so that a change re-examines exactly what looked at it.

A lens also holds its reader to what it declared: an analyzer that reads a kind it does not name in `reads` fails, which is
what makes the RBAC generated from the declarations true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from helmward.core.nouns import Change, Owner
from helmward.core.times import parse_time
from helmward.world import dependencies
from helmward.world.dependencies import Dependency
from helmward.world.indexes import (
    Key,
    config_key,
    events_key,
    host_key,
    kind_key,
    label_key,
    node_key,
    object_key,
    owned_key,
    selector_key,
    template_key,
)
from helmward.world.kinds import KINDS, WORKLOADS
from helmward.world.logs import COMPLETE, Log, LogRef, pod_key
from helmward.world.objects import Object
from helmward.world.selectors import matches, matches_labels
from helmward.world.signs import SIGNS, Signs
from helmward.world.store import World
from helmward.world.views import Selector


class UndeclaredRead(Exception):
    """An analyzer looked at a kind that its `reads` does not name."""


class Lens:
    """A recording reader of the world at one instant.

    `seen` holds the keys looked up, `wake` the next instant at which an `elapsed` question would answer otherwise.
    """

    def __init__(self, world: World, now: datetime, reads: frozenset[str] | None = None) -> None:
        self._world = world
        self._reads = reads
        self.now = now
        self.seen: set[Key] = set()
        self.wake: datetime | None = None

    # ---- objects ----

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object, or None. `namespace` is "" for cluster-scoped kinds."""
        self._see(kind, object_key(kind, namespace, name))
        return self._world.get(kind, namespace, name)

    def all(self, kind: str, namespace: str | None = None) -> Iterator[Object]:
        """Every object of a kind (of one namespace): examined again whenever any of them changes; use sparingly."""
        self._see(kind, kind_key(kind, namespace))
        return self._world.all(kind, namespace)

    def knows(self, kind: str) -> bool:
        """True if this kind was read, so that an absent object is really absent."""
        self.seen.add(("coverage", kind))
        return self._world.coverage.knows(kind)

    def owned(self, owner: Object, kind: str) -> list[Object]:
        """The objects of `kind` that `owner` owns directly."""
        self._see(kind, key := owned_key(owner.kind.name, owner.namespace, owner.name))
        return [item for item in self._world.under(key) if item.kind.name == kind and _owns(owner, item)]

    def pods_matching(self, namespace: str, labels: dict[str, str]) -> list[Object]:
        """The pods of a namespace that carry all of `labels` (a Service's selector); none for no labels."""
        if not labels:
            return []
        pairs = [label_key(namespace, key, value) for key, value in labels.items()]
        smallest = min(pairs, key=lambda key: len(list(self._world.under(key))))
        self._see("Pod", smallest)
        return [pod for pod in self._world.under(smallest) if matches_labels(labels, pod.meta.labels)]

    def pods_selected(self, namespace: str, selector: Selector) -> list[Object]:
        """The pods a workload's selector matches."""
        labels = selector.match_labels or {}
        pods: Iterable[Object] = self.pods_matching(namespace, labels) if labels else self.all("Pod", namespace)
        return [pod for pod in pods if matches(selector, pod.meta.labels)]

    def templated(self, namespace: str, labels: dict[str, str]) -> list[Object]:
        """The workloads of a namespace whose pods carry all of `labels`, whether or not they have pods now."""
        if not labels:
            return []
        key = template_key(namespace, *next(iter(labels.items())))
        self.seen.add(key)
        found = self._world.under(key)
        return [item for item in found if matches_labels(labels, item.view.spec.template.metadata.labels)]

    def selecting(self, namespace: str, labels: dict[str, str]) -> Iterator[Object]:
        """The Services of a namespace that select what carries `labels`."""
        for pair in labels.items():
            self._see("Service", key := selector_key(namespace, *pair))
            for service in self._world.under(key):
                if matches_labels(service.view.spec.selector, labels):
                    yield service

    def pods_on(self, node: str) -> list[Object]:
        """The pods bound to a node."""
        self._see("Pod", key := node_key(node))
        return list(self._world.under(key))

    def events(self, item: Object, reason: str | None = None) -> list[Object]:
        """The Events about an object, latest last; those of an object of that name that lived before do not count."""
        self._see("Event", key := events_key(item.kind.name, item.namespace, item.name))
        found = [
            event
            for event in self._world.under(key)
            if (reason is None or event.view.reason == reason)
            and (not item.uid or not event.view.involved_object.uid or event.view.involved_object.uid == item.uid)
        ]
        return sorted(found, key=lambda event: (event.view.last_seen or "", event.name))

    def users(self, kind: str, namespace: str, name: str) -> list[Object]:
        """The workloads and bare pods that use a ConfigMap, Secret or PersistentVolumeClaim."""
        self.seen.add(key := config_key(kind, namespace, name))
        return list(self._world.under(key))

    # ---- relations ----

    def owner(self, item: Object) -> Object | None:
        """The top of an object's chain of controllers that is here; None if it has none or is the top itself."""
        top: Object | None = None
        for _ in range(8):
            references = (top or item).meta.owner_references
            reference = next((ref for ref in references if ref.controller is not False), None)
            # A static pod is its node's (the kubelet's mirror of it): no workload stands above it.
            if reference is None or reference.kind not in KINDS or reference.kind == "Node":
                return top
            namespace = item.namespace if KINDS[reference.kind].namespaced else ""
            above = self.get(reference.kind, namespace, reference.name)
            if above is None and reference.kind == "ReplicaSet" and top is None:
                name = _deployment_of(item, reference.name)
                return self.get("Deployment", namespace, name) if name else None
            if above is None or not _same(above, reference.uid):
                return top
            top = above
        return top

    def workload(self, item: Object) -> Owner | None:
        """The workload an object belongs to (itself, for a workload); by name alone if it was not read."""
        top = self.owner(item) or item
        if top.kind.name in WORKLOADS:
            return Owner(kind=top.kind.name, namespace=top.namespace, name=top.name)
        reference = next(iter(item.meta.owner_references), None)
        if reference is not None and reference.kind in WORKLOADS:
            return Owner(kind=reference.kind, namespace=item.namespace, name=reference.name)
        return None

    def needs(self, workload: Object) -> list[Dependency]:
        """The Services that a workload names in its environment, arguments and ConfigMaps."""
        return dependencies.needs(self, workload)

    def needed_by(self, service: Object) -> list[Object]:
        """The workloads that name a Service."""
        return dependencies.needed_by(self, service)

    def namers(self, namespace: str, service: str) -> list[Object]:
        """The workloads and ConfigMaps whose values name `service` as a host."""
        self.seen.add(key := host_key(namespace, service))
        return list(self._world.under(key))

    def changes(self, item: Object) -> list[Change]:
        """The kept changes of an object's desired state, oldest first."""
        return self.changes_of(item.kind.name, item.namespace, item.name)

    def changes_of(self, kind: str, namespace: str, name: str) -> list[Change]:
        """The same by name: an object that is gone (or came back) has changes too."""
        self.seen.add(("changes", kind, namespace, name))
        return list(self._world.changes.of(kind, namespace, name))

    # ---- logs, node services, time ----

    def log(self, ref: LogRef) -> Log | None:
        """A container's last log lines; None where they are not here (they are fetched, and the reader asked again)."""
        self._see("Log", ref.key)
        self.seen.add(ref._replace(instance="").key)
        return self._world.logs.get(ref)

    @property
    def holds_all_logs(self) -> bool:
        """True for files: the logs that are here cost nothing to read, and no other will ever come."""
        self.seen.add(COMPLETE)
        return self._world.logs.complete

    def logs_of(self, pod: Object) -> dict[LogRef, Log]:
        """The logs of a pod that are here already; none is fetched for it."""
        self._see("Log", pod_key(pod.namespace, pod.name))
        return self._world.logs.of_pod(pod.namespace, pod.name)

    @property
    def signs(self) -> Signs:
        """Metrics, checks and alerts (evidence bundles only)."""
        self.seen.add(SIGNS)
        return self._world.signs

    def node_services(self, node: str) -> dict[str, str]:
        """What `systemctl status` said of a node's services (evidence bundles only)."""
        self.seen.add(("nodeservice", node))
        return self._world.node_services(node)

    def elapsed(self, since: str | None, delay: timedelta) -> bool:
        """True once `delay` has passed since an RFC 3339 time; an unknown time is long past."""
        return self._passed(parse_time(since), delay - self._world.leeway)

    def recent(self, since: str | None, delay: timedelta) -> bool:
        """True until `delay` has passed since a known time."""
        return parse_time(since) is not None and not self._passed(parse_time(since), delay)

    def _passed(self, start: datetime | None, delay: timedelta) -> bool:
        if start is None or self.now - start >= delay:
            return True
        due = start + delay
        self.wake = due if self.wake is None else min(self.wake, due)
        return False

    def _see(self, kind: str, key: Key) -> None:
        if self._reads is not None and kind not in self._reads:
            raise UndeclaredRead(f"it reads {kind}, which its `reads` does not name")
        self.seen.add(key)


def _deployment_of(pod: Object, replica_set: str) -> str:
    """The Deployment of a ReplicaSet that is not here: its name ends with the hash that it labels its pods with."""
    suffix = "-" + ((pod.meta.labels or {}).get("pod-template-hash") or "\0")
    return replica_set.removesuffix(suffix) if replica_set.endswith(suffix) else ""


def _same(item: Object, uid: str) -> bool:
    return not item.uid or not uid or item.uid == uid


def _owns(owner: Object, item: Object) -> bool:
    return any(
        ref.kind == owner.kind.name and ref.name == owner.name and _same(owner, ref.uid)
        for ref in item.meta.owner_references
    )
