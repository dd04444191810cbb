"""Tokens: who holds one, how it stands, and its end."""

from __future__ import annotations

from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Page, View, Visit, act, page
from helmward.faces.console.showing import people
from helmward.faces.console.signing.signing import local


@page
class Tokens(Page):
    """All of them, for administrators; what was forged stands first."""

    name, path = "tokens", "/tokens"
    asks = ("q", "state", "name", "from", "sure")

    async def show(self, visit: Visit) -> View:
        """In the state and with the words of the address; `sure=ID` asks whether to end that one."""
        asked, offset = visit.query, people.offset(visit)
        state = asked.get("state", "current")
        found = await visit.api.get(
            "/tokens",
            state=None if state == "all" else state,
            q=asked.get("q"),
            name=asked.get("name") or None,
            limit=people.SHOWN,
            offset=offset,
        )
        given = {"found": found, "state": state, "offset": offset, "shown": people.SHOWN, "at": "actors"}
        return View("Tokens", given | people.asking(visit))

    @act("revoke")
    async def revoke(self, visit: Visit) -> Done:
        """End one."""
        identity = visit.form.get("id", "")
        await visit.api.call("DELETE", f"/tokens/{part(identity)}", None, {})
        return Done(local(visit.form.get("then", "/tokens")), f"{identity} has ended.")
