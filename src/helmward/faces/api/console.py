"""The way into the console without typing a token: a link that works once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from helmward.faces.api.access import Viewer
from helmward.faces.api.links import LASTS, Links

router = APIRouter(tags=["console"], prefix="/console")


@router.post("/links", status_code=201)
async def make_link(request: Request, _actor: Viewer) -> dict[str, Any]:
    """An address of the console at this server that signs its first visitor in with the token of this call, within five
    minutes."""
    links: Links = request.app.state.links
    return {"address": f"/login?code={links.make(request.state.token)}", "lastsSeconds": LASTS}
