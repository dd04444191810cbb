"""Where the boxes and curves of a drawing of dependencies lie: whole pixels, from what the API says stands in which column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

WIDTH, HEIGHT = 204, 66
"""Of a box."""

ACROSS, DOWN, APART = 64, 20, 34
"""Pixels between two columns, two boxes of a column, two groups that nothing joins."""

ROOM = 1008
"""The width that groups fill before they go on below; one group may be wider."""

_LANE = 10  # the height of a curve that passes a column
_EDGE = 8  # around everything, for what curves and outlines need
_SWEEPS = 4

Node = Mapping[str, Any]
Edge = Mapping[str, Any]
Slot = tuple[str, str]
"""What lies in a column: a box ("", its id), or a curve on its way (its two ends)."""


class Box(NamedTuple):
    """A node, with its upper left corner."""

    node: Node
    x: int
    y: int


class Curve(NamedTuple):
    """An edge: its path, as SVG writes it, and its point for a sign."""

    edge: Edge
    path: str
    x: int
    y: int


class Drawing(NamedTuple):
    """All of it."""

    width: int
    height: int
    boxes: list[Box]
    curves: list[Curve]


class _Group(NamedTuple):
    """What edges hold together: its slots by column, each with the top of its place."""

    nodes: list[Node]
    edges: list[Edge]
    tops: list[dict[Slot, int]]
    width: int
    height: int


def drawn(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    """Nodes (`id`, `layer`) in their order, and edges (`from`, `to`). What is broken moves nothing."""
    groups = [_group(*parts) for parts in _apart(nodes, edges)]
    groups.sort(key=lambda group: -len(group.nodes))
    boxes, curves = [], []
    x = y = lowest = _EDGE
    widest = 0
    for group in groups:
        if x > _EDGE and x + group.width > ROOM + _EDGE:
            x, y = _EDGE, lowest + APART
        boxes += _boxes(group, x, y)
        curves += _curves(group, x, y)
        lowest, widest = max(lowest, y + group.height), max(widest, x + group.width)
        x += group.width + ACROSS
    return Drawing(widest + _EDGE, lowest + _EDGE + DOWN, boxes, curves)


# ---- inside ----


def _apart(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[tuple[list[Node], list[Edge]]]:
    """Nodes with their edges, by what is joined."""
    group: dict[str, list[Node]] = {node["id"]: [node] for node in nodes}
    for edge in edges:
        one, other = group[edge["from"]], group[edge["to"]]
        if one is not other:
            small, large = sorted((one, other), key=len)
            large += small
            group |= dict.fromkeys((node["id"] for node in small), large)
    rank = {node["id"]: at for at, node in enumerate(nodes)}
    found: dict[int, tuple[list[Node], list[Edge]]] = {}
    for node in nodes:
        found.setdefault(id(group[node["id"]]), (group[node["id"]], []))
    for edge in edges:
        found[id(group[edge["from"]])][1].append(edge)
    return [(sorted(members, key=lambda node: rank[node["id"]]), inner) for members, inner in found.values()]


def _group(nodes: list[Node], edges: list[Edge]) -> _Group:
    layer = {node["id"]: node["layer"] for node in nodes}
    columns: list[list[Slot]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in nodes:
        columns[node["layer"]].append(("", node["id"]))
    beside: dict[Slot, list[Slot]] = {}
    for edge in edges:
        way = _way(edge, layer)
        for at, slot in enumerate(way[1:-1], layer[edge["from"]] + 1):
            columns[at].append(slot)
        for one, other in pairwise(way):
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    _untangle(columns, beside)
    heights = [_height(column) for column in columns]
    tops = [_tops(column, (max(heights) - height) // 2) for column, height in zip(columns, heights, strict=True)]
    return _Group(nodes, edges, tops, len(columns) * (WIDTH + ACROSS) - ACROSS, max(heights))


def _way(edge: Edge, layer: Mapping[str, int]) -> list[Slot]:
    """The slots of an edge to the right, from end to end; none for one that leads back."""
    source, target = edge["from"], edge["to"]
    between = [(source, target)] * (layer[target] - layer[source] - 1)
    return [("", source), *between, ("", target)] if layer[source] < layer[target] else []


def _untangle(columns: list[list[Slot]], beside: Mapping[Slot, Sequence[Slot]]) -> None:
    """Bring each slot near the middle of those that it is joined with (Sugiyama's barycentres), there and back."""
    for sweep in range(_SWEEPS):
        order = range(1, len(columns)) if sweep % 2 == 0 else range(len(columns) - 2, -1, -1)
        for at in order:
            near = columns[at - 1 if sweep % 2 == 0 else at + 1]
            place = {slot: (index + 0.5) / len(near) for index, slot in enumerate(near)}
            own = {slot: (index + 0.5) / len(columns[at]) for index, slot in enumerate(columns[at])}
            columns[at].sort(key=lambda slot: _middle(slot, beside, place, own))


def _middle(
    slot: Slot, beside: Mapping[Slot, Sequence[Slot]], place: Mapping[Slot, float], own: Mapping[Slot, float]
) -> float:
    found = [place[other] for other in beside.get(slot, ()) if other in place]
    return sum(found) / len(found) if found else own[slot]


def _tall(slot: Slot) -> int:
    return _LANE if slot[0] else HEIGHT


def _height(column: Iterable[Slot]) -> int:
    return sum(_tall(slot) + DOWN for slot in column) - DOWN


def _tops(column: Iterable[Slot], top: int) -> dict[Slot, int]:
    found = {}
    for slot in column:
        found[slot] = top
        top += _tall(slot) + DOWN
    return found


def _boxes(group: _Group, left: int, top: int) -> list[Box]:
    return [
        Box(node, left + node["layer"] * (WIDTH + ACROSS), top + group.tops[node["layer"]]["", node["id"]])
        for node in group.nodes
    ]


def _curves(group: _Group, left: int, top: int) -> list[Curve]:
    layer = {node["id"]: node["layer"] for node in group.nodes}
    found = []
    for edge in group.edges:
        first = layer[edge["from"]]
        points = [
            (left + at * (WIDTH + ACROSS), top + group.tops[at][slot] + _tall(slot) // 2)
            for at, slot in enumerate(_way(edge, layer), first)
        ]
        if points:
            found.append(_forward(edge, points))
            continue
        ends = [
            (left + layer[name] * (WIDTH + ACROSS), top + group.tops[layer[name]]["", name])
            for name in (edge["from"], edge["to"])
        ]
        found.append(_back(edge, *ends))
    return found


def _forward(edge: Edge, points: Sequence[tuple[int, int]]) -> Curve:
    """From the right side of a box to the left side of another; straight through the columns between."""
    path = f"M{points[0][0] + WIDTH} {points[0][1]}"
    for (x, y), (to_x, to_y) in pairwise(points):
        start, half = x + WIDTH, (to_x - x - WIDTH) // 2
        path += f"C{start + half} {y} {start + half} {to_y} {to_x} {to_y}"
        if (to_x, to_y) != points[-1]:
            path += f"H{to_x + WIDTH}"
    return Curve(edge, path, points[0][0] + WIDTH + ACROSS // 2, (points[0][1] + points[1][1]) // 2)


def _back(edge: Edge, source: tuple[int, int], target: tuple[int, int]) -> Curve:
    """Below, from under one box to under the other."""
    (x, y), (to_x, to_y) = ((at + WIDTH // 2, under + HEIGHT) for at, under in (source, target))
    path = f"M{x} {y}C{x} {y + 2 * DOWN} {to_x} {to_y + 2 * DOWN} {to_x} {to_y}"
    return Curve(edge, path, (x + to_x) // 2, (y + to_y) // 2 + 3 * DOWN // 2)
