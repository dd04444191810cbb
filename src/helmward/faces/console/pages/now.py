"""Now: what is wrong, the worst first; health by namespace; what waits for somebody; what Helmward did."""

from __future__ import annotations

import asyncio

from helmward.faces.console.contract import Nav, Page, View, Visit, page

SHOWN = 50
"""Incidents of one page."""

_WAITING = 5
"""Waiting plans that stand beside the incidents: those that no shown incident stands for."""


@page
class Now(Page):
    """The first page."""

    name, path = "now", "/"
    asks = ("state", "namespace", "q", "from")
    nav = Nav(10, "n", "Now")

    async def show(self, visit: Visit) -> View:
        """Incidents in the state, namespace and words of the address."""
        state, offset = visit.query.get("state", "live"), _number(visit.query.get("from", ""))
        asked = {"state": state, "namespace": visit.query.get("namespace"), "q": visit.query.get("q")}
        overview, found, waiting = await asyncio.gather(
            visit.api.get("/overview"),
            visit.api.get("/incidents", **asked, limit=SHOWN, offset=offset),
            visit.api.get("/plans", waiting=True),
        )
        shown = {one["waitingFor"] for one in found["incidents"]}
        others = [plan for plan in waiting["plans"] if plan["id"] not in shown]
        broken = overview["incidents"]["open"] + overview["incidents"]["acting"]
        title = f"{broken} wrong" if broken else "All well"
        return View(
            title,
            {
                "overview": overview,
                "incidents": found["incidents"],
                "total": found["total"],
                "offset": offset,
                "shown": SHOWN,
                "waiting": others[:_WAITING],
                "more": len(others) - _WAITING,
                "mine": {plan["id"] for plan in waiting["plans"] if plan["may"]["approve"]},
                "state": state,
                "filtered": any(visit.query.get(name) for name in ("namespace", "q")) or state != "live",
            },
        )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0
