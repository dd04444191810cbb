"""Plain language: a question in words, what was understood and came of it, as it happens if need be; and what was said before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from helmward.core.errors import HelmwardError, UnreachableError
from helmward.core.nouns import Actor
from helmward.faces.api.access import Viewer
from helmward.house.asking import Asking

router = APIRouter(tags=["ask"])
_HEARTBEAT = 15.0  # seconds; proxies cut what is silent for longer
_OURS = "Helmward itself failed here; server.log in its data folder says how. Please report it."
_STOPPING = "The server is stopping; ask again once it runs."

Event = tuple[str, dict[str, Any]]


class Words(BaseModel):
    """What is asked. `conversation`: its id, `new`, or nothing for the actor's last one; `sure`: a change that policy lets run
    at once need not be asked back."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=20_000, examples=["why is payment-service down?"])
    conversation: str | None = Field(None, max_length=60)
    sure: bool = False


async def asking_of(request: Request) -> Asking:
    """Who understands."""
    asking: Asking = request.app.state.asking
    return asking


TheAsking = Annotated[Asking, Depends(asking_of)]


@router.post("/ask")
async def ask(body: Words, actor: Viewer, asking: TheAsking) -> dict[str, Any]:
    """The typed command, and its result: a question's answer with evidence, a change's plan. `kind` says what came of the
    words: command, question (something is missing), refusal (nothing is done), answer (a model's)."""
    return await asking.ask(actor, body.text, body.conversation, body.sure)


@router.post("/ask/stream")
async def ask_stream(body: Words, request: Request, actor: Viewer, asking: TheAsking) -> StreamingResponse:
    """The same as server-sent events: `command` once the words are understood and before anything is done; `step` for each call
    that a model makes; in the end `result`, which is what /ask answers, or `failed` with `error` and `exitCode`. Who hangs
    up stops the model."""
    events = _events(asking, actor, body, request.app.state.closing)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/conversations")
async def list_conversations(actor: Viewer, asking: TheAsking) -> dict[str, Any]:
    """The actor's own conversations, the last one first: at most 20, for a day after their last word.
    `over`: nobody goes on with it: it was silent for long, or the server was started anew."""
    return {"conversations": asking.said(actor)}


@router.get("/conversations/{identity}")
async def show_conversation(identity: str, actor: Viewer, asking: TheAsking) -> dict[str, Any]:
    """One of them with its last 50 turns, the oldest first: the words, what was understood, and in short what came of it.
    `answer` is what /ask answered, without `conversation`; null for turns of which it was too much to keep (256 KiB in
    all), or that were said before the server was started."""
    return asking.said_in(actor, identity)


async def _events(asking: Asking, actor: Actor, body: Words, closing: asyncio.Event) -> AsyncIterator[bytes]:
    heard = asyncio.Queue[Event]()
    going = asyncio.create_task(_heard(asking, actor, body, heard))
    try:
        yield b": connected\n\n"
        name = ""
        while name not in ("result", "failed"):
            event = await _next(heard, closing)
            name = event[0] if event else ""
            yield _message(*event) if event else b": still here\n\n"
        if going.done():
            going.result()  # an error of our own stands in the log
    finally:
        going.cancel()


async def _heard(asking: Asking, actor: Actor, body: Words, heard: asyncio.Queue[Event]) -> None:
    def told(what: str, data: dict[str, Any]) -> None:
        heard.put_nowait((what, data))

    try:
        told("result", await asking.ask(actor, body.text, body.conversation, body.sure, told))
    except HelmwardError as error:
        told("failed", _failure(error))
    except Exception:
        told("failed", {"error": _OURS, "exitCode": HelmwardError.exit_code})
        raise


async def _next(heard: asyncio.Queue[Event], closing: asyncio.Event) -> Event | None:
    """The next event, a failure when the server stops; None when for a while nothing happened."""
    getting, ending = asyncio.ensure_future(heard.get()), asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait({getting, ending}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        if getting.done():
            return getting.result()
        return ("failed", _failure(UnreachableError(_STOPPING))) if ending.done() else None
    finally:
        getting.cancel()
        ending.cancel()


def _failure(error: HelmwardError) -> dict[str, Any]:
    return {"error": str(error), "exitCode": error.exit_code}


def _message(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(jsonable_encoder(data)) + b"\n\n"
