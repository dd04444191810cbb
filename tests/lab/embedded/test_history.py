"""The store remembers exactly as much as it says: every kept version can be listed and resumed, older ones are 410."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.storage.shelf import Stored
from helmward.lab.embedded.storage.store import Store

KINDS = ("ConfigMap", "Secret")
writes = st.tuples(st.sampled_from(KINDS), st.sampled_from("abcd"), st.sampled_from(["put", "put", "put", "remove"]))


def play(store: Store, steps: list[tuple[str, str, str]]) -> dict[int, dict[str, dict[str, str]]]:
    """Write, and keep what each version held: version → kind → name → the writer's mark."""
    held: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    past = {store.version: {kind: dict(names) for kind, names in held.items()}}
    for number, (kind, name, verb) in enumerate(steps):
        if verb == "put":
            store.put(kind, ("ns", name), {"metadata": {"namespace": "ns", "name": name}, "mark": str(number)})
            held[kind][name] = str(number)
        elif name in held[kind]:
            store.remove(kind, ("ns", name))
            del held[kind][name]
        past[store.version] = {kind: dict(names) for kind, names in held.items()}
    return past


def marks(items: list[Stored]) -> dict[str, str]:
    """Name → mark."""
    return {item.key[1]: item.body["mark"] for item in items}


@given(st.lists(writes, max_size=40), st.integers(1, 8))
def test_every_kept_version_is_what_it_was(steps: list[tuple[str, str, str]], length: int) -> None:
    store = Store(length)
    past = play(store, steps)
    for kind in KINDS:
        shelf = store.shelf(kind)
        for version, state in past.items():
            if version < shelf.floor:
                with pytest.raises(ApiFailure) as refused:
                    shelf.at(version)
                assert (refused.value.code, refused.value.reason) == (410, "Expired")
            else:
                assert marks(shelf.at(version)) == state[kind]


@given(st.lists(writes, max_size=40), st.integers(1, 8))
def test_a_watch_resumed_ends_at_the_present(steps: list[tuple[str, str, str]], length: int) -> None:
    store = Store(length)
    past = play(store, steps)
    for kind in KINDS:
        shelf = store.shelf(kind)
        for version, state in past.items():
            if version < shelf.floor:
                with pytest.raises(ApiFailure) as refused:
                    shelf.since(version)
                assert refused.value.message == f"too old resource version: {version} ({shelf.floor})"
                continue
            replayed = dict(state[kind])
            versions = [version]
            for change in shelf.since(version):
                versions.append(change.version)
                assert (change.type == "ADDED") == (change.now.key[1] not in replayed)
                if change.type == "DELETED":
                    del replayed[change.now.key[1]]
                else:
                    replayed[change.now.key[1]] = change.now.body["mark"]
            assert replayed == marks(shelf.now())
            assert versions == sorted(set(versions))


@given(st.lists(writes, min_size=1, max_size=40), st.integers(1, 8))
def test_the_last_changes_are_never_forgotten(steps: list[tuple[str, str, str]], length: int) -> None:
    store = Store(length)
    play(store, steps)
    for kind in KINDS:
        kept = list(store.shelf(kind).since(store.shelf(kind).floor))
        assert len(kept) <= length
        assert store.shelf(kind).floor == 0 or len(kept) == length


def test_a_listener_that_falls_behind_is_cut_off() -> None:
    store = Store(10)
    subscription = store.subscribe(["Secret"])
    for number in range(20_001):
        store.put("Secret", ("ns", "a"), {"metadata": {"namespace": "ns", "name": "a"}, "mark": str(number)})
    assert subscription.cut_off
    assert len(subscription.take()) == 20_000


async def test_listeners_hear_their_kinds_alone() -> None:
    store: Any = Store(10)
    subscription = store.subscribe(["Secret"])
    store.put("ConfigMap", ("ns", "a"), {"metadata": {}})
    assert not await subscription.wait(0)
    store.put("Secret", ("ns", "a"), {"metadata": {}})
    assert await subscription.wait(5)
    assert [change.kind for change in subscription.take()] == ["Secret"]
