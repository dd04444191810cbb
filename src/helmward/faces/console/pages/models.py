"""Models: how traffic goes, what guards stopped, how long it takes, what it costs, and what is left of the budgets."""

from __future__ import annotations

import asyncio

from helmward.faces.console.contract import Nav, Page, View, Visit, page

TIMES = {"1h": "hour", "24h": "24 hours", "7d": "7 days"}
BY = {"key": "Key", "user": "User", "team": "Team"}
MOST = 30
"""Rows of use, and budgets, on the page; the API has all."""


@page
class Models(Page):
    """The gateway's traffic over the last hour, day or week. An open page asks anew every 15 seconds, and not with each change of
    the house: to add traffic up is dear."""

    name, path = "models", "/models"
    asks = ("since", "model", "by")
    nav = Nav(70, "o", "Models", whole=True)

    async def show(self, visit: Visit) -> View:
        """Of `model` alone, if the address names one; the use `by` key, user or team."""
        if visit.live:
            return View("Models", {})
        since, model = visit.query.get("since", "24h"), visit.query.get("model")
        by = visit.query.get("by", "key")
        traffic, upstreams, usage = await asyncio.gather(
            visit.api.get("/gateway/traffic", since=since, model=model),
            visit.api.get("/gateway/upstreams"),
            visit.api.get("/gateway/usage", since=since, by=by),
        )
        return View(
            "Models",
            {
                "traffic": traffic,
                "upstreams": upstreams["upstreams"],
                "usage": usage,
                "names": sorted({name for one in upstreams["upstreams"] for name in one["models"]}),
                "since": since,
                "model": model,
                "by": by,
                "times": TIMES,
                "bys": BY,
                "most": MOST,
            },
        )
