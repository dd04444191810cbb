"""Objects as a tool gives them away: without the values of secrets, and without what only servers read.

The client has reduced Secrets already. Environment values, arguments, ConfigMap values, settings of custom resources and
free text go through guard's masks here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from helmward.core.text import printable
from helmward.guard.secrets import find, mask, mask_value
from helmward.guard.secrets.arguments import mask_arguments
from helmward.guard.secrets.names import WEAK, kind_of_name
from helmward.tools.kubernetes.objects import Document

_CACHED = 512


def shown(document: Document) -> Document:
    """The object without secret values and without managedFields; a Secret as the client reduced it."""
    if document.get("kind") == "Secret" and document.get("apiVersion") == "v1":
        return _without_managed(document)
    data_of_map = document.get("kind") == "ConfigMap"
    return {
        key: _settings(value)
        if data_of_map and key == "data"
        else _sizes(value)
        if data_of_map and key == "binaryData"
        else _walk(key, value)
        for key, value in _without_managed(document).items()
    }


def masked_lines(text: str) -> list[str]:
    """Lines of text, masked: as many as before, so that a secret of several lines leaves empty ones."""
    pieces: list[str] = []
    at = 0
    for span in find(text):
        pieces += (text[at : span.start], f"[{span.rule}]", "\n" * text.count("\n", span.start, span.end))
        at = span.end
    return [printable(line) for line in "".join((*pieces, text[at:])).split("\n")]


def _without_managed(document: Document) -> Document:
    meta = document.get("metadata")
    if not isinstance(meta, dict) or "managedFields" not in meta:
        return document
    return {**document, "metadata": {key: value for key, value in meta.items() if key != "managedFields"}}


def _walk(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return _text(key, value)
    if isinstance(value, dict):
        return _map(value)
    if not isinstance(value, list):
        return value
    if key in ("command", "args") and all(isinstance(item, str) for item in value):
        return [printable(word) for word in mask_arguments(tuple(value))]
    return [_walk(key, item) for item in value]


def _map(value: dict[str, Any]) -> dict[str, Any]:
    name = value.get("name")
    if isinstance(name, str) and isinstance(value.get("value"), str):
        rest = {key: _walk(key, inner) for key, inner in value.items() if key not in ("name", "value")}
        return {"name": name, "value": printable(mask_value(name, value["value"])), **rest}
    return {printable(key): _walk(key, inner) for key, inner in value.items()}


def _text(key: str, value: str) -> str:
    return _masked(key, value) if len(value) <= _CACHED else _masked.__wrapped__(key, value)


@lru_cache(maxsize=16384)
def _masked(key: str, value: str) -> str:
    named_as_secret = kind_of_name(key) not in (None, WEAK)
    hidden: Callable[[str], str] = (lambda text: mask_value(key, text)) if named_as_secret else mask
    return printable(hidden(value))


def _settings(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: printable(mask_value(key, value)) for key, value in data.items() if isinstance(value, str)}


def _sizes(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: f"{len(value) * 3 // 4} bytes" for key, value in data.items() if isinstance(value, str)}
