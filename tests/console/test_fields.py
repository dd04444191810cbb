"""Forms from schemas, and tables from what tools gave."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.faces.console.showing.fields import Form, address, typed
from helmward.faces.console.showing.grid import grid, shown
from helmward.faces.console.showing.turns import place

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "patch"],
    "$defs": {"Level": {"enum": ["low", "high"], "type": "string", "description": "How much."}},
    "properties": {
        "space": {"anyOf": [{"type": "string", "maxLength": 63}, {"type": "null"}], "default": None},
        "name": {"type": "string", "description": "Its name."},
        "level": {"$ref": "#/$defs/Level", "default": "low"},
        "count": {"type": "integer", "minimum": 0, "maximum": 9, "default": 3},
        "share": {"type": "number"},
        "full": {"type": "boolean", "default": True},
        "patch": {"anyOf": [{"type": "object"}, {"type": "array"}]},
        "cursor": {"type": "string"},
    },
}
TYPED = {
    "a.name": " web ", "a.level": "high", "a.count": "4", "a.share": "0.5", "a.full": "false", "a.patch": '{"a": [1]}', "q": "x"
}  # fmt: skip


def test_each_type_has_its_field_and_required_ones_come_first() -> None:
    fields = Form.of(SCHEMA, {}).fields
    assert [(one.name, one.form, one.required, one.default) for one in fields] == [
        ("name", "text", True, ""), ("patch", "json", True, ""), ("space", "text", False, ""), ("level", "choice", False, "low"),
        ("count", "whole", False, "3"), ("share", "number", False, ""), ("full", "flag", False, "true"),
    ]  # fmt: skip
    known = {one.name: one for one in fields}
    assert (known["count"].least, known["count"].most, known["space"].longest) == (0, 9, 63)
    assert (known["level"].description, list(known["level"].choices)) == ("How much.", ["low", "high"])
    assert known["full"].on


def test_what_is_typed_becomes_arguments_of_their_types() -> None:
    form = Form.of(SCHEMA, TYPED)
    assert form.arguments() == {
        "name": "web", "level": "high", "count": 4, "share": 0.5, "full": False, "patch": {"a": [1]}
    }  # fmt: skip
    assert form.fits
    assert address("t", form.arguments(), run="dry") == (
        "/tools/t?a.name=web&a.patch=%7B%22a%22%3A+%5B1%5D%7D&a.level=high&a.count=4&a.share=0.5&a.full=false&run=dry"
    )
    assert set(typed(TYPED)) == set(TYPED) - {"q"}


@pytest.mark.parametrize(
    ("name", "text"), [("a.count", "many"), ("a.share", "half"), ("a.full", "maybe"), ("a.level", "x")]
)
def test_what_is_of_no_such_type_goes_as_it_was_typed(name: str, text: str) -> None:
    assert Form.of(SCHEMA, {name: text}).arguments() == {name[2:]: text}


def test_what_is_no_number_of_json_never_becomes_null() -> None:
    form = Form.of(SCHEMA, {"a.share": "nan", "a.patch": '{"a": 1e999}'})
    assert form.arguments() == {"share": "nan", "patch": '{"a": 1e999}'}
    assert not form.fits


def test_what_is_no_json_is_said_at_once() -> None:
    form = Form.of(SCHEMA, {"a.patch": "{x"})
    assert not form.fits
    assert "not JSON" in next(one.wrong for one in form.fields if one.name == "patch")
    assert not Form.of(SCHEMA, {"a.patch": "[" * 100_000}).fits


@pytest.mark.parametrize(
    ("sentence", "name", "said"),
    [
        ("t: name: it must be given.", "name", "it must be given."),
        ("t: patch.0.op: no such thing: x.", "patch", "0.op: no such thing: x."),
        ("name: this cluster serves none.", "name", "this cluster serves none."),
        ("There is no Pod x.", "", ""), ("t: cursor: too old.", "", ""), ("other: name: no.", "", ""),
    ],
)  # fmt: skip
def test_an_error_stands_at_the_field_that_it_names(sentence: str, name: str, said: str) -> None:
    form, left = Form.of(SCHEMA, {}).told("t", sentence)
    assert {one.name: one.wrong for one in form.fields if one.wrong} == ({name: said} if name else {})
    assert left == ("" if name else sentence)


def test_rows_become_a_table_and_what_they_share_is_said_once() -> None:
    rows = [
        {
            "kind": "Pod",
            "namespace": "a",
            "name": name,
            "labels": {"x": name},
            "state": {"ready": ready, "seen": [1, 2]},
        }
        for name, ready in (("p/1", True), ("p2", None))
    ]
    found = grid(rows)
    assert found is not None
    assert found.columns == ("name", "ready", "labels")
    assert [(name, cell.text) for name, cell in found.same] == [("kind", "Pod"), ("namespace", "a"), ("seen", "1, 2")]
    assert [cell.text for cell in found.rows[0]] == ["p/1", "true", "x=p/1"]
    assert found.rows[0][0].place == "/objects/Pod/a/p%2F1"
    assert grid([{"time": "2026-01-31T12:00:00Z"}]).rows[0][0].form == "time"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "items", [[], ["text"], [{"spec": {"a": {"b": {"c": 1}}}}], [{"a": [{"b": 1}]}], [{"a": 1}, 2]]
)
def test_what_is_no_flat_row_is_no_table(items: list[Any]) -> None:
    found = shown({"items": items, "text": "", "cursor": None})
    assert (found.grid, bool(found.json), found.items) == (None, bool(items), len(items))


@pytest.mark.parametrize(
    ("ref", "address"),
    [
        ("Pod/production/pay-abc .status.phase", "/objects/Pod/production/pay-abc"), ("plan-ab12", "/plans/plan-ab12"),
        ("inc-ab12", "/incidents/inc-ab12"), ("act-ab12", "/plans/act-ab12"), ("all that was read", ""),
        ("javascript:alert(1)", ""), ("//evil.example/x", ""), ("Pod/production", ""), ("Pod/../x", ""),
    ],
)  # fmt: skip
def test_evidence_leads_to_what_it_was_taken_from_and_nowhere_else(ref: str, address: str) -> None:
    assert place(ref) == address
