"""Ask: questions and wishes in plain language; what was understood, what came of it, and what was said before."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from helmward.faces.console.client import ApiError, part
from helmward.faces.console.contract import Done, Nav, Page, View, Visit, act, page
from helmward.faces.console.passing.relay import question, streamed
from helmward.faces.console.showing.turns import drawn

_PATH = "/ask"
_MOST_PLANS = 20
_GONE, _DENIED = 400, 403
"""Statuses: of a conversation with which nobody goes on, and of words that the guards let not pass."""


@page
class Ask(Page):
    """A conversation. Nothing is asked by looking at it: `text` in the address only stands in the field."""

    name, path = "ask", _PATH
    asks = ("conversation", "text")
    nav = Nav(40, "c", "Ask")

    async def show(self, visit: Visit) -> View:
        """`conversation` in the address is gone on with; without it a new one begins."""
        identity = visit.query.get("conversation", "")
        said, going = await asyncio.gather(visit.api.get("/conversations"), _conversation(visit, identity))
        now = await _plans(visit, going)
        turns = [drawn(turn, now) for turn in going["turns"]] if going else []
        given = {
            "going": going,
            "turns": turns,
            "past": said["conversations"],
            "text": visit.query.get("text", "")[:2000],
            "conversation": identity if going and not going["over"] else "",
        }
        return View(going["title"] if going else "Ask", given)

    @act("say")
    async def say(self, visit: Visit) -> Done:
        """Ask, where there are no scripts."""
        asked = question(visit.form)
        try:
            answer = await visit.api.post("/ask", asked)
        except ApiError as error:
            return Done(_again(visit, asked["text"], error.status), str(error), wrong=True)
        return Done(f"{_PATH}?conversation={part(answer['conversation'])}#latest")

    @act("stream")
    async def stream(self, visit: Visit) -> Response:
        """Ask, and hear what happens while it does."""
        return await streamed(visit)


def _again(visit: Visit, text: str, status: int) -> str:
    """The page with the words in the field; never those that the guards stopped, which may hold a secret."""
    conversation = "" if status == _GONE else visit.form.get("conversation", "")
    query = {"conversation": conversation, "text": "" if status == _DENIED else text[:500]}
    return Visit(visit.api, visit.actor, _PATH, {}, query).here()


async def _conversation(visit: Visit, identity: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await visit.api.get(f"/conversations/{part(identity)}") if identity else None
    return found


async def _plans(visit: Visit, going: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The plans of a conversation as they are now, by id; those that are gone, or not for this actor, are left out."""
    named = [name for turn in reversed(going["turns"]) for name in turn["plans"]] if going else []
    wanted = list(dict.fromkeys(named))[:_MOST_PLANS]
    found = await asyncio.gather(*(_plan(visit, name) for name in wanted))
    return {plan["id"]: plan for plan in found if plan is not None}


async def _plan(visit: Visit, identity: str) -> dict[str, Any] | None:
    try:
        plan: dict[str, Any] = await visit.api.get(f"/plans/{part(identity)}", peek=True)
    except ApiError:
        return None
    return plan
