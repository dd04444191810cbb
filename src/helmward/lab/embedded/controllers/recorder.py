"""Events as controllers write them: repeated ones are counted, not repeated."""

from __future__ import annotations

from typing import Any

from helmward.lab.embedded.bodies import Body, meta, new_uid, now, now_micro
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer

_REMEMBERED = 4096


class Recorder:
    """Writes core/v1 Events about objects for one component. `scheduling` writes them as the scheduler does."""

    def __init__(self, registry: Registry, component: str, by: Writer, scheduling: bool = False) -> None:
        self._registry, self._component, self._by, self._scheduling = registry, component, by, scheduling
        self._names: dict[tuple[str, ...], str] = {}

    def event(self, about: Body, type_: str, reason: str, message: str) -> None:
        """Record one occurrence; one that cannot be written (its namespace is going) is dropped, as by client-go."""
        namespace = meta(about).get("namespace") or "default"
        same = (meta(about).get("uid", ""), type_, reason, message)
        try:
            if not self._again(namespace, same):
                self._first(namespace, about, same)
        except ApiFailure:
            self._names.pop(same, None)

    def _again(self, namespace: str, same: tuple[str, ...]) -> bool:
        name = self._names.get(same)
        if name is None or self._registry.store.get("Event", namespace, name) is None:
            return False

        def count(body: Body) -> Body:
            if self._scheduling:
                seen = (body.get("series") or {}).get("count", 1) + 1
                return body | {"series": {"count": seen, "lastObservedTime": now_micro()}}
            return body | {"count": (body.get("count") or 1) + 1, "lastTimestamp": now()}

        self._registry.update(KINDS["Event"], (namespace, name), count, self._by)
        return True

    def _first(self, namespace: str, about: Body, same: tuple[str, ...]) -> None:
        _, type_, reason, message = same
        name = f"{meta(about)['name'][:200]}.{new_uid().replace('-', '')[:16]}"
        body: Body = {
            "metadata": {"name": name},
            "involvedObject": _reference(about),
            "reason": reason,
            "message": message,
            "type": type_,
            **self._origin(reason),
        }
        self._registry.create(KINDS["Event"], namespace, body, self._by)
        if len(self._names) >= _REMEMBERED:
            del self._names[next(iter(self._names))]
        self._names[same] = name

    def _origin(self, reason: str) -> dict[str, Any]:
        if self._scheduling:
            action = "Binding" if reason == "Scheduled" else "Scheduling"
            host = f"{self._component}-helmward-lab"
            origin: dict[str, Any] = {"source": {}, "eventTime": now_micro(), "action": action}
            return origin | {"reportingComponent": self._component, "reportingInstance": host}
        moment = now()
        origin = {"source": {"component": self._component}, "firstTimestamp": moment, "lastTimestamp": moment}
        return origin | {"count": 1, "reportingComponent": self._component, "reportingInstance": ""}


def _reference(about: Body) -> Body:
    metadata = meta(about)
    reference = {"kind": about["kind"], "apiVersion": about["apiVersion"]}
    for name in ("namespace", "name", "uid", "resourceVersion"):
        if metadata.get(name):
            reference[name] = metadata[name]
    return reference
