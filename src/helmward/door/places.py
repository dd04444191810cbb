"""Where and when a change would happen: environments of namespaces, modes, and named windows of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from helmward.core.nouns import Scope
from helmward.core.settings_changes import ChangeSettings, Mode, WindowSettings
from helmward.core.times import parse_time

PRODUCTION = "production"
"""What a namespace is that belongs to no environment."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDER: tuple[Mode, ...] = ("observe", "ask", "auto")


def environment_of(settings: ChangeSettings, namespace: str, labels: Mapping[str, str]) -> str:
    """The environment a namespace belongs to; `labels` are the namespace's own. Cluster-scoped things are production."""
    for environment in settings.environments:
        named = any(fnmatchcase(namespace, pattern) for pattern in environment.namespaces)
        labelled = bool(environment.labels) and environment.labels.items() <= labels.items()
        if namespace and (named or labelled):
            return environment.name
    return PRODUCTION


def strictest(environments: Iterable[str]) -> str:
    """The environment that a plan over several counts as: production if any is, else the first by name."""
    found = sorted(set(environments)) or [PRODUCTION]
    return PRODUCTION if PRODUCTION in found else found[0]


def mode_of(settings: ChangeSettings, environment: str, severity: str | None) -> Mode:
    """Whether changes are observed, asked for or made there."""
    for rule in settings.modes:
        if any(fnmatchcase(environment, pattern) for pattern in rule.environments) and (
            not rule.severities or severity in rule.severities
        ):
            return rule.mode
    return settings.mode


def any_changes(settings: ChangeSettings) -> bool:
    """True if some change may ever be made here."""
    return any(mode != "observe" for mode in (settings.mode, *(rule.mode for rule in settings.modes)))


def windows(settings: ChangeSettings, now: datetime) -> dict[str, bool]:
    """The named windows, open or not at this instant: policy decisions are kept for as long as these stay."""
    named = {"business_hours": settings.business_hours, "freeze": settings.freeze}
    return {name: any(_is_open(window, now) for window in spans) for name, spans in named.items()}


def within(scope: Scope, namespace: str, environment: str, cluster: str) -> bool:
    """True if somebody with this scope may act there. All namespaces at once ("") need a scope without namespaces."""
    wanted = ((scope.namespaces, namespace), (scope.environments, environment), (scope.clusters, cluster))
    return all(
        not patterns or (bool(value) and any(fnmatchcase(value, pattern) for pattern in patterns))
        for patterns, value in wanted
    )


def _is_open(window: WindowSettings, now: datetime) -> bool:
    begin, end = parse_time(window.from_time), parse_time(window.to_time)
    if window.from_time or window.to_time:
        return (begin is None or begin <= now) and (end is None or now < end)
    local = now.astimezone(ZoneInfo(window.timezone))
    day, clock = _DAYS[local.weekday()], local.strftime("%H:%M")
    if window.start <= window.end:
        return day in window.days and window.start <= clock < window.end
    yesterday = _DAYS[local.weekday() - 1]  # over midnight: the evening of one day, the morning of the next
    return (day in window.days and clock >= window.start) or (yesterday in window.days and clock < window.end)
