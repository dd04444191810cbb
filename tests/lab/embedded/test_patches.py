"""The patch formats by their RFCs' own examples and by properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.lab.embedded.patches.merge import merge_patch
from helmward.lab.embedded.patches.pointer import PatchError, json_patch, same
from helmward.lab.embedded.patches.strategic import strategic_patch

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3)
names = st.text("abc/~", min_size=0, max_size=2)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)
nullless = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)

# RFC 7386, appendix A.
_MERGES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), _MERGES)
def test_merge_patch_examples(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


def difference(before: Any, after: Any) -> Any:
    """The merge patch that leads from one document to another without nulls."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    gone = {name: None for name in before if name not in after}
    kept = {n: difference(before[n], v) if n in before else v for n, v in after.items()}
    return gone | kept


@given(nullless, nullless)
def test_a_difference_merges_to_the_other_document(before: Any, after: Any) -> None:
    assert same(merge_patch(before, difference(before, after)), after)


@given(documents, documents)
def test_merging_twice_is_merging_once(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert same(merge_patch(once, patch), once)


# RFC 6902, appendix A.
_PATCHES: list[tuple[Any, list[Any], Any]] = [
    ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
    ({"foo": ["bar", "baz"]}, [{"op": "add", "path": "/foo/1", "value": "qux"}], {"foo": ["bar", "qux", "baz"]}),
    ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
    ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
    ({"baz": "qux"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
    (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    ({"foo": [1, 2, 3, 4]}, [{"op": "move", "from": "/foo/1", "path": "/foo/3"}], {"foo": [1, 3, 4, 2]}),
    ({"baz": "qux", "foo": [2]}, [{"op": "test", "path": "/foo/0", "value": 2}], {"baz": "qux", "foo": [2]}),
    (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"g": {}}, "xyz": 1}],
        {"foo": "bar", "child": {"g": {}}},
    ),
    ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
    ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc"]}], {"foo": ["bar", ["abc"]]}),
    ({"a": 1}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": 1, "b": 1}),
    ({"a": 1}, [{"op": "replace", "path": "", "value": [1]}], [1]),
]
_REFUSED: list[tuple[Any, list[Any]]] = [
    ({"baz": "qux"}, [{"op": "test", "path": "/baz", "value": "bar"}]),
    ({"foo": "bar"}, [{"op": "add", "path": "/baz/bat", "value": "qux"}]),
    ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": "10"}]),
    ({"a": True}, [{"op": "test", "path": "/a", "value": 1}]),
    ({"a": [1]}, [{"op": "remove", "path": "/a/01"}]),
    ({"a": [1]}, [{"op": "add", "path": "/a/2", "value": 1}]),
    ({"a": [1]}, [{"op": "remove", "path": "/a/-"}]),
    ({"a": 1}, [{"op": "replace", "path": "/b", "value": 1}]),
    ({"a": {"b": 1}}, [{"op": "move", "from": "/a", "path": "/a/b"}]),
    ({"a": 1}, [{"op": "add", "path": "a", "value": 1}]),
    ({"a": 1}, [{"op": "add", "path": "/a~2", "value": 1}]),
    ({"a": 1}, [{"op": "add", "path": "/b"}]),
    ({"a": 1}, [{"op": "frobnicate", "path": "/a"}]),
    ({"a": 1}, ["add"]),
]


@pytest.mark.parametrize(("document", "patch", "result"), _PATCHES)
def test_json_patch_examples(document: Any, patch: list[Any], result: Any) -> None:
    assert json_patch(document, patch) == result


@pytest.mark.parametrize(("document", "patch"), _REFUSED)
def test_json_patch_refusals(document: Any, patch: list[Any]) -> None:
    with pytest.raises(PatchError):
        json_patch(document, patch)


def escaped(name: str) -> str:
    """A reference token of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def operations(before: Any, after: Any, path: str = "") -> list[Any]:
    """A JSON patch that leads from one document to another."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [{"op": "remove", "path": f"{path}/{escaped(name)}"} for name in before if name not in after]
        new = [
            {"op": "add", "path": f"{path}/{escaped(name)}", "value": value}
            for name, value in after.items()
            if name not in before
        ]
        deeper = [o for n in before if n in after for o in operations(before[n], after[n], f"{path}/{escaped(n)}")]
        return gone + new + deeper
    if isinstance(before, list) and isinstance(after, list):
        shared = min(len(before), len(after))
        gone = [{"op": "remove", "path": f"{path}/{shared}"}] * (len(before) - shared)
        new = [{"op": "add", "path": f"{path}/-", "value": value} for value in after[shared:]]
        deeper = [o for i in range(shared) for o in operations(before[i], after[i], f"{path}/{i}")]
        return gone + new + deeper
    return [] if same(before, after) else [{"op": "replace", "path": path, "value": after}]


@given(documents, documents)
def test_operations_lead_to_the_other_document(before: Any, after: Any) -> None:
    untouched = repr(before)
    assert same(json_patch(before, operations(before, after)), after)
    assert repr(before) == untouched


@given(documents, documents)
def test_a_test_passes_on_equal_documents_alone(document: Any, value: Any) -> None:
    patch = [{"op": "test", "path": "", "value": value}]
    if same(document, value):
        assert same(json_patch(document, patch), document)
    else:
        with pytest.raises(PatchError):
            json_patch(document, patch)


def pod(*containers: dict[str, Any]) -> dict[str, Any]:
    """The part of a pod that lists its containers."""
    return {"spec": {"containers": list(containers)}}


A, B = {"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        (pod(A, B), pod({"name": "b", "image": "b:2"}), pod(A, {"name": "b", "image": "b:2"})),
        (pod(A, B), pod({"name": "a", "$patch": "delete"}), pod(B)),
        (pod(A, B), pod({"$patch": "replace"}, B), pod(B)),
        (pod(A), pod(B) | {}, pod(A, B)),
        (
            pod(A),
            {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], **pod(B)["spec"]}},
            pod(B, A),
        ),
        (
            {"metadata": {"finalizers": ["x"]}},
            {"metadata": {"finalizers": ["y"]}},
            {"metadata": {"finalizers": ["x", "y"]}},
        ),
        (
            {"metadata": {"finalizers": ["x", "y"]}},
            {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x"]}},
            {"metadata": {"finalizers": ["y"]}},
        ),
        ({"spec": {"args": ["1"]}}, {"spec": {"args": ["2"]}}, {"spec": {"args": ["2"]}}),
        (
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}},
            {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}},
            {"strategy": {"type": "Recreate"}},
        ),
        ({"a": {"b": 1, "c": 2}}, {"a": {"$patch": "replace", "d": 3}}, {"a": {"d": 3}}),
        ({"a": {"b": 1}}, {"a": {"$patch": "delete"}}, {"a": {}}),
    ],
)
def test_strategic_examples(before: Any, patch: Any, after: Any) -> None:
    assert strategic_patch(before, patch) == after


@given(st.dictionaries(st.sampled_from(["x", "y"]), scalars), st.dictionaries(st.sampled_from(["x", "y"]), scalars))
def test_strategic_is_merge_where_there_are_no_lists(before: dict[str, Any], patch: dict[str, Any]) -> None:
    assert same(strategic_patch(before, patch), merge_patch(before, patch))
