"""What was said, made ready to be drawn: pages of tools as tables, and the addresses of what an answer rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from helmward.faces.console.client import part
from helmward.faces.console.showing.fields import address
from helmward.faces.console.showing.grid import shown

# `Pod/production/pay-abc .status.phase`, as evidence names what it was taken from
_NAME = r"([A-Za-z0-9][A-Za-z0-9.:_-]{0,252})"
_OBJECT = re.compile(rf"([A-Z][A-Za-z0-9]{{0,62}})/{_NAME}/{_NAME}(?: .*)?", re.DOTALL)
_WITHIN = {"inc": "/incidents/", "plan": "/plans/", "act": "/plans/"}
_IDENTITY = re.compile(r"(inc|plan|act)-[a-z0-9]{1,40}")


def drawn(turn: Mapping[str, Any], now: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A turn for its template. `now` holds plans as they are now, by id: an answer shows them as they were."""
    answer = turn["answer"] or {}
    result = answer.get("result") or {}
    model = answer.get("answer") or {}
    plans = [result["plan"]] if result.get("plan") else [one["plan"] for one in model.get("proposals", ())]
    return {
        **turn,
        "found": result,
        "model": model,
        "pages": [_page(one) for one in result.get("pages", ())],
        "evidence": [_piece(one) for one in model.get("evidence") or _bare(result)],
        "plans": [now.get(plan["id"], plan) for plan in plans] or [now[name] for name in turn["plans"] if name in now],
    }


def place(ref: str) -> str:
    """The address of what a piece of evidence was taken from; empty where that has no page."""
    if found := _IDENTITY.fullmatch(ref):
        return _WITHIN[found[1]] + ref
    if found := _OBJECT.fullmatch(ref):
        return "/objects/" + "/".join(part(text) for text in found.groups())
    return ""


def _page(one: Mapping[str, Any]) -> dict[str, Any]:
    """A call and what it found; `place` is where it can be made again."""
    return {
        "tool": one["tool"],
        "name": str(one["arguments"].get("name", "")),
        "error": one.get("error", ""),
        "shown": shown(one["page"]) if "page" in one else None,
        "place": address(part(one["tool"]), one["arguments"], run="read") + "#result",
    }


def _bare(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The evidence that is not shown already, as a page of a tool or as a plan."""
    return [] if result.get("pages") or result.get("plan") else list(result.get("evidence", ()))


def _piece(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(one.get("id") or ""),
        "source": one["source"],
        "ref": one["ref"],
        "excerpt": str(one.get("excerpt") or ""),
        "place": place(one["ref"]),
    }
