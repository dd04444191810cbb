"""Builds the management API: FastAPI under /api/v1, every answer JSON, every error one sentence in `{"error": …}`."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from helmward import __version__
from helmward.core.errors import HelmwardError, UsageError
from helmward.core.text import one_line
from helmward.faces.api import (
    actors,
    ask,
    audit,
    audit_search,
    changes,
    cluster,
    console,
    gateway,
    heal,
    incidents,
    kill,
    map,
    overview,
    plans,
    policy,
    search,
    sessions,
    system,
    tokens,
    tools,
)
from helmward.faces.api.following import Following
from helmward.faces.api.gate import Gate, answer, refusal
from helmward.faces.api.links import Links
from helmward.house import House
from helmward.house.asking import asking
from helmward.house.audit_proof import AuditProof
from helmward.house.audit_search import AuditSearch
from helmward.house.search import Search

PREFIX = "/api/v1"
_NOWHERE = f"There is nothing at this address; {PREFIX}/openapi.json lists what there is."
_METHOD = f"This address does not take this method; {PREFIX}/openapi.json lists what it takes."


def build_api(house: House, closing: asyncio.Event, links: Links | None = None) -> Gate:
    """The API behind its gate: every path needs a bearer token, the OpenAPI document too. `closing` ends its streams; `links`
    open the console."""
    return Gate(routes(house, closing, links), house)


def routes(house: House, closing: asyncio.Event, links: Links | None = None) -> FastAPI:
    """The API without its gate."""
    api = FastAPI(
        title="Helmward",
        version=__version__,
        description="What is broken in your cluster, why, and what to do about it.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat whatever the Host header says
    )
    api.state.house, api.state.closing = house, closing
    api.state.asking = asking(house)
    api.state.search = Search(house)
    api.state.following = Following()
    api.state.audit_search, api.state.audit_proof = AuditSearch(house), AuditProof(house)
    api.state.links = links or Links()
    for room in (
        system,
        overview,
        incidents,
        changes,
        cluster,
        plans,
        tools,
        heal,
        kill,
        policy,
        tokens,
        actors,
        audit,
        audit_search,
        ask,
        gateway,
        console,
        map,
        search,
        sessions,
    ):
        api.include_router(room.router, prefix=PREFIX)
    api.add_exception_handler(HelmwardError, _refuse)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _failed)
    return api


async def _refuse(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HelmwardError)
    return refusal(error)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return answer(422, "The body is no JSON.", UsageError.exit_code)
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query"))
    return answer(422, f"{one_line(place, 60) or 'The request'}: {one_line(first['msg'])}.", UsageError.exit_code)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sentence = {404: _NOWHERE, 405: _METHOD}.get(error.status_code, f"{error.detail}.")
    return answer(error.status_code, sentence, HelmwardError.exit_code)


async def _failed(_request: Request, _error: Exception) -> JSONResponse:
    """An error of our own. Starlette raises it again afterwards, so that it stands in the log."""
    sentence = "Helmward itself failed here; server.log in its data folder says how. Please report it."
    return answer(500, sentence, HelmwardError.exit_code)
