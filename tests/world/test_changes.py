"""Who made a change, by managedFields alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from helmward.world.changes import differences, last_manager
from helmward.world.kinds import KINDS
from helmward.world.objects import Object, read_object

THEN, NOW = "2026-01-31T12:00:00Z", "2026-01-31T12:05:00Z"


def entry(manager: str, time: str, *keys: str, subresource: str = "") -> dict[str, Any]:
    fields = {"f:data": {f"f:{key}": {} for key in keys}}
    more = {"subresource": subresource} if subresource else {}
    return {
        "manager": manager,
        "operation": "Update",
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        **more,
    }


def config(*entries: dict[str, Any]) -> Object:
    metadata = {"name": "c", "namespace": "default", "managedFields": list(entries)}
    return read_object(KINDS["ConfigMap"], json.dumps({"metadata": metadata}).encode())


@pytest.mark.parametrize(
    ("before", "after", "who"),
    [
        ([entry("helm", THEN, "a")], [entry("helm", THEN, "b"), entry("edit", NOW, "a")], "edit"),
        ([entry("helm", THEN, "a")], [entry("helm", NOW, "a")], "helm"),
        ([entry("helm", NOW, "a")], [entry("helm", NOW), entry("edit", NOW, "a")], "edit"),  # in the same second
        ([entry("helm", NOW, "a")], [entry("helm", NOW, "a", "b")], "helm"),  # again, in the same second
        ([entry("helm", THEN, "a", "b")], [entry("helm", THEN, "a")], None),  # somebody took b away
        ([entry("helm", THEN, "a")], [entry("helm", THEN, "a")], None),
        ([entry("helm", THEN, "a")], [entry("helm", THEN, "a"), entry("kubelet", NOW, "a", subresource="status")], None),
        ([], [], None),
    ],
)  # fmt: skip
def test_who_wrote_since(before: list[Any], after: list[Any], who: str | None) -> None:
    assert last_manager(config(*after), config(*before))[0] == who


def test_who_wrote_last() -> None:
    assert last_manager(config(entry("edit", NOW, "a"), entry("helm", THEN, "b"))) == ("edit", NOW)


def test_a_change_of_which_nothing_tells_the_time_has_whole_seconds() -> None:
    """As all others have: times of both kinds stand in one column, and are sorted as text."""
    seen = datetime(2026, 1, 31, 12, 6, 1, 908, tzinfo=UTC)
    before = read_object(KINDS["ConfigMap"], b'{"metadata": {"name": "c", "namespace": "default"}, "data": {"a": "1"}}')
    (change,) = differences(before, config(), seen)
    assert (change.path, change.time, change.manager) == ("data", "2026-01-31T12:06:01Z", None)
