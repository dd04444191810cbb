"""Watches on both engines: resuming, selections, bookmarks."""

from __future__ import annotations

from contextlib import aclosing

from tests.lab.api import Api, config_map, first


async def test_resumes_where_a_list_ended(api: Api, namespace: str, maps: str) -> None:
    version = (await api.get(maps))["metadata"]["resourceVersion"]
    await api.create(config_map(namespace, "one", {"w": "1"}))
    await api.patch(f"{maps}/one", {"data": {"a": "b"}})
    await api.delete(f"{maps}/one")
    events = await api.watched(maps, f"&labelSelector=w%3D1&resourceVersion={version}")
    assert [kind for kind, _ in events] == ["ADDED", "MODIFIED", "DELETED"]
    versions = [int(item["metadata"]["resourceVersion"]) for _, item in events]
    assert versions == sorted(set(versions))
    assert all(item["kind"] == "ConfigMap" for _, item in events)


async def test_changes_come_as_they_happen(api: Api, namespace: str, maps: str) -> None:
    version = (await api.get(maps))["metadata"]["resourceVersion"]
    events = api.watch(maps, f"&labelSelector=w%3D1&resourceVersion={version}")
    async with aclosing(events):
        await api.create(config_map(namespace, "live", {"w": "1"}))
        ((kind, item),) = await first(events)
        assert (kind, item["metadata"]["name"]) == ("ADDED", "live")
        await api.patch(f"{maps}/live", {"data": {"x": "y"}})
        ((kind, item),) = await first(events)
        assert (kind, item["data"]) == ("MODIFIED", {"x": "y"})


async def test_leaving_the_selection_is_a_deletion(api: Api, namespace: str, maps: str) -> None:
    created = await api.create(config_map(namespace, "moving", {"in": "yes"}))
    version = created["metadata"]["resourceVersion"]
    await api.patch(f"{maps}/moving", {"metadata": {"labels": {"in": "no"}}})
    await api.patch(f"{maps}/moving", {"metadata": {"labels": {"in": "yes"}}})
    events = await api.watched(maps, f"&labelSelector=in%3Dyes&resourceVersion={version}")
    assert [kind for kind, _ in events] == ["DELETED", "ADDED"]


async def test_without_a_version_begins_with_what_is_there(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "there", {"w": "1"}))
    events = await api.watched(maps, "&labelSelector=w%3D1")
    assert [(kind, item["metadata"]["name"]) for kind, item in events] == [("ADDED", "there")]


async def test_initial_events_end_with_a_bookmark(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "there", {"w": "1"}))
    query = "&labelSelector=w%3D1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    events = await api.watched(maps, query)
    assert [kind for kind, _ in events][:2] == ["ADDED", "BOOKMARK"]
    assert events[1][1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert events[1][1]["kind"] == "ConfigMap"


async def test_one_object(api: Api, namespace: str, maps: str) -> None:
    version = (await api.get(maps))["metadata"]["resourceVersion"]
    for name in ("mine", "other"):
        await api.create(config_map(namespace, name))
    events = await api.watched(maps, f"&fieldSelector=metadata.name%3Dmine&resourceVersion={version}")
    assert [item["metadata"]["name"] for _, item in events] == ["mine"]
