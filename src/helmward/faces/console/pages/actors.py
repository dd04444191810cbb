"""Actors: who may do what. People, services and agents, and what each may do where."""

from __future__ import annotations

import asyncio
from typing import Any

from helmward.faces.console.client import ApiError, part
from helmward.faces.console.contract import Done, Nav, Page, View, Visit, act, page
from helmward.faces.console.showing import people

_UNREADABLE = 401
"""The API's answer about an actor whose row is not as it was recorded."""


@page
class Actors(Page):
    """Everybody who is registered, for administrators."""

    name, path = "actors", "/actors"
    asks = ("q", "from", "add", "name", "kind", *people.FILLED)
    nav = Nav(80, "r", "Actors", "admin", whole=True)

    async def show(self, visit: Visit) -> View:
        """Those with the words `q` of the address; `add` there opens the form, with what else stands there filled in."""
        offset = people.offset(visit)
        found, roles = await asyncio.gather(
            visit.api.get("/actors", q=visit.query.get("q"), limit=people.SHOWN, offset=offset),
            people.known_roles(visit),
        )
        given = {"found": found, "roles": roles, "ticked": people.roles(visit.query)}
        given |= {"offset": offset, "shown": people.SHOWN}
        return View("Actors", given | {"adding": visit.query.get("add") == "yes"})

    @act("add")
    async def add(self, visit: Visit) -> Done:
        """Register somebody; what was refused is shown again, but for the password."""
        form = visit.form
        body = {
            "name": form.get("name", "").strip(),
            "kind": form.get("kind", "user"),
            "roles": people.roles(form),
            "scope": people.scope(form),
            "password": form.get("password") or None,
        }
        try:
            made = await visit.api.post("/actors", body)
        except ApiError as error:
            return Done(people.typed("/actors", {**form, "add": "yes"}, "add", "name", "kind"), str(error), wrong=True)
        return Done(f"/actors/{part(made['name'])}", f"{made['name']} is registered.")


@page
class Actor(Page):
    """One of them, or whoever has tokens under a name that nobody is registered with."""

    name, path = "actor", "/actors/{name}"
    asks = ("sure",)

    async def show(self, visit: Visit) -> View:
        """`sure=remove` in the address asks once more."""
        name = visit.params["name"]
        tokens, roles = await asyncio.gather(
            visit.api.get("/tokens", name=name, state="current", limit=people.SHOWN), people.known_roles(visit)
        )
        account, wrong = await _account(visit, name, sum(tokens["states"].values()))
        given = {"name": name, "account": account, "wrong": wrong, "tokens": tokens, "roles": roles, "at": "actors"}
        return View(name, given | people.asking(visit))

    @act("change")
    async def change(self, visit: Visit) -> Done:
        """What they may do, and where."""
        body = {"roles": people.roles(visit.form), "scope": people.scope(visit.form)}
        return await _changed(visit, body, "That holds now, for all tokens of theirs too.")

    @act("password")
    async def password(self, visit: Visit) -> Done:
        """A new one."""
        return await _changed(visit, {"password": visit.form.get("password", "")}, "The new password holds now.")

    @act("remove")
    async def remove(self, visit: Visit) -> Done:
        """Take them out."""
        name = visit.params["name"]
        await visit.api.call("DELETE", f"/actors/{part(name)}", None, {})
        return Done("/actors", f"{name} was removed; all their tokens have ended.")


async def _account(visit: Visit, name: str, tokens: int) -> tuple[dict[str, Any] | None, str]:
    """Who it is, or why that cannot be said. Raises ApiError where there is nobody of this name at all."""
    try:
        found: dict[str, Any] = await visit.api.get(f"/actors/{part(name)}")
    except ApiError as error:
        if error.status == _UNREADABLE or (error.status == 404 and tokens):
            return None, str(error) if error.status == _UNREADABLE else ""
        raise
    return found, ""


async def _changed(visit: Visit, body: dict[str, Any], said: str) -> Done:
    name = part(visit.params["name"])
    await visit.api.call("PATCH", f"/actors/{name}", body, {})
    return Done(f"/actors/{name}", said)
