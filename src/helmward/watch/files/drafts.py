"""Objects on their way into the world: where each came from, so that the best source of one object wins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from helmward.world.kinds import Kind


class Rank(IntEnum):
    """How much a source tells of an object, best first."""

    LIVE = 0
    """JSON or YAML that the API server wrote (it has a uid): complete, nothing is filled in."""
    WRITTEN = 1
    """JSON or YAML without a uid: a manifest, or an object cut down by hand."""
    DESCRIBED = 2
    WIDE = 3
    TABLE = 4
    GUESSED = 5
    """What a description implies without saying it; a table that says it counts more."""
    MANIFEST = 6
    """What was deployed, of an evidence bundle: it stands for an object only where nothing live was read."""


Ref = tuple[str, str, str]


@dataclass(slots=True)
class Draft:
    """One object from one source, as JSON bytes or as a document that is built up from text."""

    kind: Kind
    namespace: str
    name: str
    rank: Rank
    file: str
    line: int
    raw: bytes = b""
    document: dict[str, Any] | None = None

    @property
    def ref(self) -> Ref:
        """(kind, namespace, name)."""
        return self.kind.name, self.namespace, self.name

    def decoded(self) -> dict[str, Any]:
        """The object as a document."""
        if self.document is None:
            self.document = msgspec.json.decode(self.raw)
        return self.document

    def encoded(self) -> bytes:
        """The object as JSON bytes."""
        return self.raw or msgspec.json.encode(self.document)


def inner(value: Any, key: str) -> dict[str, Any]:
    """The mapping under a key; an empty one where there is none or something else."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def dicts(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
