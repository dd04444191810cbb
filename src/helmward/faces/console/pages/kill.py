"""The kill switch: what is stopped, what lies half done, and the forms that stop and let go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from helmward.faces.console.contract import Done, Nav, Page, View, Visit, act, page

ALL = "all"
KINDS = ("actor", "tool", "system")
"""What can be stopped alone."""


@page
class Kill(Page):
    """Stopping takes a reason; everything, one more page before it."""

    name, path = "kill", "/kill"
    asks = ("sure", "lift", "undo", "reason")
    nav = Nav(30, "k", "Kill switch", whole=True)

    async def show(self, visit: Visit) -> View:
        """`sure=all` in the address asks once more; `lift` with a scope, and `undo` with an action, open their forms."""
        found = await visit.api.get("/kill")
        stops = [_stop(one) for one in found["kills"]]
        everything = any(one["kind"] == ALL for one in stops)
        given = {"stops": stops, "everything": everything, "half_done": found["halfDone"], "kinds": KINDS}
        if not visit.live:
            given |= {"choices": await _choices(visit), "sure": visit.query.get("sure") == ALL}
            given["lifted"] = next((one for one in stops if one["scope"] == visit.query.get("lift")), None)
            given["undone"] = next((one for one in found["halfDone"] if one["id"] == visit.query.get("undo")), None)
        return View("Everything is stopped" if everything else "Kill switch", given)

    @act("stop")
    async def stop(self, visit: Visit) -> Done:
        """Pull it."""
        body = _scope(visit.form)
        await visit.api.post("/kill", body)
        what = "everything" if body["kind"] == ALL else f"{body['kind']} {body['name']}"
        return Done("/kill", f"Stopped: {what}. No change is made there from now on.")

    @act("revive")
    async def revive(self, visit: Visit) -> Done:
        """Lift it."""
        body = _scope(visit.form)
        await visit.api.post("/revive", body)
        what = "Everything" if body["kind"] == ALL else f"{body['kind'].capitalize()} {body['name']}"
        return Done("/kill", f"{what} may go on. What was waiting then has to be proposed anew.")


def _scope(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in ("kind", "name", "reason")}


def _stop(given: Mapping[str, Any]) -> dict[str, Any]:
    """A kill as the API tells of it; without a time it is the file that holds everything, which nobody lifts from here."""
    kind, _, name = given["scope"].partition(":")
    return {**given, "kind": kind, "name": name, "filed": given["time"] is None}


async def _choices(visit: Visit) -> dict[str, list[str]]:
    """Names that can be stopped, by kind; of actors only administrators are told."""
    if not visit.may("requester"):
        return {}
    tools = (await visit.api.get("/tools"))["tools"]
    actors: set[str] = set()
    if visit.may("admin"):
        registered, acted = await asyncio.gather(visit.api.get("/actors"), visit.api.get("/audit/facets"))
        actors = {one["name"] for one in registered["actors"]} | set(acted["actors"])
    systems = {one["system"] for one in tools}
    return {"actor": sorted(actors), "tool": [one["name"] for one in tools], "system": sorted(systems)}
