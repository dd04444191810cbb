"""What is broken is said for as long as it is broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helmward.world.kinds import KINDS
from helmward.world.store import World

CONFIG_MAP = KINDS["ConfigMap"]


def config_map(data: Any) -> bytes:
    return json.dumps({"metadata": {"name": "a", "namespace": "default"}, "data": data}).encode()


@pytest.fixture
def world() -> World:
    """It holds one ConfigMap, a field of which has a wrong type."""
    world = World()
    world.replace(CONFIG_MAP, [config_map({"bad": 2})])
    (problem,) = world.coverage.problems
    assert "ConfigMap/default/a" in problem
    return world


def test_a_field_that_is_right_again(world: World) -> None:
    item = world.try_read(CONFIG_MAP, config_map({"bad": "2"}))
    assert item is not None
    assert world.coverage.problems == []


def test_another_field_that_is_wrong_takes_the_place_of_the_first(world: World) -> None:
    world.try_read(CONFIG_MAP, config_map(7))
    (problem,) = world.coverage.problems
    assert "$.data`" in problem


def test_an_object_that_is_gone(world: World) -> None:
    world.remove("ConfigMap", "default", "a")
    assert world.coverage.problems == []


def test_other_objects_heal_nothing(world: World) -> None:
    world.try_read(CONFIG_MAP, config_map({}).replace(b'"a"', b'"b"'))
    world.remove("ConfigMap", "default", "b")
    world.coverage.mended("")
    assert len(world.coverage.problems) == 1


def test_what_no_list_holds_any_more() -> None:
    world = World()
    world.replace(CONFIG_MAP, [b"7", config_map({"bad": 2})])
    assert len(world.coverage.problems) == 2
    world.replace(CONFIG_MAP, [])
    assert world.coverage.problems == []


def test_a_file_stays_broken(world: World) -> None:
    world.coverage.problem("app.yaml:3: it is not YAML.")
    world.replace(CONFIG_MAP, [])
    assert world.coverage.problems == ["app.yaml:3: it is not YAML."]


def test_a_hundred_are_kept_and_room_comes_back(world: World) -> None:
    for number in range(200):
        world.coverage.problem(f"number {number}")
    assert len(world.coverage.problems) == 100
    world.remove("ConfigMap", "default", "a")
    world.coverage.problem("one more")
    assert world.coverage.problems[-1] == "one more"


def test_what_came_and_went_since_the_list_is_counted() -> None:
    world = World()
    world.apply(CONFIG_MAP, config_map({}))
    assert world.coverage.counts == {}  # nobody listed the kind: one object does not make it read
    world.replace(CONFIG_MAP, [config_map({})])
    world.apply(CONFIG_MAP, config_map({}).replace(b'"a"', b'"b"'))
    world.apply(CONFIG_MAP, config_map({"b": "2"}))
    assert world.coverage.counts == {"ConfigMap": 2}
    world.remove("ConfigMap", "default", "b")
    world.remove("ConfigMap", "default", "b")
    assert world.coverage.counts == {"ConfigMap": 1}
