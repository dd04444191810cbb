"""One object: how it stands and why, what it is made of, its YAML, Events, changes, and of a pod its logs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from helmward.core.times import format_time
from helmward.faces.console.client import ApiError, part
from helmward.faces.console.contract import Page, View, Visit, page
from helmward.faces.console.showing import fields, yaml_lines

TABS = ("summary", "yaml", "events", "changes", "logs")
TAILS = (100, 200, 500, 1000, 2000)
"""Last lines of a log to begin with."""

_UNDO, _RESTART, _SCALE = ("Roll back", "rollout_undo"), ("Restart", "rollout_restart"), ("Scale", "resources_scale")
_ACTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Deployment": (_RESTART, _SCALE, _UNDO),
    "StatefulSet": (_RESTART, _SCALE, _UNDO),
    "DaemonSet": (_RESTART, _UNDO),
    "Pod": (("Delete", "pods_delete"),),
}


@page
class Object(Page):
    """An object by kind, namespace (`-`: none) and name; `tab` in the address says what of it."""

    name, path, world = "object", "/objects/{kind}/{namespace}/{name}", True
    asks = ("apiVersion", "tab", "container", "tail", "previous", "find")

    async def show(self, visit: Visit) -> View:
        """Each look at an object is audited: so what is kept current comes from what Helmward sees anyway."""
        place = "/".join(part(visit.params[name]) for name in ("kind", "namespace", "name"))
        version = visit.query.get("apiVersion")
        around = visit.api.get(f"/cluster/{place}", apiVersion=version)
        tab = _tab(visit)
        given = {"tab": tab, "place": dict(visit.params), "tails": TAILS}
        title = f"{visit.params['kind']} {visit.params['name']}"
        if visit.live:
            return View(title, {**given, "around": await around})
        seen, found = await asyncio.gather(around, visit.api.get(f"/objects/{place}", apiVersion=version))
        return View(
            title,
            {
                **given,
                "around": seen,
                "object": found,
                "read": format_time(datetime.now(UTC)),
                "acts": _acts(found) if visit.may("requester") else [],
                "yaml": yaml_lines.parted(found["yaml"]) if _shows_yaml(tab, seen) else [],
                "log": await _log(visit, found["containers"]) if tab == "logs" else None,
            },
        )


def _tab(visit: Visit) -> str:
    asked = visit.query.get("tab", "")
    fits = asked in TABS and (asked != "logs" or visit.params["kind"] == "Pod")
    return asked if fits else TABS[0]


def _shows_yaml(tab: str, around: Mapping[str, Any]) -> bool:
    """What stands in no tree has little else to show."""
    return tab == "yaml" or (tab == "summary" and around["workload"] is None)


def _acts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Words and address of each tool to offer, its form filled in; of a pod, those of its workload too."""
    offered = []
    for one in [found["resource"], *found["owners"][-1:]]:
        named = {key: one[key] for key in ("kind", "namespace", "name")}
        for words, tool in _ACTS.get(one["kind"], ()):
            offered.append((f"{words} {one['kind']}", fields.address(tool, named)))
    return offered


async def _log(visit: Visit, containers: list[str]) -> dict[str, Any]:
    """The last lines, for who has no scripts and until the first live ones come."""
    container = visit.query.get("container") or next(iter(containers), "")
    tail = int(asked) if (asked := visit.query.get("tail", "")) in map(str, TAILS) else 200
    previous = visit.query.get("previous") == "yes"
    pod = {"namespace": visit.params["namespace"], "name": visit.params["name"]}
    arguments = {**pod, "container": container, "previous": previous, "tail_lines": tail}
    query = {"container": container, "tail": tail, "previous": str(previous).lower()}
    log = {"container": container, "tail": tail, "previous": previous, "lines": [], "problem": ""}
    try:
        read = await visit.api.post("/tools/pods_log", {"arguments": arguments})
        log["lines"] = read["text"].splitlines()
    except ApiError as error:
        log["problem"] = str(error)
    return log | {"stream": f"{visit.path}/logs/stream?{urlencode(query)}"}
