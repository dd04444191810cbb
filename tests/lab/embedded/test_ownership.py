"""managedFields after any sequence of writes: owned paths exist, and every field has an owner."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.lab.embedded.bodies import clone, meta
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.patches.apply import apply
from helmward.lab.embedded.patches.fieldsets import from_fields, leaves, to_fields
from helmward.lab.embedded.patches.managers import Manager, read, record_update

_VALUES = st.sampled_from(["1", "2"])
_CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("ab")}, optional={"image": _VALUES, "tty": st.booleans()}),
    max_size=2,
    unique_by=lambda item: item["name"],
)
_CONFIGS = st.fixed_dictionaries(
    {"apiVersion": st.just("v1"), "kind": st.just("Thing")},
    optional={
        "data": st.dictionaries(st.sampled_from("xyz"), _VALUES, min_size=1, max_size=3),
        "spec": st.fixed_dictionaries({"replicas": st.integers(0, 1)}, optional={"containers": _CONTAINERS}),
        "metadata": st.fixed_dictionaries({"labels": st.dictionaries(st.sampled_from("lm"), _VALUES, min_size=1)}),
    },
)
_WRITES = st.lists(
    st.tuples(st.sampled_from(["update", "apply", "force"]), st.sampled_from(["one", "two"]), _CONFIGS), max_size=8
)


def play(writes: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """The object after these writes; a conflict is no write."""
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "thing"}}
    record_update(None, body, Manager("creator"))
    for verb, name, config in writes:
        if verb == "update":
            after = clone(config)
            after.setdefault("metadata", {})
            record_update(body, after, Manager(name))
            body = after
            continue
        try:
            body = apply(body, clone(config), Manager(name, "Apply"), verb == "force")
        except ApiFailure as failure:
            assert verb == "apply" and failure.code == 409
    return body


@settings(max_examples=200, deadline=None)
@given(_WRITES)
def test_ownership_is_total_and_true(writes: list[tuple[str, str, dict[str, Any]]]) -> None:
    body = play(writes)
    present, managers = set(leaves(body)), read(body)
    owned = [path for each in managers.values() for path in each.paths]
    # What may be left without an owner: an empty container, and a list item with its key while a field in it is owned.
    values = {path for path, value in leaves(body).items() if value not in ({}, [])}
    items = {path[:-1] for path in owned if len(path) > 1 and path[-2].startswith("k:")}
    keys = {(*item, "f:name") for item in items}
    assert values <= {*owned, *items, *keys}
    assert set(owned) & present >= values - items - keys
    updated = [path for manager, each in managers.items() if manager.operation == "Update" for path in each.paths]
    assert len(updated) == len(set(updated))


@settings(max_examples=200, deadline=None)
@given(_CONFIGS, _WRITES)
def test_a_forced_apply_has_its_way(config: dict[str, Any], writes: list[tuple[str, str, dict[str, Any]]]) -> None:
    body = apply(play(writes), clone(config), Manager("boss", "Apply"), True)
    after = leaves(body)
    for path, value in leaves(config).items():
        # An empty list of items asks for none, and takes none away.
        assert value == [] or after[path] == value
    assert read(body)[Manager("boss", "Apply")].paths == frozenset(leaves(config)) if leaves(config) else True


@settings(max_examples=200, deadline=None)
@given(_CONFIGS, _WRITES)
def test_applying_again_changes_nothing(config: dict[str, Any], writes: list[tuple[str, str, dict[str, Any]]]) -> None:
    once = apply(play(writes), clone(config), Manager("boss", "Apply"), True)
    again = apply(once, clone(config), Manager("boss", "Apply"), False)
    for body in (once, again):
        for entry in meta(body).get("managedFields", []):
            entry.pop("time")
    assert once == again


@given(_CONFIGS)
def test_field_sets_survive_the_wire(config: dict[str, Any]) -> None:
    paths = frozenset(leaves(config))
    assert from_fields(to_fields(paths)) == paths
