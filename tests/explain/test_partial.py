"""Objects of tables, of describe text and of hand-written files lack fields: no analyzer may fail for want of one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from helmward.core.extend import REGISTRY, load_package
from helmward.core.times import parse_time
from helmward.explain import analyzers
from helmward.explain.causes.incidents import incidents
from helmward.explain.engine import BROKEN_ANALYZER, Engine
from helmward.world.kinds import kind_of
from helmward.world.store import World

load_package(analyzers)
CASES = Path(__file__).parent / "cases"
NOW = parse_time("2026-01-01T12:00:00Z")
Step = str | int


def _objects(path: Path) -> list[dict[str, Any]]:
    documents = yaml.load_all(path.read_text(), yaml.BaseLoader)
    return [document for document in documents if "apiVersion" in document]


def _paths(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Every place below `value` but what names the object."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        place = (*path, step)
        if place not in (("kind",), ("apiVersion",), ("metadata",), ("metadata", "name"), ("metadata", "namespace")):
            yield place
            yield from _paths(below, place)


def _without(document: dict[str, Any], path: tuple[Step, ...]) -> dict[str, Any]:
    poorer = copy.deepcopy(document)
    at: Any = poorer
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return poorer


def _poorer(folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The fixtures of an analyzer with one field less, each kind of field once."""
    seen = set()
    for file in sorted(folder.glob("*.yaml")):
        objects = _objects(file)
        for number, document in enumerate(objects):
            for path in _paths(document):
                what = (document["kind"], *(step for step in path if isinstance(step, str)))
                if what not in seen:
                    seen.add(what)
                    rest = [*objects[:number], _without(document, path), *objects[number + 1 :]]
                    yield f"{file.name}: {document['kind']} without {path}", rest


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_no_analyzer_fails_for_want_of_a_field(folder: Path) -> None:
    tried = 0
    for what, objects in _poorer(folder):
        world = World()
        for document in objects:
            world.apply(kind_of(document["apiVersion"], document["kind"]), msgspec.json.encode(_typed(document)))
            world.coverage.read(document["kind"], 1)
        engine = Engine(world, list(REGISTRY.build("analyzer")))
        engine.full(NOW)  # type: ignore[arg-type]
        failed = [finding.message for finding in engine.findings if finding.code == BROKEN_ANALYZER.id]
        assert not failed, f"{what}: {failed}"
        incidents(engine.findings, world, NOW)
        tried += 1
    assert tried > 20


def _typed(value: Any) -> Any:
    """YAML scalars as JSON has them; texts that look like times stay texts."""
    if isinstance(value, dict):
        return {key: _typed(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_typed(below) for below in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value
