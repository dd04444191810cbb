"""One object: the raw JSON bytes beside its typed view. A wrong-typed field spoils that field alone, never the object."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from helmward.core.nouns import Resource
from helmward.core.typed import decoder
from helmward.world.kinds import Kind
from helmward.world.views import Meta, View

# msgspec names the place of a wrong type as `$.spec.containers[0].image`; `[...]` stands for a dictionary's key.
_PLACE = re.compile(r" - at `(?:key in )?(\$[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
_MOST_SPOILED = 64


class Object:
    """A Kubernetes object as kept by the world.

    `raw` is its JSON as it came (secrets already reduced), `view` its typed view, `spoiled` the fields that had a
    wrong type and were left out of the view, with msgspec's reason.
    """

    __slots__ = ("file", "kind", "line", "name", "namespace", "raw", "spoiled", "uid", "view")

    def __init__(self, kind: Kind, raw: bytes, view: View, spoiled: tuple[str, ...] = ()) -> None:
        meta: Meta = view.metadata  # type: ignore[attr-defined]
        self.kind = kind
        self.raw = raw
        self.view: Any = view
        self.spoiled = spoiled
        self.name = meta.name
        self.namespace = meta.namespace if kind.namespaced else ""
        self.uid = meta.uid
        self.file: str | None = None
        self.line: int | None = None

    @property
    def meta(self) -> Meta:
        """The object's metadata."""
        meta: Meta = self.view.metadata
        return meta

    @property
    def resource(self) -> Resource:
        """What names this object elsewhere."""
        return Resource(api_version=self.kind.api, kind=self.kind.name, namespace=self.namespace, name=self.name)

    def __repr__(self) -> str:
        return f"<{self.resource}>"


def read_object(kind: Kind, raw: bytes) -> Object:
    """Decode one object. Raises msgspec.DecodeError where `raw` is no JSON object at all."""
    try:
        return Object(kind, raw, decoder(kind.view).decode(raw))
    except msgspec.ValidationError as error:
        return _mend(kind, raw, error)


def _mend(kind: Kind, raw: bytes, error: msgspec.ValidationError) -> Object:
    document = msgspec.json.decode(raw)
    if not isinstance(document, dict):
        raise msgspec.DecodeError(f"a {kind.name} must be a JSON object, not {type(document).__name__}")
    spoiled: list[str] = []
    for _ in range(_MOST_SPOILED):
        found = _PLACE.search(str(error))
        if found is None:
            break
        was_null = _cut(document, found.group(1))
        if not was_null:
            spoiled.append(str(error))
        try:
            # Encoded again rather than converted: msgspec.convert knows no Raw.
            return Object(kind, raw, decoder(kind.view).decode(msgspec.json.encode(document)), tuple(spoiled))
        except msgspec.ValidationError as next_error:
            error = next_error
    # Too many wrong fields, or one that cannot be cut out: what is left is the name.
    spoiled.append(str(error))
    return Object(kind, raw, kind.view(metadata=_name_only(document)), tuple(spoiled))


def _cut(document: dict[str, Any], place: str) -> bool:
    """Remove what stands at `place`; True if it was null. A dictionary's wrong value removes all wrong-typed ones."""
    node: Any = document
    parent: Any = None
    step: str | int | None = None
    for key, index, _ in _STEP.findall(place):
        if not key and not index:  # `[...]`: some key of a dictionary
            return _cut_odd(node, parent, step)
        parent, step = node, key or int(index)
        node = node[step]
    if parent is None:
        return False
    del parent[step]
    return node is None


def _cut_odd(node: dict[str, Any], parent: Any, step: str | int | None) -> bool:
    odd = [name for name, value in node.items() if not isinstance(value, str)]
    for name in odd:
        del node[name]
    if not odd and parent is not None:
        del parent[step]
    return False


def _name_only(document: dict[str, Any]) -> Meta:
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name, namespace, uid = (str(metadata.get(key) or "") for key in ("name", "namespace", "uid"))
    return Meta(name=name, namespace=namespace, uid=uid)
