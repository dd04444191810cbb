"""What the forms for actors and tokens say, as the API takes it; and what was typed, for a form that is shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from helmward.faces.console.contract import Visit

SORTS = ("namespaces", "environments", "clusters")
"""What a scope bounds."""

SHOWN = 50
"""Rows of one page."""

_ROLE = "role."
FILLED = (f"{_ROLE}*", *SORTS)
"""Names in an address of boxes and fields that it fills in."""


def roles(form: Mapping[str, str]) -> list[str]:
    """The boxes that are ticked."""
    return [name.removeprefix(_ROLE) for name in form if name.startswith(_ROLE)]


def scope(form: Mapping[str, str]) -> dict[str, list[str]]:
    """Patterns, with spaces or commas between them."""
    return {sort: form.get(sort, "").replace(",", " ").split() for sort in SORTS}


def typed(page: str, form: Mapping[str, str], *names: str) -> str:
    """The address of a form, with what was typed in it but for what must not stand there."""
    kept = {name: form.get(name, "")[:300] for name in (*names, *SORTS)}
    kept |= {f"{_ROLE}{role}": "on" for role in roles(form)}
    return f"{page}?{urlencode({name: value for name, value in kept.items() if value})}"


async def known_roles(visit: Visit) -> list[dict[str, Any]]:
    """Every role, with what it is for. Raises ApiError."""
    found: list[dict[str, Any]] = (await visit.api.get("/roles"))["roles"]
    return found


def offset(visit: Visit) -> int:
    """How many rows the page leaves out at its beginning (`from` in the address)."""
    start = visit.query.get("from", "")
    return int(start) if start.isdecimal() and len(start) < 7 else 0


def asking(visit: Visit) -> dict[str, Any]:
    """What is asked once more (`sure` in the address), and the address that asks it of a token."""
    return {"sure": visit.query.get("sure", ""), "revoking": lambda identity: visit.here(sure=identity)}
