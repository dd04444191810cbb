"""What the palette shows: the API's finds, each with the address of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from helmward.faces.console.client import Api, part

PATH = "/search.json"


async def found(api: Api, words: str) -> dict[str, Any]:
    """`{"found": [{"title", "detail", "address"}]}`. Raises ApiError."""
    answer = await api.get("/search", q=words[:100], limit=12)
    return {
        "found": [{"title": one["title"], "detail": one["detail"], "address": _place(one)} for one in answer["results"]]
    }


def _place(one: Mapping[str, Any]) -> str:
    identity, resource = part(one["id"]), one["resource"]
    places = {
        "incident": f"/incidents/{identity}",
        "plan": f"/plans/{identity}",
        "action": f"/plans/{identity}",
        "tool": f"/tools/{identity}",
        "actor": f"/tokens?{urlencode({'q': one['id'], 'state': 'all'})}"
        if one["id"].startswith("tok-")
        else f"/actors/{identity}",
        "namespace": f"/cluster?{urlencode({'namespace': one['id']})}",
    }
    if resource is not None and one["kind"] not in places:
        place = (resource["kind"], resource["namespace"] or "-", resource["name"])
        return "/objects/" + "/".join(quote(word, safe="") for word in place)
    return places.get(one["kind"], "/")
