"""The cells of a pod's row: READY, STATUS, RESTARTS, and human ages (printPod of Kubernetes' printers)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helmward.core.times import parse_time
from helmward.lab.embedded.bodies import Body, at, is_true, meta


def since(timestamp: str | None) -> str:
    """The time since then as kubectl writes it, `<unknown>` without one."""
    moment = parse_time(timestamp)
    return "<unknown>" if moment is None else human((datetime.now(UTC) - moment).total_seconds())


def human(seconds: float) -> str:
    """apimachinery duration.HumanDuration: `75s`, `3m20s`, `45m`, `5h10m`, `3d4h`, `90d`."""
    whole = max(0, int(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 120:
        return f"{whole}s"
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    return f"{days}d" if days < 730 else f"{days // 365}y"


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"


def _statuses(body: Body) -> list[Body]:
    found: list[Body] = at(body, "status", "containerStatuses") or []
    return found


def ready(body: Body) -> str:
    """`1/2`: ready containers of all."""
    count = sum(bool(status.get("ready")) for status in _statuses(body))
    return f"{count}/{len(at(body, 'spec', 'containers') or [])}"


def restarts(body: Body) -> str:
    """`3 (20s ago)`."""
    statuses = _statuses(body)
    count = sum(status.get("restartCount") or 0 for status in statuses)
    ends = [at(status, "lastState", "terminated", "finishedAt") for status in statuses]
    last = max((end for end in ends if end), default=None)
    return f"{count} ({since(last)} ago)" if count and last else str(count)


def status_of(body: Body) -> str:
    """The STATUS column: the phase, or the reason of what keeps the pod from it."""
    reason = at(body, "status", "reason") or at(body, "status", "phase") or "Unknown"
    waiting_init = _init(body)
    reason = waiting_init or _main(body, reason)
    if meta(body).get("deletionTimestamp"):
        return "Unknown" if at(body, "status", "reason") == "NodeLost" else "Terminating"
    return str(reason)


def _init(body: Body) -> str | None:
    statuses = at(body, "status", "initContainerStatuses") or []
    for place, status in enumerate(statuses):
        state = status.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting") or {}
        if ended and ended.get("exitCode") == 0:
            continue
        if ended:
            return f"Init:{_ending(ended)}"
        if waiting.get("reason") not in (None, "", "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{place}/{len(at(body, 'spec', 'initContainers') or [])}"
    return None


def _main(body: Body, reason: str) -> str:
    running = False
    for status in reversed(_statuses(body)):
        state = status.get("state") or {}
        if at(state, "waiting", "reason"):
            reason = state["waiting"]["reason"]
        elif state.get("terminated"):
            reason = _ending(state["terminated"])
        elif status.get("ready") and "running" in state:
            running = True
    if reason == "Completed" and running:
        return "Running" if is_true(body, "Ready") else "NotReady"
    return reason


def _ending(ended: dict[str, Any]) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode')}"
