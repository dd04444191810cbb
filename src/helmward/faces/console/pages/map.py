"""The map: what needs what, as the cluster's configuration declares it, and the faults on it."""

from __future__ import annotations

from typing import Any

from helmward.faces.console.contract import Nav, Page, View, Visit, page
from helmward.faces.console.drawing import HEIGHT, WIDTH, drawn

HOPS = ("1", "2", "3", "4")
MOST = "500"
"""Things that one map can show."""


@page
class Map(Page):
    """A drawing, and the same in words."""

    name, path = "map", "/map"
    nav = Nav(55, "m", "Map")

    async def show(self, visit: Visit) -> View:
        """The part of `namespace`, or what is within `hops` of `around` (Kind/namespace/name)."""
        asked = {name: visit.query.get(name) for name in ("namespace", "around", "hops", "limit")}
        found = await visit.api.get("/map", **asked)
        nodes = {node["id"]: node for node in found["nodes"]}
        edges = [edge | {"source": nodes[edge["from"]], "target": nodes[edge["to"]]} for edge in found["edges"]]
        broken = [edge for edge in edges if edge["broken"]]
        return View(
            f"Map: {len(broken)} broken" if broken else "Map",
            {
                "map": found,
                "broken": broken,
                "needs": _by_source(edges),
                "drawing": drawn(found["nodes"], edges),
                "box_size": (WIDTH, HEIGHT),
                "asked": asked,
                "hops": HOPS,
                "most": MOST,
                "filtered": bool(asked["namespace"] or asked["around"]),
            },
        )


def _by_source(edges: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for edge in edges:
        found.setdefault(edge["from"], []).append(edge)
    return found
