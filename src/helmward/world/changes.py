"""What changed in the desired state: templates, replicas, selectors, ports, ConfigMaps; when and by which field manager.

Two sources. Live: two versions of an object that we saw (`observe`). Cold: the ReplicaSets of a Deployment are its last
templates (`history`), so a fresh start or a folder of files still tells the last change of a rollout.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from helmward.core.nouns import Change, Resource
from helmward.core.times import format_time, parse_time
from helmward.world.objects import Object
from helmward.world.views import ManagedFields

Key = tuple[str, ...]
_KEPT_PER_OBJECT = 50
KEPT_FOR = timedelta(hours=24)

# The paths of the desired state whose values are compared, by kind; status and bookkeeping never count.
_DESIRED: dict[str, tuple[str, ...]] = {
    "Deployment": ("spec.template", "spec.replicas", "spec.selector", "spec.paused"),
    "StatefulSet": ("spec.template", "spec.replicas", "spec.selector"),
    "DaemonSet": ("spec.template", "spec.selector"),
    "CronJob": ("spec.schedule", "spec.suspend", "spec.jobTemplate"),
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "type"),
    "Service": ("spec.selector", "spec.ports", "spec.type", "spec.externalName"),
    "ResourceQuota": ("spec.hard",),
    "Ingress": ("spec",),
    "HTTPRoute": ("spec",),
    "Node": ("spec.unschedulable", "spec.taints"),
    "PersistentVolumeClaim": ("spec.storageClassName", "spec.resources"),
    "ServiceAccount": ("imagePullSecrets",),
}
# Annotations that a rollout stamps on a template; a person did not change the configuration with them.
_BOOKKEEPING = frozenset({"pod-template-hash", "deployment.kubernetes.io/revision"})


class Changes:
    """The last changes, by object, newest last."""

    def __init__(self, touch: Callable[[Key], None]) -> None:
        self._touch = touch
        self._kept: dict[tuple[str, str, str], deque[Change]] = {}
        self._fresh: deque[Change] = deque(maxlen=10_000)

    def drain(self) -> list[Change]:
        """The changes kept since the last call, for whoever stores them."""
        fresh = list(self._fresh)
        self._fresh.clear()
        return fresh

    def observe(self, old: Object | None, new: Object | None, now: datetime) -> None:
        """Compare two versions of one object. An object that appears or goes is a change of path ""."""
        item = new or old
        if item is None or item.kind.name not in _DESIRED:
            return
        if old is None or new is None:
            if old is not None or _is_fresh(item, now):
                self.add(_whole(item, old is None, now))
            return
        for change in differences(old, new, now):
            self.add(change)

    def add(self, change: Change) -> None:
        """Keep a change."""
        resource = change.resource
        ref = (resource.kind, resource.namespace, resource.name)
        kept = self._kept.setdefault(ref, deque(maxlen=_KEPT_PER_OBJECT))
        if change not in kept:
            kept.append(change)
            self._fresh.append(change)
            self._touch(("changes", *ref))

    def of(self, kind: str, namespace: str, name: str) -> Iterable[Change]:
        """The kept changes of one object, oldest first."""
        return tuple(self._kept.get((kind, namespace, name), ()))

    def since(self, moment: datetime) -> list[Change]:
        """Every kept change at or after `moment`, newest first."""
        found = [
            change
            for kept in self._kept.values()
            for change in kept
            if (when := parse_time(change.time)) is not None and when >= moment
        ]
        return sorted(found, key=lambda change: (change.time, str(change.resource), change.path), reverse=True)

    def expire(self, now: datetime) -> None:
        """Drop what is older than a day."""
        limit = format_time(now - KEPT_FOR)
        for ref in [ref for ref, kept in self._kept.items() if kept[-1].time < limit]:
            del self._kept[ref]
            self._touch(("changes", *ref))


def differences(old: Object, new: Object, now: datetime) -> Iterator[Change]:
    """The changes of desired state between two versions of an object, each with its manager and time where known."""
    paths = _DESIRED.get(new.kind.name, ())
    if not paths or (old.meta.generation is not None and old.meta.generation == new.meta.generation):
        return
    before, after = msgspec.json.decode(old.raw), msgspec.json.decode(new.raw)
    manager, time = last_manager(new, old)
    for path in paths:
        steps = path.split(".")
        for place, was, becomes in leaves(path, _at(before, steps), _at(after, steps)):
            yield Change(
                time=time or _seen(now),
                resource=new.resource,
                path=place,
                before=text_of(was),
                after=text_of(becomes),
                manager=manager,
            )


def last_manager(item: Object, before: Object | None = None) -> tuple[str | None, str | None]:
    """Who last wrote an object's desired state and when, by its managedFields; with `before`, who wrote since then.

    Writers of status, and controllers that only stamp annotations (deployment.kubernetes.io/revision), do not count.
    Nobody where nothing tells: who takes a field away leaves no entry, and rather nobody than somebody else.
    """
    known = {_name(entry): entry for entry in before.meta.managed_fields} if before is not None else {}
    entries = [
        entry
        for entry in item.meta.managed_fields
        if entry.subresource is None
        and entry.time
        and _writes_desired(bytes(entry.fields_v1))
        and _wrote(entry, known.get(_name(entry)))
    ]
    latest = max(entries, key=lambda entry: entry.time or "", default=None)
    return (latest.manager, latest.time) if latest else (None, None)


def _name(entry: ManagedFields) -> tuple[str, str, str | None]:
    return entry.manager, entry.operation, entry.subresource


def _wrote(entry: ManagedFields, before: ManagedFields | None) -> bool:
    """An entry that only lost fields is somebody else's doing: he took them over, or away."""
    return before is None or entry.time != before.time or len(bytes(entry.fields_v1)) > len(bytes(before.fields_v1))


