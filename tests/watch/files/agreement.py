"""What the tables and descriptions of a cluster must tell just as its JSON does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.watch.files.helpers import plain, values

from helmward.watch.files import Read, read
from helmward.world.objects import Object

# What kubectl prints of no object, or not exactly: ages for times, three addresses for all.
_NEVER = {
    *("uid", "resource_version", "generation", "managed_fields", "annotations", "creation_timestamp", "hash"),
    *("observed_generation", "last_transition_time", "last_update_time", "image_pull_policy", "api_version", "serving"),
}
# What a description leaves out by kind, as describe.go of kubectl v0.34 shows.
_UNDESCRIBED = {
    "Pod": {"image_pull_secrets", "affinity", "reason", "items"},
    "Deployment": {"progress_deadline_seconds"},
    "ReplicaSet": {"ready_replicas", "available_replicas"},
    "StatefulSet": {"service_name", "updated_replicas"},
    "Job": {"restart_policy", "conditions"},
    "CronJob": {"restart_policy"},
    "Node": {"time_added"},
    "PersistentVolumeClaim": {"access_modes", "resources"},
    "EndpointSlice": {"namespace"},
}
_ORDERED_BY = ("name", "key", "mount_path")


def folder(path: Path) -> Read:
    """A part of a collected bundle."""
    return read([path], None, mask=plain)


def described(item: Object) -> Any:
    """What of an object a description must tell."""
    left_out = _NEVER | _UNDESCRIBED.get(item.kind.name, set())
    return _without(values(item.view), left_out | {"message", "owner_references"})


def owners(item: Object) -> list[tuple[str, str]]:
    """(kind, name) of its owners, as far as they are controllers."""
    return [(reference.kind, reference.name) for reference in item.meta.owner_references]


def _without(value: Any, left_out: set[str]) -> Any:
    if isinstance(value, dict):
        kept = {key: _without(inner, left_out) for key, inner in value.items() if key not in left_out}
        return {key: inner for key, inner in kept.items() if inner not in ({}, [])}
    if isinstance(value, list):
        kept_items = [item for item in (_without(inner, left_out) for inner in value) if item != {}]
        return sorted(kept_items, key=_rank)
    return value


def _rank(item: Any) -> str:
    return str([item.get(key) for key in _ORDERED_BY]) + str(item) if isinstance(item, dict) else ""
