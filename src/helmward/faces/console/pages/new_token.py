"""A new token: its text is on the page that answers the form, and nowhere else."""

from __future__ import annotations

import asyncio

from helmward.faces.console.client import ApiError
from helmward.faces.console.contract import Done, Page, View, Visit, act, page
from helmward.faces.console.showing import people
from helmward.faces.console.signing.once import Once

_LASTS = ("1h", "12h", "1d", "7d", "30d", "90d", "365d")
_AGAIN = (
    "This form was sent already, or is an hour old: nothing was made now. What it made stands in the list of tokens."
)


@page
class NewToken(Page):
    """The form, and what comes of it."""

    name, path = "new-token", "/tokens/new"
    asks = ("name", "kind", "expires", *people.FILLED)

    def __init__(self) -> None:
        self._once = Once()

    async def show(self, visit: Visit) -> View:
        """With what stands in the address filled in."""
        actors, roles = await asyncio.gather(visit.api.get("/actors"), people.known_roles(visit))
        given = {"made": None, "roles": roles, "names": [one["name"] for one in actors["actors"]], "lasts": _LASTS}
        given |= {"ticked": people.roles(visit.query) or ["viewer"], "once": "" if visit.live else self._once.value()}
        return View("New token", given | {"at": "actors"})

    @act("made")
    async def make(self, visit: Visit) -> Done | View:
        """Shows the text, once: not by redirect, for then it would have to be kept somewhere."""
        form = visit.form
        if not self._once.take(form.get("once", "")):
            return Done("/tokens", _AGAIN, wrong=True)
        body = {
            "name": form.get("name", "").strip(),
            "kind": form.get("kind", "user"),
            "roles": people.roles(form),
            "scope": people.scope(form),
            "expires": form.get("expires", "").strip() or None,
        }
        try:
            made = await visit.api.post("/tokens", body)
        except ApiError as error:
            self._once.give_back(form["once"])
            return Done(people.typed("/tokens/new", form, "name", "kind", "expires"), str(error), wrong=True)
        return View("The new token", {"made": made, "at": "actors"})
