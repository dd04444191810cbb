"""Changes between any two documents, applied as a patch, give the one from the other, and back."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.adapters.clients.kubernetes.patching import _operation
from helmward.core.plans import FieldChange
from helmward.core.pointers import value_at
from helmward.core.times import parse_time
from helmward.lab.embedded.patches.pointer import json_patch
from helmward.tools.kubernetes.differences import anchors_of, changes_between

NOW = parse_time("2026-01-01T00:00:00Z")
KEYS = st.sampled_from(["a", "b", "name", "c/d", "e~f", "", "0", "x.y"])
# No null inside an object: Kubernetes itself takes null and absence for the same.
VALUES = st.recursive(
    st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "on", "1", 1.5]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(
            st.dictionaries(KEYS, inner, max_size=2).flatmap(
                lambda item: st.sampled_from(["one", "two"]).map(lambda name: {**item, "name": name})
            ),
            max_size=3,
        )
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=5)


def applied(document: Any, changes: tuple[FieldChange, ...]) -> Any:
    assert NOW is not None
    return json_patch(document, [_operation(change, NOW) for change in changes])


def same(one: Any, other: Any) -> bool:
    encoder = msgspec.json.Encoder(order="deterministic")
    return encoder.encode(one) == encoder.encode(other)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_there_and_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    changes = tuple(changes_between("", before, after))
    assert same(applied(before, changes), after)
    back = tuple(msgspec.structs.replace(one, before=one.after, after=one.before) for one in changes)
    assert same(applied(after, back), before)
    assert all(same(value_at(before, one.path), one.before) for one in changes)
    assert all(same(value_at(after, one.path), one.after) for one in changes)


@given(DOCUMENTS)
def test_nothing_between_equals(document: dict[str, Any]) -> None:
    assert not list(changes_between("", document, document))


def test_true_is_not_one() -> None:
    (change,) = changes_between("", {"a": True}, {"a": 1})
    assert (change.path, change.before, change.after) == ("/a", True, 1)


def test_a_change_inside_a_container_is_anchored_by_its_name() -> None:
    before = {"containers": [{"name": "web", "image": "a"}, {"name": "side", "image": "b"}]}
    after = {"containers": [{"name": "web", "image": "a"}, {"name": "side", "image": "c"}]}
    changes = tuple(changes_between("", before, after))
    assert [change.path for change in changes] == ["/containers/1/image"]
    assert [(anchor.path, anchor.value) for anchor in anchors_of(before, changes)] == [("/containers/1/name", "side")]
