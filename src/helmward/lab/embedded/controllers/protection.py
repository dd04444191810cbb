"""Storage object in use protection: a claim goes when no pod uses it, a volume when no claim is bound to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, meta
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change

_FINALIZERS = {"kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"}
_VOLUME = ""  # the namespace in a volume's key


class ProtectionController:
    """pvc-protection-controller and pv-protection-controller in one; a volume's key has no namespace."""

    watches: ClassVar[tuple[str, ...]] = ("PersistentVolumeClaim", "PersistentVolume", "Pod")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("pvc-protection-controller")

    def keys(self, change: Change) -> Iterable[Key]:
        """The claim or volume; the claims of a pod."""
        if change.kind != "Pod":
            return [change.now.key]
        return [(change.now.key[0], name) for name in _claims(change.now.body)]

    def sync(self, key: Key) -> float | None:
        """Let go of what is being deleted and no longer used."""
        kind = "PersistentVolume" if key[0] == _VOLUME else "PersistentVolumeClaim"
        found = self._store.get(kind, *key)
        if found is None or not meta(found.body).get("deletionTimestamp") or self._used(kind, key, found.body):
            return None
        if _FINALIZERS & set(meta(found.body).get("finalizers") or []):
            self._registry.update(KINDS[kind], key, _released, self._by)
        return None

    def _used(self, kind: str, key: Key, body: Body) -> bool:
        if kind == "PersistentVolume":
            return bool(at(body, "status", "phase") == "Bound")
        pods = (item.body for item in self._store.shelf("Pod").now() if item.key[0] == key[0])
        return any(key[1] in _claims(pod) and not owned.finished(pod) for pod in pods)


def _claims(pod: Body) -> list[str]:
    names = (at(volume, "persistentVolumeClaim", "claimName") for volume in at(pod, "spec", "volumes") or [])
    return [name for name in names if name]


def _released(body: Body) -> Body:
    left = [name for name in meta(body)["finalizers"] if name not in _FINALIZERS]
    return body | {"metadata": meta(body) | {"finalizers": left}}
