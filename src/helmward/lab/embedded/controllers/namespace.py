"""Namespaces: what each one has from the start, and its contents' end when it is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Key, meta
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.seed import furnish
from helmward.lab.embedded.storage.shelf import Change

_CONTENT = tuple(kind.name for kind in KINDS.values() if kind.namespaced)
_LOOK_AGAIN = 1.0  # seconds, while pods take their grace


class NamespaceController:
    """namespace-controller, serviceaccount-controller and root-ca-cert-publisher in one."""

    watches: ClassVar[tuple[str, ...]] = ("Namespace", "ServiceAccount", "ConfigMap")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store

    def keys(self, change: Change) -> Iterable[Key]:
        """The namespace itself."""
        namespace, name = change.now.key
        return [("", namespace or name)] if change.kind == "Namespace" or change.type == "DELETED" else []

    def sync(self, key: Key) -> float | None:
        """Furnish a live namespace, empty one that is being deleted."""
        namespace = self._store.get("Namespace", *key)
        if namespace is None:
            return None
        if not meta(namespace.body).get("deletionTimestamp"):
            furnish(self._registry, key[1])
            return None
        if self._empty(key[1]):
            body = namespace.copy()
            body["spec"]["finalizers"] = []
            self._store.remove("Namespace", key, body)
            return None
        return _LOOK_AGAIN

    def _empty(self, name: str) -> bool:
        left = False
        for kind in _CONTENT:
            for item in self._store.shelf(kind).now():
                if item.key[0] == name:
                    left |= not delete(self._registry, KINDS[kind], item.key, DeleteOptions())[1]
        return not left
