"""Where what kubectl printed differs from what was deployed: changes whose time and author nobody wrote down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helmward.core.nouns import Change, Resource
from helmward.watch.files.drafts import Draft, Ref, dicts
from helmward.watch.files.metrics import number
from helmward.world.changes import leaves, text_of

# The parts of an object that a person deploys; what a controller or an autoscaler writes is no drift.
_COMPARED = {
    "Deployment": ("spec.replicas", "spec.selector", "spec.template"),
    "StatefulSet": ("spec.replicas", "spec.template"),
    "DaemonSet": ("spec.template",),
    "Service": ("spec.selector", "spec.ports", "spec.type", "spec.externalName"),
    "Ingress": ("spec",),
    "HTTPRoute": ("spec",),
    "ConfigMap": ("data",),
    "PersistentVolumeClaim": ("spec.storageClassName", "spec.resources", "spec.accessModes", "spec.selector"),
    "PersistentVolume": ("spec.storageClassName", "spec.capacity", "spec.accessModes"),
}
# API defaults (core/v1, apps/v1) that a manifest leaves out and kubectl prints.
_DEFAULTS = {
    "scheme": "HTTP",
    "protocol": "TCP",
    "path": "/",
    "type": "ClusterIP",
    "operator": "Equal",
    "initialDelaySeconds": 0,
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
    "optional": False,
    "replicas": 1,
}
_HANDLERS = frozenset({"httpGet", "tcpSocket", "grpc", "exec"})
_UNCOMPARED = frozenset({"nodePort", "annotations", "metadata", "serviceAccount", "prefix", "requests"})
"""`requests`: admission copies limits to them. Labels of a template are compared by the selector."""
_KEYS = ("name", "containerPort", "port", "mountPath", "host", "path")
# Lists that a description prints whole: an item that is only in one of the two came or went.
_WHOLE_LISTS = frozenset({"containers", "initContainers", "env", "ports"})


def drifted(found: Mapping[Ref, Draft], desired: Mapping[Ref, Draft], live_kinds: set[str]) -> Iterator[Change]:
    """The differences, each as a change without a time; an object that was deployed and is not there is one, too."""
    for ref, manifest in desired.items():
        draft = found.get(ref)
        resource = Resource(api_version=manifest.kind.api, kind=ref[0], namespace=ref[1], name=ref[2])
        if draft is None:
            if ref[0] in live_kinds:
                yield Change(time="", resource=resource, path="", before='"present"', after='"deleted"')
            continue
        for path in _COMPARED.get(ref[0], ()):
            before, after = _common(_at(manifest, path), _at(draft, path), path.rpartition(".")[2])
            for place, was, becomes in leaves(path, before, after):
                yield Change(time="", resource=resource, path=place, before=text_of(was), after=text_of(becomes))


def _at(draft: Draft, path: str) -> Any:
    node: Any = draft.decoded()
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _common(was: Any, now: Any, field: str) -> tuple[Any, Any]:
    """Both values cut down to what both say; equal ones that are written otherwise are made the same."""
    if isinstance(was, dict) and isinstance(now, dict):
        if field.endswith("Probe") and _HANDLERS & was.keys() != _HANDLERS & now.keys():
            return was, now
        pairs = {key: _common(_of(was, key), now[key], key) for key in now if key not in _UNCOMPARED}
        kept = {key: pair for key, pair in pairs.items() if pair[0] is not None and pair[1] is not None}
        return {key: pair[0] for key, pair in kept.items()}, {key: pair[1] for key, pair in kept.items()}
    if isinstance(was, list) and isinstance(now, list):
        return _common_lists(was, now, field)
    if was is None or now is None or _same(was, now):
        return None, None
    return was, now


def _of(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key, _DEFAULTS.get(key))


def _common_lists(was: list[Any], now: list[Any], field: str) -> tuple[Any, Any]:
    key = next((key for key in _KEYS if _keyed(was, key) and _keyed(now, key)), None)
    if key is None:
        same = sorted(map(str, was)) == sorted(map(str, now))
        return (None, None) if same or dicts(was) or dicts(now) else (was, now)
    old, new = ({str(item[key]): item for item in items} for items in (was, now))
    names = [*old, *(name for name in new if name not in old)]
    pairs = {}
    for name in names:
        if name in old and name in new:
            pairs[name] = _common(old[name], new[name], "")
        elif field in _WHOLE_LISTS:
            pairs[name] = (old.get(name), new.get(name))
    before = [{"name": name, **_named(pair[0])} for name, pair in pairs.items() if pair[0] is not None]
    after = [{"name": name, **_named(pair[1])} for name, pair in pairs.items() if pair[1] is not None]
    return before, after


def _named(value: Any) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key != "name"} if isinstance(value, dict) else {"is": value}


def _keyed(items: list[Any], key: str) -> bool:
    found = {str(item[key]) for item in items if isinstance(item, dict) and key in item}
    return bool(items) and len(found) == len(items)


def _same(was: Any, now: Any) -> bool:
    if was == now or str(was) == str(now):
        return True
    one, other = number(str(was)), number(str(now))
    return one is not None and one == other