def _writes_desired(fields: bytes) -> bool:
    return not fields or any(
        part in fields for part in (b'"f:spec"', b'"f:data"', b'"f:binaryData"', b'"f:stringData"')
    )


def history(deployment: Object, replica_sets: Iterable[Object]) -> Iterator[Change]:
    """What the latest rollout of a Deployment changed, from its two newest ReplicaSets; nothing if there is only one."""
    revisions = sorted(
        (item for item in replica_sets if _revision(item) is not None), key=lambda item: _revision(item) or 0
    )
    if len(revisions) < 2:
        return
    old, new = (msgspec.json.decode(item.raw) for item in revisions[-2:])
    steps = ["spec", "template"]
    manager, time = last_manager(deployment)
    for place, was, becomes in leaves("spec.template", _at(old, steps), _at(new, steps)):
        yield Change(
            time=time or revisions[-1].meta.creation_timestamp or "",
            resource=deployment.resource,
            path=place,
            before=text_of(was),
            after=text_of(becomes),
            manager=manager,
        )


def _revision(item: Object) -> int | None:
    text = (item.meta.annotations or {}).get("deployment.kubernetes.io/revision", "")
    return int(text) if text.isdigit() else None


def _whole(item: Object, created: bool, now: datetime) -> Change:
    manager, _ = last_manager(item)
    time = item.meta.creation_timestamp if created else None
    word = '"created"' if created else '"deleted"'
    resource: Resource = item.resource
    return Change(
        time=time or _seen(now),
        resource=resource,
        path="",
        before=None if created else '"present"',
        after=word,
        manager=manager if created else None,
    )


def _seen(now: datetime) -> str:
    """When a change of which nothing tells the time was seen: in whole seconds, as the API server tells the others."""
    return format_time(now.replace(microsecond=0))


def _is_fresh(item: Object, now: datetime) -> bool:
    created = parse_time(item.meta.creation_timestamp)
    return created is not None and now - created < timedelta(minutes=1)


def _at(document: Any, steps: list[str]) -> Any:
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    return document


def leaves(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """(path, before, after) of each smallest difference. List items with a `name` are compared by it."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in _BOOKKEEPING:
                place = f"{path}.{key}" if key.replace("_", "").replace("-", "").isalnum() else f"{path}[{key}]"
                yield from leaves(place, before.get(key), after.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        old, new = _by_name(before), _by_name(after)
        if old is not None and new is not None:
            for key in [*old, *(key for key in new if key not in old)]:
                yield from leaves(f"{path}[{key}]", old.get(key), new.get(key))
            return
    yield path, before, after


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    named = {item["name"]: item for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None


def text_of(value: Any) -> str | None:
    """A value as a change holds it: JSON text; None for nothing."""
    return None if value is None else msgspec.json.encode(value).decode()
