"""What ConfigMaps held before: the only place where their former values are. In memory alone, and bounded."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from helmward.world.objects import Object

KEPT_PER_OBJECT = 5
KEPT_BYTES = 32 * 1024 * 1024
"""Bytes of all of them; the object whose version was noted longest ago loses its versions first."""

_Ref = tuple[str, str]


class Version(NamedTuple):
    """What a ConfigMap held until `until`, as its raw JSON."""

    until: datetime
    raw: bytes

    @property
    def contents(self) -> dict[str, Any]:
        """`data` and `binaryData`, each empty where it has none."""
        return contents_of(msgspec.json.decode(self.raw))


class Versions:
    """The former versions of ConfigMaps by namespace and name."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._kept: OrderedDict[_Ref, list[Version]] = OrderedDict()
        self._bytes, self._most = 0, most_bytes

    def observe(self, old: Object | None, new: Object | None, now: datetime) -> None:
        """Keep `old` where `new` (None: it is gone) holds something else."""
        if old is None or old.kind.name != "ConfigMap":
            return
        if new is not None and (old.view.data, old.view.binary_data) == (new.view.data, new.view.binary_data):
            return
        kept = self._kept.setdefault((old.namespace, old.name), [])
        kept.append(Version(now, old.raw))
        self._bytes += len(old.raw)
        self._kept.move_to_end((old.namespace, old.name))
        while len(kept) > KEPT_PER_OBJECT:
            self._bytes -= len(kept.pop(0).raw)
        while self._bytes > self._most and self._kept:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= sum(len(version.raw) for version in gone)

    def of(self, namespace: str, name: str) -> tuple[Version, ...]:
        """The former versions of a ConfigMap, oldest first."""
        return tuple(self._kept.get((namespace, name), ()))


def contents_of(document: dict[str, Any]) -> dict[str, Any]:
    """What a ConfigMap holds: `data` and `binaryData`."""
    return {key: document.get(key) or {} for key in ("data", "binaryData")}
