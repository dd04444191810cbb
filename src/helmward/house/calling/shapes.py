"""JSON Schemas of what tools take and give, as clients that speak of tools alone see them."""

from __future__ import annotations

from typing import Any

from helmward.door.tool import ReadTool, Tool

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_OBJECT: dict[str, Any] = {"type": "object"}
ABOUT: dict[str, dict[str, Any]] = {
    "reason": {"type": "string", "maxLength": 500, "description": "Why; who approves it reads this."},
    "incident": {"type": "string", "maxLength": 60, "description": "The id of the incident it is to mend."},
}
"""What calls that change something take beside the tool's own arguments."""

_ACTION = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "tool": _TEXT,
        "title": _TEXT,
        "resource": _OBJECT,
        "state": _TEXT,
        "outcome": _TEXT,
        "proof": _TEXTS,
    },
    "required": ["id", "state"],
}
_WAITING = {
    "approve": {"type": "string", "description": "While it waits: the command with which a person approves it."},
    "approvers": {"type": "array", "items": _TEXT, "description": "While it waits: the roles that may approve it."},
    "expires": {"type": "string", "description": "While it waits: until when it can be approved."},
    "path": {"type": "string", "description": "While it waits: where the API takes the approval."},
    "url": {"type": "string", "description": "While it waits: the same, whole."},
}

PAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": _OBJECT, "description": "What was found."},
        "text": {"type": "string", "description": "The same where it is text."},
        "cursor": {"anyOf": [_TEXT, {"type": "null"}], "description": "Asks for what follows; null: this is all."},
    },
    "required": ["items", "text"],
}
"""One page of what a tool found."""

PROPOSED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "description": "waiting: a person must approve it; approved: it is being done."},
        "action": {"type": "string", "description": "Its id; actions_get tells how it went."},
        "actions": _TEXTS,
        "plan": {"type": "object", "description": "Each value before and after, what it can hurt, and its undo."},
        **_WAITING,
    },
    "required": ["state", "action", "actions", "plan"],
}
"""What became of a call that changes something."""

FOLLOWED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "plan": _TEXT,
        "state": {"type": "string", "description": "waiting, approved, running, done, failed, undone, denied, …"},
        "text": _TEXT,
        "actions": {"type": "array", "items": _ACTION},
        **_WAITING,
    },
    "required": ["id", "plan", "state", "actions"],
}
"""How an action went."""


def input_schema(tool: Tool) -> dict[str, Any]:
    """The tool's arguments; those of a change take the reason and the incident too (`about`: of these)."""
    schema = tool.arguments.model_json_schema()
    schema.setdefault("properties", {})
    schema.pop("description", None)  # the docstring of our class; the tool has a description of its own
    schema.pop("title", None)
    about = () if isinstance(tool, ReadTool) else getattr(tool, "about", tuple(ABOUT))
    schema["properties"] = {**schema["properties"], **{key: ABOUT[key] for key in about}}
    return schema


def output_schema(tool: Tool, single: bool) -> dict[str, Any]:
    """What it gives. `single`: one thing, and no page."""
    if not isinstance(tool, ReadTool):
        return PROPOSED
    if tool.name == "actions_get":
        return FOLLOWED
    return {"type": "object"} if single else PAGE
