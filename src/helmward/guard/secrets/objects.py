"""Pods and workloads on their way into the world: environment values, arguments and messages lose their secrets.

Nearly every object holds none, so the typed view is looked through first. What it shows is then replaced in the raw
bytes as the API server writes them; a file that writes JSON otherwise is decoded, cleaned and encoded again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from helmward.guard.secrets.arguments import mask_arguments
from helmward.guard.secrets.masking import mask
from helmward.guard.secrets.values import mask_value
from helmward.world.indexes import pod_spec
from helmward.world.objects import Object
from helmward.world.views import Container, ContainerStatus, PodSpec

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Fields that hold commands, headers or containers and that no typed view shows.
_UNSEEN = (b'"lifecycle"', b'"httpHeaders"', b'"ephemeralContainers"')
# (what stands in the raw bytes, what shall stand there)
Swap = tuple[bytes, bytes]


def clean_object(item: Object) -> bytes | None:
    """The object's JSON without secrets, for `World(clean=…)`; None where nothing changes.

    ConfigMaps keep their values, from which dependencies are read; they are masked when shown.
    """
    spec = pod_spec(item)
    if spec is None:
        return None
    raw = item.raw
    swaps = Counter(_swaps(spec))
    if item.spoiled or any(word in raw for word in _UNSEEN) or _elsewhere(item):
        return _rewritten(raw)
    if not swaps:
        return None
    for (old, new), times in swaps.items():
        if raw.count(old) != times:
            return _rewritten(item.raw)
        raw = raw.replace(old, new)
    return raw


def _swaps(spec: PodSpec) -> Iterator[Swap]:
    for container in (*spec.init_containers, *spec.containers):
        for variable in container.env:
            if variable.value and (swap := _variable(variable.name, variable.value)) is not None:
                yield swap
        for arguments in _commands(container):
            yield from _arguments(arguments)


def _commands(container: Container) -> Iterator[tuple[str, ...]]:
    if container.command:
        yield container.command
    if container.args:
        yield container.args
    for probe in (container.liveness_probe, container.readiness_probe, container.startup_probe):
        if probe is not None and probe.exec is not None:
            yield probe.exec.command


@lru_cache(maxsize=32768)
def _variable(name: str, value: str) -> Swap | None:
    masked = mask_value(name, value)
    if masked == value:
        return None
    key = b'"name":' + msgspec.json.encode(name) + b',"value":'
    return key + msgspec.json.encode(value), key + msgspec.json.encode(masked)


@lru_cache(maxsize=8192)
def _arguments(arguments: tuple[str, ...]) -> tuple[Swap, ...]:
    masked = mask_arguments(arguments)
    return ((msgspec.json.encode(arguments), msgspec.json.encode(masked)),) if masked != arguments else ()


def _elsewhere(item: Object) -> bool:
    """Whether kubectl's copy of what was applied, or a container's last words, hold a secret."""
    annotations = item.meta.annotations
    if annotations and (applied := annotations.get(_APPLIED)) and _applied(applied) != applied:
        return True
    if item.kind.name != "Pod":
        return False
    status = item.view.status
    return any(
        mask(text) != text
        for one in (*status.container_statuses, *status.init_container_statuses)
        for text in _words(one)
    )


def _words(status: ContainerStatus) -> Iterator[str]:
    for state in (status.state, status.last_state):
        if state is not None:
            if state.terminated is not None and state.terminated.message:
                yield state.terminated.message
            if state.waiting is not None and state.waiting.message:
                yield state.waiting.message


def _rewritten(raw: bytes) -> bytes | None:
    document = msgspec.json.decode(raw)
    cleaned = _walk(document)
    return msgspec.json.encode(cleaned) if cleaned != document else None


def _walk(node: Any) -> Any:
    if isinstance(node, list):
        return [_walk(item) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("name")
    return {
        key: value if key == "managedFields" else _field(key, value, name if isinstance(name, str) else "")
        for key, value in node.items()
    }


def _field(key: str, value: Any, name: str) -> Any:
    if isinstance(value, str):
        if key == "value":
            return mask_value(name, value)
        if key == "message":
            return mask(value)
        return _applied(value) if key == _APPLIED else value
    if key in ("command", "args") and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(mask_arguments(tuple(value)))
    return _walk(value)


@lru_cache(maxsize=4096)
def _applied(text: str) -> str:
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return mask(text)
    cleaned = _walk(document)
    return msgspec.json.encode(cleaned).decode() if cleaned != document else text
