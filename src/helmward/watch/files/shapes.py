"""Small pieces of the API's shape that tables and descriptions both print: labels, selectors, ports, containers."""

from __future__ import annotations

import re
from typing import Any

_PORT = re.compile(r"(\d+)(?::(\d+))?/(\w+)")
_SET = re.compile(r"(!)?([\w./-]+)(?: (in|notin) \(([^)]*)\))?")
_TERM = re.compile(r"[^,(]+(?:\([^)]*\))?")


def integer(text: str) -> int:
    """A printed number; 0 where there is none."""
    text = text.strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else 0


def labels_of(text: str) -> dict[str, str]:
    """`app=pay,tier=back` as labels."""
    pairs = (pair.partition("=") for pair in text.split(",") if "=" in pair)
    return {key.strip(): value.strip() for key, _, value in pairs}


def selector_of(text: str) -> dict[str, Any]:
    """A printed label selector: `app=pay,tier in (a,b),!old` (labels.Selector.String() of apimachinery)."""
    equal: dict[str, str] = {}
    expressions: list[dict[str, Any]] = []
    for term in (match.group().strip() for match in _TERM.finditer(text)):
        if "!=" in term:
            key, _, value = term.partition("!=")
            expressions.append({"key": key, "operator": "NotIn", "values": [value]})
        elif "=" in term and " in (" not in term:
            key, _, value = term.partition("=")
            equal[key.strip()] = value.lstrip("=").strip()
        elif (match := _SET.fullmatch(term)) is not None:
            expressions.append(_expression(*match.groups()))
    return {"matchLabels": equal, **({"matchExpressions": expressions} if expressions else {})}


def _expression(absent: str | None, key: str, operator: str | None, values: str | None) -> dict[str, Any]:
    if operator is None:
        return {"key": key, "operator": "DoesNotExist" if absent else "Exists"}
    return {"key": key, "operator": "In" if operator == "in" else "NotIn", "values": (values or "").split(",")}


def service_port(text: str) -> dict[str, Any] | None:
    """`80:30080/TCP` of a Service table; None for `<none>`."""
    match = _PORT.fullmatch(text.strip())
    if match is None:
        return None
    port, node_port, protocol = match.groups()
    return {"port": int(port), "protocol": protocol, **({"nodePort": int(node_port)} if node_port else {})}


def container(name: str, image: str) -> dict[str, Any]:
    """A container of which name and image are known."""
    return {"name": name, **({"image": image} if image else {})}
