"""Our part of JSON Schema says what the reference implementation says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from helmward.guard.tool_calls.schema import mismatch

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.sampled_from([0.5, 2.0])
    | st.sampled_from(["", "a", "ab", "web"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)
_TYPES = st.sampled_from(["object", "array", "string", "boolean", "null", "number", "integer"])


def _schemas() -> st.SearchStrategy[dict[str, Any]]:
    simple = st.fixed_dictionaries(
        {},
        optional={
            "type": _TYPES | st.lists(_TYPES, min_size=1, max_size=2, unique=True),
            "enum": st.lists(_VALUES, min_size=1, max_size=3),
            "const": _VALUES,
            "minimum": st.integers(0, 4),
            "exclusiveMaximum": st.integers(1, 5),
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "b$", "^web$"]),
            "minItems": st.integers(0, 2),
            "required": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
        },
    )
    return st.recursive(simple, _nested, max_leaves=4)


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    )


@settings(max_examples=150, deadline=None)
@given(_VALUES, _schemas())
def test_as_the_reference_does(value: object, schema: dict[str, Any]) -> None:
    assert (mismatch(value, schema) is None) == Draft202012Validator(schema).is_valid(value)


def test_references_inside_lead_on_and_others_fit_nothing() -> None:
    schema = {"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}
    assert mismatch({"a": 1}, schema) is None
    problem = mismatch({"a": "1"}, schema)
    assert problem is not None and problem.path == ("a",) and problem.expected == "integer"
    assert mismatch({"a": 1}, {"properties": {"a": {"$ref": "https://x.example/s"}}}) is not None
    assert mismatch({"a": 1}, {"properties": {"a": {"$ref": "#/nowhere"}}}) is not None


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, {"anyOf": [{"$ref": "#"}] * 9}],
)
def test_a_schema_that_never_ends_fits_nothing(schema: dict[str, Any]) -> None:
    assert mismatch({}, schema) is not None
