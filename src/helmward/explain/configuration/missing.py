"""Which references of a pod lead nowhere: by the kubelet's words, or by the spec before it says any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from helmward.core.nouns import Change, Evidence, Resource
from helmward.core.times import parse_time
from helmward.explain.clues import culprits
from helmward.explain.clues.pods import containers
from helmward.explain.clues.references import Reference, references
from helmward.explain.evidence import of_event, of_object
from helmward.world.indexes import pod_spec
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import PodSpec

CONFIG_ERROR = "CreateContainerConfigError"

# apimachinery NewNotFound for the kubelet's caches (pkg/kubelet/util/manager), kubelet_pods.go makeEnvironmentVariables.
_NO_OBJECT = re.compile(r"\b(configmap|secret)s? \"([^\"]+)\" not found", re.I)
_NO_KEY = re.compile(r"couldn't find key (\S+) in (ConfigMap|Secret) [^/\s]+/(\S+)")
# pkg/volume/configmap/configmap.go and secret/secret.go (MakePayload); the volume is named before.
_NO_ITEM = re.compile(r"references non-existent (?:config|secret) key: (\S+)")
_VOLUME = re.compile(r"MountVolume\.SetUp failed for volume \"([^\"]+)\"")
_KINDS = {"configmap": "ConfigMap", "secret": "Secret"}


class Complaint(NamedTuple):
    """What the kubelet says. `container` is "" for a volume; `reference` None where it says something else."""

    container: str
    message: str
    reference: Reference | None
    evidence: Evidence


def complaints(pod: Object, world: Lens) -> Iterator[Complaint]:
    """The kubelet's complaints about configuration: of containers that wait for it, and of volumes not mounted."""
    waits = False
    for container in containers(pod):
        waiting = container.waiting
        if waiting is None:
            continue
        if waiting.reason == CONFIG_ERROR:
            proof = of_object(pod, f"{container.path}.state.waiting", waiting)
            message = waiting.message or _said_of(pod, container.spec.name, world)
            yield Complaint(container.spec.name, message, _named(message, container.spec.name, pod.view.spec), proof)
        waits = waits or waiting.reason in ("ContainerCreating", "PodInitializing")
    if waits or not pod.view.status.container_statuses:
        for event in _latest_by_volume(world.events(pod, "FailedMount")).values():
            reference = _named(event.view.message, "", pod.view.spec)
            if reference is not None:
                yield Complaint("", event.view.message, reference, of_event(event))


def absent(item: Object, world: Lens) -> list[Reference]:
    """The references of a pod's or a template's spec that lead nowhere, as far as that can be known.

    Where a whole object lacks, that is said once, and not for each of its keys.
    """
    spec = pod_spec(item)
    found: dict[tuple[str, str, str], Reference] = {}
    for reference in references(spec) if spec else ():
        if is_there(reference, item.namespace, world) is False:
            gone = world.get(reference.kind, item.namespace, reference.name) is None
            lacking = reference._replace(key="") if gone else reference
            found.setdefault((lacking.kind, lacking.name, lacking.key), lacking)
    return list(found.values())


def is_there(reference: Reference, namespace: str, world: Lens) -> bool | None:
    """Whether what is referred to exists; None if nobody can tell."""
    if reference.kind not in ("ConfigMap", "Secret") or not world.knows(reference.kind):
        return None
    held = world.get(reference.kind, namespace, reference.name)
    if held is None or not reference.key:
        return held is not None
    keys = _keys(held)
    return None if keys is None else reference.key in keys


def near(reference: Reference, namespace: str, world: Lens) -> str | None:
    """The existing name (or key) that is most like the one that lacks."""
    if reference.key:
        held = world.get(reference.kind, namespace, reference.name)
        names = list(_keys(held) or ()) if held is not None else []
    else:
        names = [item.name for item in world.all(reference.kind, namespace)]
    return next(iter(get_close_matches(reference.key or reference.name, names, 1)), None)


def cause(reference: Reference, item: Object, since: str | None, world: Lens) -> Change | None:
    """What made it lack: the deletion of the object, the loss of the key, or the template that refers to it."""
    holder = Resource(api_version="v1", kind=reference.kind, namespace=item.namespace, name=reference.name)
    if reference.key and (change := culprits.of_setting(world, item, since, holder, reference.key)):
        return change
    for change in reversed(world.changes_of(holder.kind, holder.namespace, holder.name)):
        if not change.path and change.after == '"deleted"':
            return change
    return culprits.of_template(world, item, since, reference.pattern)


def since_when(item: Object, change: Change | None) -> str | None:
    """Since when it lacks at the earliest: the change that made it so, or the object that wants it."""
    times = [change.time if change else None, item.meta.creation_timestamp]
    return max((time for time in times if time and parse_time(time)), default=None)


def _named(message: str, container: str, spec: PodSpec) -> Reference | None:
    """The reference that a message of the kubelet names, with its place in the spec if it is found there."""
    if found := _NO_KEY.search(message):
        key, kind, name = found.groups()
    elif found := _NO_OBJECT.search(message):
        key, kind, name = "", _KINDS[found.group(1).lower()], found.group(2)
    elif (found := _NO_ITEM.search(message)) and (volume := _VOLUME.search(message)):
        place = f"volumes[{volume.group(1)}]"
        return next((ref for ref in references(spec) if ref.place == place and ref.key == found.group(1)), None)
    else:
        return None
    for reference in references(spec):
        if (reference.kind, reference.name, reference.key) == (kind, name, key):
            return reference._replace(container=reference.container or container)
    # A key asked for by name where the whole object lacks, or a spec that is not here.
    place = next((ref.place for ref in references(spec) if (ref.kind, ref.name) == (kind, name)), "")
    return Reference(kind, name, key, container, place)


def _said_of(pod: Object, container: str, world: Lens) -> str:
    """What an Event says of a container's failure, for a status without a message."""
    field = f"{{{container}}}"
    events = [
        event for event in world.events(pod, "Failed") if field in (event.view.involved_object.field_path or field)
    ]
    message: str = events[-1].view.message if events else ""
    return message


def _latest_by_volume(events: list[Object]) -> dict[str, Object]:
    return {volume.group(1): event for event in events if (volume := _VOLUME.search(event.view.message))}


def _keys(held: Object) -> set[str] | None:
    """The keys of a ConfigMap or Secret; None for one read from a table, which has none."""
    data, binary = held.view.data, getattr(held.view, "binary_data", None)
    if data is None and binary is None and not held.uid:
        return None
    return {*(data or ()), *(binary or ())}
