"""Whose request it is, for the handlers."""

from __future__ import annotations

from typing import Any

from mcp.server.context import ServerRequestContext
from starlette.requests import Request

from helmward.core.nouns import Actor

Context = ServerRequestContext[Any, Request]


def actor_of(ctx: Context) -> Actor:
    """Who came with the token; the endpoint has checked it."""
    actor: Actor = _request(ctx).state.actor
    return actor


def address_of(ctx: Context) -> str:
    """The URL at which the caller found us; the endpoint has checked the host."""
    request = _request(ctx)
    return f"{request.url.scheme}://{request.headers['host']}"


def _request(ctx: Context) -> Request:
    assert ctx.request is not None  # every request comes by HTTP
    return ctx.request
