"""A question on its way: the API's events of one answer, passed on as they come. Who leaves stops the answer there, too."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from starlette.responses import JSONResponse, Response

from helmward.faces.console.client import ApiError
from helmward.faces.console.contract import Visit
from helmward.faces.console.passing.downloads import Download


def question(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form asks: its words, and the conversation in which they are said (a new one where it names none)."""
    return {"text": form.get("text", "").strip(), "conversation": form.get("conversation") or "new"}


async def streamed(visit: Visit) -> Response:
    """The events; where the API refuses to begin, JSON with `error`."""
    ending = AsyncExitStack()
    try:
        pieces = await ending.enter_async_context(visit.api.stream("POST", "/ask/stream", question(visit.form)))
    except ApiError as error:
        return JSONResponse({"error": str(error)}, error.status)
    response = Download(pieces, ending)
    response.headers["X-Accel-Buffering"] = "no"
    return response
