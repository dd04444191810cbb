"""Audit: what everybody did and tried, looked through, verified, taken along."""

from __future__ import annotations

from typing import Any

from helmward.faces.console.client import ApiError
from helmward.faces.console.contract import Done, Nav, Page, View, Visit, act, page
from helmward.faces.console.showing.records import about, exports, facts

SHOWN = 50
"""Records of one page."""

FIELDS = ("actor", "kind", "action", "target", "outcome", "q", "since", "until")


@page
class Audit(Page):
    """The log, newest first; the page that begins at its end is kept current."""

    name, path = "audit", "/audit"
    asks = (*FIELDS, "before", "record")
    nav = Nav(95, "u", "Audit", "admin", whole=True)

    async def show(self, visit: Visit) -> View:
        """FIELDS in the address filter, `before` pages, `record` opens one."""
        asked = {name: visit.query.get(name, "") for name in FIELDS}
        filtered, before = any(asked.values()), visit.query.get("before", "")
        fresh = not filtered and not before
        given: dict[str, Any] = {"asked": asked, "filtered": filtered, "fresh": fresh, "wrong": "", "record": None}
        given |= {"found": {"records": [], "next": None}, "proof": await visit.api.get("/audit/verify")}
        if fresh or not visit.live:
            try:
                given["found"] = await visit.api.get("/audit/search", **asked, before=before, limit=SHOWN)
            except ApiError as error:
                if error.status not in (400, 422):
                    raise
                given["wrong"] = str(error)
        if not visit.live:
            given |= {"facets": await visit.api.get("/audit/facets"), "export": exports(asked)}
            given |= await _opened(visit)
        return View("Audit", given)

    @act("verify")
    async def verify(self, visit: Visit) -> Done:
        """Prove the whole log."""
        proof = await visit.api.post("/audit/verify")
        return Done("/audit", "The log is whole." if proof["ok"] else "")


async def _opened(visit: Visit) -> dict[str, Any]:
    """The record that the address names."""
    number = visit.query.get("record", "")
    if not number:
        return {}
    if number.isdecimal() and len(number) < 18:
        found = (await visit.api.get("/audit/search", before=int(number) + 1, limit=1))["records"]
        if found and found[0]["sequence"] == int(number):
            return {"record": found[0], "facts": facts(found[0]), "about": about(found[0])}
    return {"wrong": f"There is no record {number} in the log."}
