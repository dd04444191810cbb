"""Reads a fixture into a world. What a fixture may hold is told in test_cases.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from helmward.core.extend import REGISTRY, load_package
from helmward.core.nouns import Change, Resource
from helmward.core.times import parse_time
from helmward.explain import analyzers
from helmward.explain.analyzer import Analyzer
from helmward.world.kinds import KINDS, kind_of
from helmward.world.logs import Log, LogRef
from helmward.world.signs import Alarm, Check, Series
from helmward.world.store import World

load_package(analyzers)
CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*/*.yaml"))
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with timestamps left as text, as JSON has them; read by libyaml where there is one, ten times as fast."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass
class Case:
    """A fixture, read: Kubernetes objects apart from our own documents."""

    now: datetime
    objects: list[dict[str, Any]] = field(default_factory=list)
    own: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def expect(self) -> dict[str, Any]:
        return self.own["Expect"][0]


def read_case(path: Path) -> Case:
    text = path.read_text()
    documents = list(yaml.load_all(text, _Loader))
    now = next((document["now"] for document in documents if document["kind"] == "Now"), None)
    case = Case(parse_time(now or max(_STAMP.findall(text))))  # type: ignore[arg-type]
    for document in documents:
        if "apiVersion" in document:
            case.objects.append(document)
        else:
            case.own.setdefault(document["kind"], []).append(document)
    return case


def fill(world: World, case: Case) -> None:
    """Bring the fixture into the world, as a folder of files would: what it holds nothing of was not read."""
    for before in case.own.get("Before", ()):
        apply(world, before["object"], None)
    changed = {ref_of(before["object"]): parse_time(before["at"]) for before in case.own.get("Before", ())}
    for document in case.objects:
        apply(world, document, changed.pop(ref_of(document), None))
    for (kind, namespace, name), when in changed.items():
        world.remove(kind, namespace, name, when)
    for drift in case.own.get("Drift", ()):
        world.changes.add(drifted(drift))
    for signs in case.own.get("Signs", ()):
        show(world, signs)
    kinds = {document["kind"] for document in case.objects}
    for kind in kinds.union(*(read["kinds"] for read in case.own.get("Read", ()))):
        here = [item.raw for item in world.all(kind)]
        world.replace(KINDS[kind], here)
    for unread in case.own.get("Unread", ()):
        for kind in unread["kinds"]:
            world.set_unread(kind, "forbidden")
    world.logs.complete = True
    for log in case.own.get("Log", ()):
        namespace, _, pod = log["pod"].partition("/")
        world.logs.put(
            LogRef(namespace, pod, log["container"], bool(log.get("previous"))), Log(tuple(log["text"].splitlines()))
        )
    for service in case.own.get("NodeService", ()):
        world.set_node_service(service["node"], service["service"], service["text"])


def apply(world: World, document: dict[str, Any], when: datetime | None) -> None:
    world.apply(kind_of(document["apiVersion"], document["kind"]), msgspec.json.encode(document), when)


def show(world: World, signs: dict[str, Any]) -> None:
    """Series of one value a minute up to 12:00, checks by name, alerts by their labels."""
    series = []
    for name, values in signs.get("series", {}).items():
        start = datetime(2026, 1, 1, 12, tzinfo=UTC) - timedelta(minutes=len(values) - 1)
        times = tuple(start + timedelta(minutes=number) for number in range(len(values)))
        table, _, column = name.partition("/")
        series.append(Series(table, column, times, tuple(values), f"metrics/{table}.csv"))
    checks = tuple(Check(name, tuple(text.splitlines())) for name, text in signs.get("checks", {}).items())
    alarms = tuple(
        Alarm(
            alarm["labels"]["alertname"],
            alarm["labels"],
            alarm.get("summary", ""),
            alarm.get("startsAt"),
            "alerts.json",
        )
        for alarm in signs.get("alerts", ())
    )
    world.signs.put(tuple(series), checks, alarms)


def drifted(drift: dict[str, Any]) -> Change:
    """What runs differs from its manifest: a change without time and author."""
    kind, namespace, name = drift["resource"].split("/")
    resource = Resource(api_version=KINDS[kind].api, kind=kind, namespace=namespace, name=name)
    before, after = (msgspec.json.encode(drift[side]).decode() for side in ("before", "after"))
    return Change(time="", resource=resource, path=drift["path"], before=before, after=after)


def ref_of(document: dict[str, Any]) -> tuple[str, str, str]:
    kind = kind_of(document["apiVersion"], document["kind"])
    metadata = document["metadata"]
    return kind.name, metadata.get("namespace", "") if kind.namespaced else "", metadata["name"]


def built() -> list[Analyzer]:
    """An instance of every registered analyzer."""
    return list(REGISTRY.build("analyzer"))
