"""Approvals: what waits for somebody, and every plan there was."""

from __future__ import annotations

from helmward.faces.console.contract import Done, Nav, Page, View, Visit, act, page
from helmward.faces.console.showing import plans
from helmward.faces.console.showing.plans import Sheet

_SHOWN = 100


@page
class Approvals(Page):
    """Plans of all incidents and of none."""

    name, path = "approvals", "/approvals"
    asks = ("all", "sheet", "undo", "deny")
    nav = Nav(20, "p", "Approvals")

    async def show(self, visit: Visit) -> View:
        """`all` in the address shows those that are over, too."""
        whole = visit.query.get("all") == "yes"
        found = (await visit.api.get("/plans", waiting=not whole or None))["plans"]
        return View(
            "Approvals", {"plans": found[:_SHOWN], "total": len(found), "whole": whole, "sheet": await Sheet.of(visit)}
        )


@page
class Plan(Page):
    """A plan by its id alone: what notifications link to."""

    name, path = "approvals", "/plans/{identity}"
    asks = ("undo", "deny")

    async def show(self, visit: Visit) -> View:
        """The list, with this one open."""
        found = (await visit.api.get("/plans", waiting=True))["plans"]
        query = {**visit.query, "sheet": visit.params["identity"]}
        here = Visit(visit.api, visit.actor, "/approvals", {}, query, live=visit.live)
        sheet = await Sheet.of(here)
        return View("Plan", {"plans": found[:_SHOWN], "total": len(found), "whole": False, "sheet": sheet})

    @act("approve")
    async def approve(self, visit: Visit) -> Done:
        """Yes."""
        return await plans.approve(visit)

    @act("deny")
    async def deny(self, visit: Visit) -> Done:
        """No."""
        return await plans.deny(visit)

    @act("undo")
    async def undo(self, visit: Visit) -> Done:
        """Take it back."""
        return await plans.undo(visit)

    @act("review")
    async def review(self, visit: Visit) -> Done:
        """Looked at."""
        return await plans.review(visit)
