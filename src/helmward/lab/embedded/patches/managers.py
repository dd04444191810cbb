"""managedFields: who owns which field, kept at every write (KEP-555)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from helmward.lab.embedded.bodies import Body, meta, now
from helmward.lab.embedded.patches.fieldsets import Path, from_fields, leaves, to_fields
from helmward.lab.embedded.patches.pointer import same


@dataclass(frozen=True, slots=True)
class Manager:
    """One entry's identity: the field manager, Update or Apply, the API version, the subresource written to."""

    name: str
    operation: str = "Update"
    api_version: str = "v1"
    subresource: str = ""

    def words(self, time: str) -> str:
        """As a conflict names it (managedfields/internal/conflict.go)."""
        text = f'"{self.name}"' + (f' with subresource "{self.subresource}"' if self.subresource else "")
        return f"{text} using {self.api_version} at {time}" if self.operation == "Update" else text


@dataclass(frozen=True, slots=True)
class Owned:
    """The paths of one manager and when they last changed."""

    paths: frozenset[Path] = field(default_factory=frozenset)
    time: str = ""


Managers = dict[Manager, Owned]


def read(body: Body) -> Managers:
    """The entries of an object; malformed ones are left out."""
    found: Managers = {}
    for entry in meta(body).get("managedFields") or []:
        if isinstance(entry, dict) and isinstance(entry.get("fieldsV1"), dict):
            manager = Manager(
                entry.get("manager", ""),
                entry.get("operation", "Update"),
                entry.get("apiVersion", ""),
                entry.get("subresource", ""),
            )
            found[manager] = Owned(from_fields(entry["fieldsV1"]), entry.get("time", ""))
    return found


def write(body: Body, managers: Managers) -> None:
    """Put the entries into an object: applies first, then updates by time; empty ones vanish."""
    kept = [(manager, owned) for manager, owned in managers.items() if owned.paths]
    kept.sort(key=lambda pair: (pair[0].operation, pair[1].time, pair[0].name))
    metadata = body.setdefault("metadata", {})
    metadata.pop("managedFields", None)
    if kept:
        metadata["managedFields"] = [_entry(manager, owned) for manager, owned in kept]


def _entry(manager: Manager, owned: Owned) -> Body:
    entry = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.api_version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields(owned.paths),
        "subresource": manager.subresource,
    }
    return {name: value for name, value in entry.items() if name != "subresource" or value}


def without(managers: Managers, paths: Iterable[Path], but: Manager | None = None) -> Managers:
    """The entries with these paths taken from everybody but one."""
    gone = frozenset(paths)
    return {
        manager: owned if manager == but else replace(owned, paths=owned.paths - gone)
        for manager, owned in managers.items()
    }


def changed(before: Mapping[Path, Any], after: Mapping[Path, Any]) -> tuple[frozenset[Path], frozenset[Path]]:
    """The paths whose values are new or other, and those that are gone."""
    new = (path for path, value in after.items() if path not in before or not same(before[path], value))
    return frozenset(new), frozenset(path for path in before if path not in after)


def record_update(before: Body | None, after: Body, manager: Manager) -> None:
    """Write into `after` who owns what once `manager` has turned `before` into it by create, update or patch."""
    managers = _base(before, after)
    new, gone = changed(leaves(before) if before else {}, leaves(after))
    mine = managers.get(manager, Owned())
    managers = without(managers, new | gone)
    if new or manager in managers:
        managers[manager] = Owned((mine.paths | new) - gone, now() if new or gone else mine.time)
    write(after, managers)


def _base(before: Body | None, after: Body) -> Managers:
    # A request may rewrite the entries (kubectl migrates its own so); what it does not send stays.
    sent = meta(after).get("managedFields")
    if sent == [{}]:
        return {}
    if sent and any(entry for entry in sent):
        return read(after)
    return read(before) if before else {}
