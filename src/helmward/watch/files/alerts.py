"""Alerts of `alerts.json`: Alertmanager's API v2 list, its webhook body, or Prometheus' `/api/v1/alerts` answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from helmward.core.times import parse_time
from helmward.watch.files.refusal import Refused


class Alert(msgspec.Struct, frozen=True):
    """One alert. `starts` is RFC 3339; `state` as its source says: active, suppressed, firing …"""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    starts: str | None
    file: str


def read_alerts(data: bytes, file: str, mask: Callable[[str], str]) -> list[Alert]:
    """The alerts of a file, in its order. Raises Refused where it holds none of the known shapes."""
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        raise Refused("it is no JSON") from None
    found = _list_of(document)
    if found is None:
        raise Refused("it holds no list of Alertmanager or Prometheus alerts")
    return [alert for item in found if isinstance(item, dict) for alert in _alert(item, file, mask)]


def _list_of(document: Any) -> list[Any] | None:
    """The list itself, or the one under `alerts`, `data.alerts` or `data`."""
    for _ in range(3):
        if isinstance(document, list):
            return document
        if not isinstance(document, dict):
            return None
        document = document.get("alerts", document.get("data"))
    return None


def _alert(item: dict[str, Any], file: str, mask: Callable[[str], str]) -> Iterator[Alert]:
    labels = _texts(item.get("labels"), mask)
    if not labels:
        return
    status = item.get("status")
    state = status.get("state") if isinstance(status, dict) else status or item.get("state")
    starts = next((text for key in ("startsAt", "activeAt") if isinstance(text := item.get(key), str)), None)
    yield Alert(
        name=labels.get("alertname", ""),
        labels=labels,
        annotations=_texts(item.get("annotations"), mask),
        state=str(state or "active"),
        starts=starts if parse_time(starts) else None,
        file=file,
    )


def _texts(value: Any, mask: Callable[[str], str]) -> dict[str, str]:
    return {str(key): mask(str(text)) for key, text in value.items()} if isinstance(value, dict) else {}
