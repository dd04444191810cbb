"""Records of the audit log as people read them: each detail on a line of its own, with the way to what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from helmward.faces.console.client import part

MOST_FACTS = 300
"""Lines of one record that are shown; an export has them all."""

_IDENTITY = re.compile(r"(inc|plan|act)-[a-z0-9-]{1,60}")
_OBJECT = re.compile(r"([A-Z][A-Za-z0-9]{1,62})/(?:([^/\s]{1,63})/)?([^/\s]{1,253})")  # str(Resource)
_NAMES_OBJECTS = frozenset({"target", "targets", "resource", "object"})


class Fact(NamedTuple):
    """A line: the detail's name, dotted where it is nested; its value; and the address of what that is, or ""."""

    name: str
    value: Any
    address: str


def facts(record: Mapping[str, Any]) -> list[Fact]:
    """The details of a record (GET /audit/search), in their order."""
    found = [Fact(name, value, address(name, value)) for name, value in _flat("", record["details"])]
    return found[:MOST_FACTS]


def about(record: Mapping[str, Any]) -> str:
    """The address of what a record is about; "" where that has no page."""
    action, target = record["action"].partition(".")[0], record["target"]
    if action == "kill":
        return "/kill"
    if action in ("tool", "actor"):
        return f"/{action}s/{part(target)}"
    return address("target", target)


def address(name: str, value: object) -> str:
    """Where an incident, plan, action or object that a detail of this name holds is seen; "" for anything else."""
    if not isinstance(value, str):
        return ""
    if match := _IDENTITY.fullmatch(value):
        return f"/{'incidents' if match[1] == 'inc' else 'plans'}/{part(value)}"
    if name.rpartition(".")[2] in _NAMES_OBJECTS and (match := _OBJECT.fullmatch(value)):
        return "/objects/" + "/".join(part(word) for word in (match[1], match[2] or "-", match[3]))
    return ""


def exports(asked: Mapping[str, str]) -> str:
    """The address of a download of the records that a filter lets through."""
    return "/audit/export?" + urlencode(
        {"format": "records", **{name: value for name, value in asked.items() if value}}
    )


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _flat(name, inner)
    elif value != {} or name:
        yield name, value
