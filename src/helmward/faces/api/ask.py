"""Plain language: a question in words, and what was understood and came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import Viewer
from helmward.house.asking import Asking

router = APIRouter(tags=["ask"])


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


@router.post("/ask")
async def ask(body: Words, actor: Viewer, asking: Annotated[Asking, Depends(asking_of)]) -> dict[str, Any]:
    """The typed command, and its result: a question's answer with evidence, a change's plan. `kind` says what came of the
    words: command, question (something is missing), refusal (nothing is done), answer (a model's)."""
    return await asking.ask(actor, body.text, body.conversation, body.sure)
