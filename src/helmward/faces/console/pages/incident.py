"""One incident: its first cause with the proof, what is proposed, what was done, and everything it rests on."""

from __future__ import annotations

import asyncio
from typing import Any

from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Page, View, Visit, act, page
from helmward.faces.console.showing.plans import Sheet


@page
class Incident(Page):
    """Where Approve lies."""

    name, path = "incident", "/incidents/{identity}"
    asks = ("sheet", "undo", "deny", "healing")

    async def show(self, visit: Visit) -> View:
        """`sheet` in the address opens a plan of it, `healing=resume` the form that lets it heal again."""
        identity = part(visit.params["identity"])
        shown, plans, graph = await asyncio.gather(
            visit.api.get(f"/incidents/{identity}"),
            visit.api.get("/plans", incident=visit.params["identity"]),
            visit.api.get(f"/incidents/{identity}/graph"),
        )
        findings = {found["id"]: found for found in shown["findings"]}
        causes = [cause | {"found": findings.get(cause["finding"])} for cause in shown["causes"]]
        sheet = await Sheet.of(visit)
        return View(
            shown["title"],
            {
                "incident": shown,
                "causes": causes,
                "others": [found for found in shown["findings"] if found["id"] not in _ids(causes)],
                "plans": plans["plans"],
                "waiting": next((plan for plan in plans["plans"] if plan["id"] == shown["waitingFor"]), None),
                "running": next((plan for plan in plans["plans"] if plan["state"] in ("approved", "running")), None),
                "graph": graph,
                "sheet": sheet,
            },
        )

    @act("propose")
    async def propose(self, visit: Visit) -> Done:
        """Have the fix planned."""
        identity = visit.params["identity"]
        made = await visit.api.post(f"/incidents/{part(identity)}/plan", new=True)
        return Done(f"/incidents/{part(identity)}?sheet={part(made['id'])}")

    @act("acknowledge")
    async def acknowledge(self, visit: Visit) -> Done:
        """Say that one has seen it."""
        identity = part(visit.params["identity"])
        await visit.api.post(f"/incidents/{identity}/acknowledge", {"reason": visit.form.get("reason", "")})
        return Done(f"/incidents/{identity}", "Noted: others see that you know of it.")

    @act("suppress")
    async def suppress(self, visit: Visit) -> Done:
        """Keep it quiet."""
        identity, lasts = part(visit.params["identity"]), visit.form.get("for", "")
        body = {"for": lasts, "reason": visit.form.get("reason", "")}
        await visit.api.post(f"/incidents/{identity}/suppress", body)
        return Done(f"/incidents/{identity}", f"It keeps quiet for {lasts}.")

    @act("unsuppress")
    async def unsuppress(self, visit: Visit) -> Done:
        """It need not be quiet any longer."""
        identity = part(visit.params["identity"])
        await visit.api.post(f"/incidents/{identity}/unsuppress", {})
        return Done(f"/incidents/{identity}", "Its quiet is over.")

    @act("healing")
    async def healing(self, visit: Visit) -> Done:
        """Pause healing by itself, or let it go on."""
        identity, what = part(visit.params["identity"]), "resume" if visit.form.get("what") == "resume" else "pause"
        await visit.api.post(f"/incidents/{identity}/heal/{what}", {"reason": visit.form.get("reason", "")})
        return Done(f"/incidents/{identity}", "Healing is paused here." if what == "pause" else "It may heal again.")


def _ids(causes: list[dict[str, Any]]) -> set[str]:
    return {cause["finding"] for cause in causes}
