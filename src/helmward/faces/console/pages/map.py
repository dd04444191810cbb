"""The map: what needs what, as the cluster's configuration declares it, and the faults on it."""

from __future__ import annotations

from typing import Any

from helmward.faces.console.client import part
from helmward.faces.console.contract import Nav, Page, View, Visit, page
from helmward.faces.console.showing.drawing import HEIGHT, WIDTH, drawn

HOPS = ("1", "2", "3", "4")
FIRST, MOST = "100", "500"
"""Things that a map shows at first, and that one can show."""


@page
class Map(Page):
    """A drawing, and the same in words."""

    name, path = "map", "/map"
    asks = ("namespace", "around", "hops", "limit")
    nav = Nav(55, "m", "Map")

    async def show(self, visit: Visit) -> View:
        """The part of `namespace`, or what is within `hops` of `around` (Kind/namespace/name)."""
        asked = {name: visit.query.get(name) for name in ("namespace", "around", "hops", "limit")}
        found = await visit.api.get("/map", **asked | {"limit": asked["limit"] or FIRST})
        nodes = {node["id"]: _addressed(node, visit) for node in found["nodes"]}
        edges = [edge | {"source": nodes[edge["from"]], "target": nodes[edge["to"]]} for edge in found["edges"]]
        broken = [edge for edge in edges if edge["broken"]]
        return View(
            f"Map: {len(broken)} broken" if broken else "Map",
            {
                "map": found,
                "nodes": list(nodes.values()),
                "broken": broken,
                "needs": _by_source(edges),
                "drawing": drawn(list(nodes.values()), edges),
                "box_size": (WIDTH, HEIGHT),
                "asked": asked,
                "hops": HOPS,
                "most": MOST,
                "filtered": bool(asked["namespace"] or asked["around"]),
            },
        )


def _addressed(node: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """With its name in full, the address of its page and that of the map around it: each is written often."""
    where = f"{part(node['kind'])}/{part(node['namespace'] or '-')}/{part(node['name'])}"
    full = f"{node['kind']} {node['namespace'] + '/' if node['namespace'] else ''}{node['name']}"
    around = visit.here(around=node["id"], namespace=None, limit=None)
    return node | {"full": full, "page": f"/objects/{where}", "map": around}


def _by_source(edges: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for edge in edges:
        found.setdefault(edge["from"], []).append(edge)
    return found
