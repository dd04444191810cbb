"""Patches worked out here: RFC 7386 on its own examples, containers by name, RFC 6902 with sentences for what does not fit."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.core.errors import UsageError
from helmward.lab.embedded.patches.merge import merge_patch
from helmward.tools.kubernetes.merging import merged, patched

# RFC 7386, appendix A, as far as the documents are objects.
EXAMPLES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("before", "patch", "after"), EXAMPLES)
def test_the_examples_of_the_standard(before: Any, patch: Any, after: Any) -> None:
    kept = str(before)
    assert merged(before, patch) == after
    assert str(before) == kept


def test_containers_by_name() -> None:
    before = {"containers": [{"name": "web", "image": "a"}, {"name": "side", "image": "b"}]}
    patch = {"containers": [{"name": "side", "resources": {"limits": {"memory": "1Gi"}}}]}
    limits = {"resources": {"limits": {"memory": "1Gi"}}}
    assert merged(before, patch) == {
        "containers": [{"name": "web", "image": "a"}, {"name": "side", "image": "b", **limits}]
    }
    added = merged(before, {"containers": [{"name": "new", "image": "c"}]})
    assert [item["name"] for item in added["containers"]] == ["web", "side", "new"]
    # A list that Kubernetes does not merge by name is replaced, as the standard says.
    mounts = {"volumeMounts": [{"name": "data", "mountPath": "/a"}]}
    assert merged(mounts, {"volumeMounts": [{"name": "data", "mountPath": "/b"}]})["volumeMounts"] == [
        {"name": "data", "mountPath": "/b"}
    ]


def test_operations() -> None:
    before = {"a": [1, 2], "b": {"c/d": 1}}
    operations = [
        {"op": "add", "path": "/a/-", "value": 3},
        {"op": "remove", "path": "/a/0"},
        {"op": "replace", "path": "/b/c~1d", "value": 2},
        {"op": "add", "path": "/b/e", "value": {}},
    ]
    assert patched(before, operations) == {"a": [2, 3], "b": {"c/d": 2, "e": {}}}
    assert before == {"a": [1, 2], "b": {"c/d": 1}}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/none"},
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "add", "path": "/none/deeper", "value": 1},
        {"op": "add", "path": "/a/9", "value": 1},
        {"op": "add", "path": "/a/x", "value": 1},
        {"op": "move", "path": "/a", "from": "/b"},
        {"op": "add", "path": "/b"},
        {"op": "replace", "path": "", "value": {}},
        {"op": "add", "path": "/b/c/deeper", "value": 1},
        {"path": "/a"},
        {"op": "add"},
        "text",
    ],
)
def test_what_does_not_fit_is_named(operation: Any) -> None:
    with pytest.raises(UsageError, match=r"^patch\.0: "):
        patched({"a": [1], "b": {"c": 1}}, [operation])


PLAIN = st.sampled_from(["a", "b", "name", "c/d", "e~f", "0"])
VALUES = st.recursive(
    st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "on"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=8,
)
PATCHES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["", "on"]),
    lambda inner: st.lists(st.integers(0, 2), max_size=2) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(PLAIN, VALUES, max_size=4), st.dictionaries(PLAIN, PATCHES, max_size=4))
def test_as_an_api_server_merges(document: Any, patch: Any) -> None:
    """The lab's API server is held against the real one by its own tests."""
    assert merged(document, patch) == merge_patch(copy.deepcopy(document), patch)
