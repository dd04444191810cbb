"""Where boxes and curves lie, for any graph: apart from each other, from side to side, and wherever faults are the same."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.faces.console.showing.drawing import ACROSS, HEIGHT, ROOM, WIDTH, Box, Drawing, drawn

GRAPHS = st.tuples(
    st.lists(st.integers(0, 4), min_size=1, max_size=14),
    st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=25),
)


def parts(layers: list[int], pairs: set[tuple[int, int]], **of_edges: Any) -> tuple[list[Any], list[Any]]:
    """Nodes n0 … and edges between those that there are."""
    nodes = [{"id": f"n{at}", "layer": layer} for at, layer in sorted(enumerate(layers), key=lambda one: one[1])]
    there = sorted((one, other) for one, other in pairs if max(one, other) < len(layers))
    return nodes, [{"from": f"n{one}", "to": f"n{other}", **of_edges} for one, other in there]


def at(drawing: Drawing) -> dict[str, Box]:
    return {box.node["id"]: box for box in drawing.boxes}


@given(GRAPHS)
@settings(max_examples=60, deadline=None)
def test_boxes_lie_apart_and_curves_go_from_side_to_side(graph: tuple[list[int], set[tuple[int, int]]]) -> None:
    nodes, edges = parts(*graph)
    drawing = drawn(nodes, edges)
    boxes = at(drawing)
    assert set(boxes) == {node["id"] for node in nodes} and len(drawing.curves) == len(edges)
    for one, other in combinations(drawing.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT, (one, other)
    for box in drawing.boxes:
        assert box.x >= 0 and box.x + WIDTH <= drawing.width and box.y >= 0 and box.y + HEIGHT <= drawing.height
    for curve in drawing.curves:
        source, target = boxes[curve.edge["from"]], boxes[curve.edge["to"]]
        found = [int(word) for word in re.findall(r"\d+", curve.path)]
        if source.node["layer"] < target.node["layer"]:
            assert found[:2] == [source.x + WIDTH, source.y + HEIGHT // 2]
            assert found[-2:] == [target.x, target.y + HEIGHT // 2]
        else:
            assert found[:2] == [source.x + WIDTH // 2, source.y + HEIGHT]
            assert found[-2:] == [target.x + WIDTH // 2, target.y + HEIGHT]


@given(GRAPHS)
@settings(max_examples=20, deadline=None)
def test_what_is_broken_moves_nothing(graph: tuple[list[int], set[tuple[int, int]]]) -> None:
    fine, worse = drawn(*parts(*graph, broken=False)), drawn(*parts(*graph, broken=True))
    assert {key: (box.x, box.y) for key, box in at(fine).items()} == {
        key: (box.x, box.y) for key, box in at(worse).items()
    }
    assert [curve.path for curve in fine.curves] == [curve.path for curve in worse.curves]


def test_a_curve_passes_between_the_boxes_of_a_column() -> None:
    boxes = at(drawing := drawn(*parts([0, 1, 1, 2], {(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)})))
    (through,) = [curve for curve in drawing.curves if (curve.edge["from"], curve.edge["to"]) == ("n0", "n3")]
    left = boxes["n1"].x
    (height,) = re.findall(rf" {left} (\d+)H{left + WIDTH}C", through.path)
    assert all(not box.y <= int(height) <= box.y + HEIGHT for box in (boxes["n1"], boxes["n2"]))


def test_curves_cross_as_little_as_they_must() -> None:
    """Two that would cross in the order of their names."""
    boxes = at(drawn(*parts([0, 0, 1, 1, 2], {(0, 3), (1, 2), (2, 4), (3, 4)})))
    assert (boxes["n0"].y < boxes["n1"].y) == (boxes["n3"].y < boxes["n2"].y)


def test_what_nothing_joins_fills_the_width() -> None:
    boxes = drawn(*parts([0] * 9, set())).boxes
    assert len({box.y for box in boxes}) == 3
    assert max(box.x for box in boxes) + WIDTH <= ROOM + ACROSS
    assert drawn([], []).boxes == []
