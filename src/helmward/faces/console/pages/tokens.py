"""Tokens: who holds one, how it stands, and its end."""

from __future__ import annotations

from helmward.faces.console import people
from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Page, View, Visit, act, page
from helmward.faces.console.signing import local

SHOWN = 50
"""Tokens of one page."""

STATES = ("valid", "expired", "revoked", "forged")


@page
class Tokens(Page):
    """All of them, for administrators; what was forged stands first."""

    name, path = "tokens", "/tokens"

    async def show(self, visit: Visit) -> View:
        """In the state and with the words of the address; `sure=ID` asks whether to end that one."""
        asked, start = visit.query, visit.query.get("from", "")
        state, offset = asked.get("state", "valid"), int(start) if start.isdecimal() and len(start) < 7 else 0
        found = await visit.api.get(
            "/tokens",
            state=None if state == "all" else state,
            q=asked.get("q"),
            name=asked.get("name") or None,
            limit=SHOWN,
            offset=offset,
        )
        given = {"found": found, "state": state, "states": STATES, "offset": offset, "shown": SHOWN, "at": "actors"}
        return View("Tokens", given | people.asking(visit))

    @act("revoke")
    async def revoke(self, visit: Visit) -> Done:
        """End one."""
        identity = visit.form.get("id", "")
        await visit.api.call("DELETE", f"/tokens/{part(identity)}", None, {})
        return Done(local(visit.form.get("then", "/tokens")), f"{identity} has ended.")
