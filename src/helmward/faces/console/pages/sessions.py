"""Sessions: where one is signed in, and the end of that."""

from __future__ import annotations

from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Page, View, Visit, act, page

_PATH = "/sessions"


@page
class Sessions(Page):
    """One's own; each can be ended, or all but this one."""

    name, path = "sessions", _PATH
    asks = ()

    async def show(self, visit: Visit) -> View:
        """Those that go on."""
        found = (await visit.api.get("/sessions"))["sessions"]
        return View("Sessions", {"sessions": found, "mine": visit.session})

    @act("end")
    async def end(self, visit: Visit) -> Done:
        """End one."""
        await visit.api.call("DELETE", f"/sessions/{part(visit.form.get('session', ''))}", None, {})
        return Done(_PATH, "The session ended.")

    @act("others")
    async def others(self, visit: Visit) -> Done:
        """End all but this one."""
        ended = (await visit.api.post("/sessions/end-others", {"keep": visit.session}))["ended"]
        return Done(_PATH, f"{ended} {'session' if ended == 1 else 'sessions'} ended.")
