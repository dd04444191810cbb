"""Whether everybody tells the same health of one world: the first page, the map, the tree, an object's own page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from helmward.core.nouns import Actor
from helmward.house import House
from helmward.house.cluster import Named, Wanted, branch, listing
from helmward.house.health import Incidents, worst
from helmward.house.map import Asked, draw
from helmward.house.namespaces import namespaces
from helmward.world.book import Tracked
from helmward.world.store import World

ACTOR = Actor(name="dana", kind="user")
WELL = ("healthy", "suspended")
ASKED = Asked(limit=10_000)
PAGE = Wanted(limit=10_000)


@dataclass
class Looked:
    """As much of a house as who has no scope needs for looking."""

    world: World
    entries: Sequence[Tracked]

    def incidents(self) -> Sequence[Tracked]:
        return self.entries


def complaints(world: World, entries: Sequence[Tracked], now: datetime) -> list[str]:
    """Every contradiction, in words; none where all agree."""
    house = cast(House, Looked(world, entries))
    drawn = {_id(node): node for node in draw(world, entries, now, ASKED, lambda _: True)["nodes"]}
    tree = {_id(row): row for row in _rows(listing(house, ACTOR, PAGE)["workloads"])}
    first = {row["namespace"]: row for row in namespaces(world, Incidents(entries), lambda _: True)}
    return [
        *_apart(drawn, tree),
        *_pages(house, tree),
        *_spaces(first, {**drawn, **tree}),
        *(words for entry in entries for words in _unsaid(entry, first, {**drawn, **tree})),
    ]


def _rows(tops: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for top in tops:
        yield from (top, *top["services"])


def _id(row: dict[str, Any]) -> str:
    return "/".join((row["kind"], row["namespace"], row["name"]))


def _apart(drawn: dict[str, Any], tree: dict[str, Any]) -> Iterator[str]:
    for name in drawn.keys() & tree.keys():
        on_map, in_tree = ((row[name]["health"], row[name]["text"], row[name]["incidents"]) for row in (drawn, tree))
        if on_map != in_tree:
            yield f"{name} is {on_map} on the map and {in_tree} in the tree"


def _pages(house: House, tree: dict[str, Any]) -> Iterator[str]:
    for name, row in tree.items():
        found = branch(house, ACTOR, Named(row["kind"], row["namespace"], row["name"]))["standing"]
        if found and found["health"] != row["health"]:
            yield f"{name} is {found} on its page and {row['health']} in the tree"


def _spaces(first: dict[str, Any], shown: dict[str, Any]) -> Iterator[str]:
    """A namespace is no better than what is shown in it, and no worse unless an incident there is about what is not shown."""
    for name in {row["namespace"] for row in shown.values() if not row.get("absent")}:
        inside = [row["health"] for row in shown.values() if row["namespace"] == name and not row.get("absent")]
        if (row := first.get(name)) is None:
            if not set(inside) <= set(WELL):
                yield f"{name} is not told of, and in it is {inside}"
            continue
        if row["health"] != worst(inside) and (row["health"] in WELL or not row["incidents"]):
            yield f"{name} is {row['health']}, and in it is {inside}"
        if row["health"] not in WELL and not row["text"].strip():
            yield f"{name} is {row['health']}, and nothing says why"


def _unsaid(entry: Tracked, first: dict[str, Any], shown: dict[str, Any]) -> Iterator[str]:
    """An incident that the health of what it is about does not know of."""
    incident = entry.incident
    for about in filter(None, (incident.owner, incident.resource)):
        row = shown.get(f"{about.kind}/{about.namespace}/{about.name}")
        if row is not None and row["health"] in (*WELL, "progressing"):
            yield f"{about} is {row['health']}, and {incident.title} is about it"
    space = first[incident.resource.namespace]["health"]
    if space in WELL or (
        incident.severity == "critical" and "no ready endpoint" in incident.impact and space != "broken"
    ):
        yield f"{incident.resource.namespace} is {space}, and in it is a {incident.severity} incident: {incident.impact}"
    for service in _without_endpoint(incident.impact):
        row = shown.get(f"Service/{incident.resource.namespace}/{service}")
        if row is not None and row["health"] not in ("broken", "degraded"):
            yield f"Service {service} is {row['health']}, and {incident.title} says: {incident.impact}"


def _without_endpoint(impact: str) -> list[str]:
    for part in impact.split("; "):
        names, found, _ = part.partition(" has no ready endpoint")
        names, found, _ = part.partition(" have no ready endpoint") if not found else (names, found, "")
        if found:
            return names.removeprefix("Services ").removeprefix("Service ").replace(" and ", ", ").split(", ")
    return []
