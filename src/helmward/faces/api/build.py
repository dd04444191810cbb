"""Builds the management API: FastAPI under /api/v1, every answer JSON, every error one sentence in `{"error": …}`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from helmward import __version__
from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.faces.api import changes, incidents, system, tokens
from helmward.house import House

PREFIX = "/api/v1"


def build_api(house: House) -> FastAPI:
    """The application. Every path but `/healthz` needs a bearer token (see access.py)."""
    api = FastAPI(
        title="Helmward",
        version=__version__,
        description="What is broken in your cluster, why, and what to do about it.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    api.state.house = house
    for room in (system, incidents, changes, tokens):
        api.include_router(room.router, prefix=PREFIX)
    api.add_exception_handler(HelmwardError, _refuse)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    return api


def _answer(status: int, sentence: str, exit_code: int) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": sentence, "exitCode": exit_code}, status, headers)


async def _refuse(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HelmwardError)
    status = 403 if isinstance(error, DeniedError) else 400 if isinstance(error, UsageError) else 500
    return _answer(getattr(error, "http_status", status), str(error), error.exit_code)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query"))
    return _answer(422, f"{place or 'The request'}: {first['msg']}.", UsageError.exit_code)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _answer(error.status_code, f"{error.detail}.", HelmwardError.exit_code)
