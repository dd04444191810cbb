"""`describe`: an object in readable text: what it is, who owns it, how it is doing, what happened, what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from helmward.core.cluster import KubernetesError
from helmward.door.tool import Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.dependents import dependents, pod_labels, users
from helmward.tools.kubernetes.events_list import event_line, seen_at
from helmward.tools.kubernetes.naming import resolve
from helmward.tools.kubernetes.objects import Document, find, read_all
from helmward.tools.kubernetes.paging import line_cursor, text_page
from helmward.tools.kubernetes.resources_get import ObjectArguments, place
from helmward.tools.kubernetes.resources_list import READABLE
from helmward.tools.kubernetes.showing import shown
from helmward.world.indexes import TEMPLATED
from helmward.world.kinds import KINDS, Kind

_EVENTS = 20


class DescribeArguments(ObjectArguments):
    """Names an object."""

    cursor: str | None = line_cursor()


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


@tool
class Describe(ReadTool):
    """Describes one object."""

    name = "describe"
    title = "Describe an object"
    description = "Describes one object in text: its owner, conditions, events, what depends on it, its specification."
    permission = "read"
    arguments = DescribeArguments
    rights = tuple(dict.fromkeys((*READABLE, Rule("", "events", ("list",)))))

    async def read(self, arguments: DescribeArguments, given: Reading) -> Page:
        """The text, by lines. Raises UsageError where there is no such object."""
        kind = await resolve(given.reader, arguments)
        document = await find(given.reader, kind, place(kind, arguments.namespace), arguments.name)
        clean = shown(document)
        lines = [
            *_head(clean),
            *_state(clean),
            *_around(kind, document, given),
            *await _events(kind, document, given),
            *_body(clean),
        ]
        return text_page(lines, arguments.cursor)


def _head(document: Document) -> Iterator[str]:
    meta = document.get("metadata") or {}
    place = f"{meta['namespace']}/{meta['name']}" if meta.get("namespace") else meta.get("name", "")
    yield f"{document.get('kind')} {place} ({document.get('apiVersion')})"
    yield f"created: {meta.get('creationTimestamp', 'unknown')}"
    if meta.get("deletionTimestamp"):
        yield f"being deleted since: {meta['deletionTimestamp']}"
    for owner in meta.get("ownerReferences") or ():
        yield f"owner: {owner.get('kind')} {owner.get('name')}"
    for word in ("labels", "annotations"):
        if meta.get(word):
            yield f"{word}:"
            yield from (f"  {key}: {value}" for key, value in sorted(meta[word].items()))


def _state(document: Document) -> Iterator[str]:
    status = document.get("status")
    if not isinstance(status, dict):
        return
    if status.get("phase"):
        yield f"phase: {status['phase']}"
    counts = {key: value for key, value in status.items() if type(value) is int and key != "observedGeneration"}
    if counts:
        yield "counts: " + ", ".join(f"{key} {value}" for key, value in sorted(counts.items()))
    conditions = [item for item in status.get("conditions") or () if isinstance(item, dict)]
    if conditions:
        yield "conditions:"
        yield from (f"  {_condition(item)}" for item in conditions)
    for key in ("initContainerStatuses", "containerStatuses"):
        yield from (_container(item) for item in status.get(key) or () if isinstance(item, dict))


def _condition(item: dict[str, Any]) -> str:
    why = ": ".join(str(item[key]) for key in ("reason", "message") if item.get(key))
    return f"{item.get('type')}: {item.get('status')}" + (f" ({why})" if why else "")


def _container(item: dict[str, Any]) -> str:
    told = [f"container {item.get('name')}: {_phase(item.get('state'))}"]
    if item.get("lastState"):
        told.append(f"before: {_phase(item['lastState'])}")
    return f"{'; '.join(told)}; {item.get('restartCount', 0)} restarts; image {item.get('image')}"


def _phase(state: Any) -> str:
    for phase, detail in (state or {}).items():
        code = f"exit code {detail['exitCode']}" if "exitCode" in detail else ""
        why = ", ".join(str(word) for word in (detail.get("reason"), code, detail.get("message")) if word)
        return f"{phase} ({why})" if why else str(phase)
    return "unknown"


def _around(kind: Kind, document: Document, given: Reading) -> Iterator[str]:
    """What the watched world knows to depend on it."""
    meta = document["metadata"]
    namespace, name = meta.get("namespace", ""), meta["name"]
    if kind.name == "Pod" or kind.name in TEMPLATED:
        itself = f"{kind.name}/{namespace}/{name}"
        if found := dependents(given.world, namespace, pod_labels(document), itself):
            yield f"depends on it: {found}"
    if kind.name in ("ConfigMap", "Secret", "PersistentVolumeClaim"):
        using = users(given.world, kind.name, namespace, name)
        yield f"used by: {', '.join(using) or 'no workload that is known'}"


async def _events(kind: Kind, document: Document, given: Reading) -> list[str]:
    meta = document["metadata"]
    fields = f"involvedObject.name={meta['name']},involvedObject.kind={kind.name}"
    try:
        found = await read_all(given.reader, KINDS["Event"], meta.get("namespace", ""), fields=fields)
    except KubernetesError as error:
        return [f"events: not read: {error}"]
    mine = [event for event in found if (event.get("involvedObject") or {}).get("uid") in (None, "", meta.get("uid"))]
    mine.sort(key=seen_at)
    return ["events:", *(f"  {event_line(event)}" for event in mine[-_EVENTS:])] if mine else ["events: none"]


def _body(document: Document) -> Iterator[str]:
    """What it says itself, as YAML."""
    rest = {key: value for key, value in document.items() if key not in ("apiVersion", "kind", "metadata", "status")}
    for key, value in rest.items():
        text = yaml.dump({key: value}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160)
        yield from text.rstrip().splitlines()
