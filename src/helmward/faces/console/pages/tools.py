"""Tools: all that can be looked at or done, what policy says of each; one of them with its arguments, tried or proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from helmward.faces.console.client import ApiError, part
from helmward.faces.console.contract import RUN, Done, Nav, Page, View, Visit, act, page
from helmward.faces.console.showing.fields import PREFIX, Form, typed
from helmward.faces.console.showing.grid import shown

_GROUPS = (("READ", "Look"), ("MUTATE", "Change"), ("DESTRUCTIVE", "Destroy"))
_NOTHING: Mapping[str, Any] = {"wrong": "", "result": None, "plan": None}


@page
class Tools(Page):
    """All of them."""

    name, path = "tools", "/tools"
    asks = ("q",)
    nav = Nav(60, "t", "Tools")

    async def show(self, visit: Visit) -> View:
        """Those of which the words in the address speak."""
        words = visit.query.get("q", "")[:100]
        found = (await visit.api.get("/tools", q=words))["tools"]
        groups = [(title, [one for one in found if one["effect"] == effect]) for effect, title in _GROUPS]
        return View("Tools", {"groups": [group for group in groups if group[1]], "words": words, "total": len(found)})


@page
class Tool(Page):
    """One tool. RUN in the address: `read` calls it, `dry` shows the plan that it would be."""

    name, path = "tool", "/tools/{name}"
    asks = (f"{PREFIX}*", "cursor", RUN, "again")

    async def show(self, visit: Visit) -> View:
        """Its form; and what came of the arguments in the address. An open page does not call it again by itself."""
        found = await visit.api.get(f"/tools/{part(visit.params['name'])}")
        form, came = Form.of(found["inputSchema"], visit.query), dict(_NOTHING)
        run = "" if visit.live else visit.query.get(RUN, "")
        if run and form.fits:
            try:
                came |= await _came_of(visit, found, form)
            except ApiError as error:
                form, came["wrong"] = form.told(found["name"], str(error))
        given = {
            "tool": found,
            "form": form,
            "typed": typed(visit.query),
            "reads": found["effect"] == "READ",
            "run": run,
            "at": "tools",
        }
        return View(found["title"], given | came)

    @act("dry")
    async def dry(self, visit: Visit) -> Done:
        """See what it would do: nothing is kept."""
        return Done(_filled(visit, run="dry"))

    @act("propose")
    async def propose(self, visit: Visit) -> Done:
        """Have it planned: it waits for a yes, or runs where policy allows it."""
        name = visit.params["name"]
        found = await visit.api.get(f"/tools/{part(name)}")
        form = Form.of(found["inputSchema"], visit.form)
        if not form.fits:
            return Done(_filled(visit, run="dry"))
        body = {"actions": [{"tool": name, "arguments": form.arguments()}], "reason": visit.form.get("reason", "")}
        try:
            made = await visit.api.post("/plans", body)
        except ApiError as error:
            return Done(_filled(visit, run="dry"), str(error), wrong=True)
        waits = made["state"] == "waiting"
        said = (
            "Proposed; it waits for an approval." if waits else "Policy decided by itself; what came of it stands here."
        )
        return Done(f"/approvals?sheet={part(made['id'])}", said)


async def _came_of(visit: Visit, found: Mapping[str, Any], form: Form) -> dict[str, Any]:
    name, arguments = found["name"], form.arguments()
    if found["effect"] == "READ":
        body = {"arguments": arguments, "cursor": visit.query.get("cursor") or None}
        return {"result": shown(await visit.api.post(f"/tools/{part(name)}", body))}
    plan = await visit.api.post("/plans", {"actions": [{"tool": name, "arguments": arguments}]}, dryRun=True)
    return {"plan": plan}


def _filled(visit: Visit, **more: str) -> str:
    """The tool's page with what was typed."""
    query = urlencode(typed(visit.form) | more)
    return f"/tools/{part(visit.params['name'])}?{query}#result"
