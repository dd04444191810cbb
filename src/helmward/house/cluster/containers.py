"""The containers of a pod, one by one: what runs, since when, how often it began again, and how the run before ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helmward.core.text import one_line
from helmward.house.cluster.container_words import words_of

_LONGEST = 300  # characters of a message
_STATES = ("running", "waiting", "terminated")
_KEYS = (("containers", "containerStatuses", False), ("initContainers", "initContainerStatuses", True))


def containers_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of a pod's document, the containers before the init containers; nothing of another kind."""
    if document.get("kind") != "Pod":
        return []
    spec, status = _table(document.get("spec")), _table(document.get("status"))
    return list(_rows(spec, status))


def _rows(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, told, initial in _KEYS:
        statuses = {str(one.get("name")): one for one in _tables(status.get(told))}
        for container in _tables(spec.get(key)):
            name = str(container.get("name"))
            yield _row(container, statuses.get(name, {})) | {"name": name, "init": initial}


def _row(container: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    state, found = _state(_table(status.get("state")))
    _, last = _state(_table(status.get("lastState")))
    return {
        "image": str(container.get("image") or ""),
        "ready": status.get("ready") is True,
        "restarts": status.get("restartCount") or 0,
        "state": state,
        **_told(found),
        "last": _told(last) | {"ended": last.get("finishedAt")} if last else None,
    }


def _state(states: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The one of ContainerState's members that is set (core/v1)."""
    name = next((one for one in _STATES if states.get(one) is not None), "unknown")
    return name, _table(states.get(name))


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    reason, message = str(state.get("reason") or ""), one_line(str(state.get("message") or ""), _LONGEST)
    return {
        "reason": reason,
        "text": words_of(reason, message),
        "message": message,
        "exitCode": state.get("exitCode"),
        "since": state.get("startedAt"),
    }


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
