"""Everybody tells the same health, in every world in which an analyzer finds something."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.explain.casefile import FILES, read_case
from tests.explain.test_cases import examine
from tests.house.agreeing import complaints
from tests.house.test_affected import tracked

WRONG = [path for path in FILES if not path.stem.startswith("good-")]


@pytest.mark.parametrize("folder", sorted({path.parent for path in WRONG}), ids=lambda path: path.name)
def test_everybody_tells_the_same(folder: Path) -> None:
    found = {}
    for path in WRONG:
        if path.parent == folder:
            case = read_case(path)
            world, findings = examine(case)
            found[path.stem] = complaints(world, tracked(world, findings, case.now), case.now)
    assert found and not {name: words for name, words in found.items() if words}
