"""Cluster: the workloads, the worst first, each with the tree from it to its pods."""

from __future__ import annotations

from helmward.faces.console.contract import Nav, Page, View, Visit, page

SHOWN = 50
"""Workloads of one page."""


@page
class Cluster(Page):
    """What runs."""

    name, path, world = "cluster", "/cluster", True
    asks = ("namespace", "q", "broken", "from")
    nav = Nav(50, "l", "Cluster")

    async def show(self, visit: Visit) -> View:
        """Workloads in the namespace and with the words of the address; `broken=yes`: only what ails."""
        asked = {name: visit.query.get(name, "") for name in ("namespace", "q")}
        broken, offset = visit.query.get("broken") == "yes", _number(visit.query.get("from", ""))
        found = await visit.api.get("/cluster", **asked, broken=broken or None, limit=SHOWN, offset=offset)
        return View(
            "Cluster",
            {
                "asked": asked,
                "broken": broken,
                "filtered": broken or any(asked.values()),
                "workloads": found["workloads"],
                "total": found["total"],
                "alone": found["services"],
                "namespaces": sorted({*found["namespaces"], *filter(None, [asked["namespace"]])}),
                "offset": offset,
                "shown": SHOWN,
            },
        )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0
