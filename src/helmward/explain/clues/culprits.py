"""The one change to name beside a fault, and the commands that take it back."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta

from helmward.core.nouns import Change, Owner, Remedy, Resource
from helmward.core.times import parse_time
from helmward.explain.clues import suspects
from helmward.guard.secrets import mask, mask_value
from helmward.world.lens import Lens
from helmward.world.objects import Object

_SLACK = timedelta(minutes=1)
_LONGEST_VALUE = 300


def of_template(world: Lens, pod: Object, since: str | None, path: str = "") -> Change | None:
    """The last change of the template of a pod (or workload) that it has in it; its path matches the regex `path`."""
    created = parse_time(pod.meta.creation_timestamp) if pod.kind.name == "Pod" else None
    for change in suspects.of_workload(world, pod, since, rf"^spec\.(?:jobTemplate\.spec\.)?template\..*(?:{path})"):
        when = parse_time(change.time)
        if created is None or when is None or when - _SLACK <= created:
            return change
    return None


def all_of_template(world: Lens, pod: Object, path: str) -> list[Change]:
    """The changes of a pod's template whose path matches the regex `path`, newest first."""
    return suspects.of_workload(world, pod, None, rf"^spec\.template\..*(?:{path})")


def of_container(world: Lens, pod: Object, container: str, since: str | None) -> Change | None:
    """The last change of one container in the template: its image before anything else of the same rollout."""
    here = rf"ontainers\[{re.escape(container)}\]"
    latest, image = of_template(world, pod, since, here), of_template(world, pod, since, rf"{here}\.image$")
    same_rollout = latest is not None and image is not None and image.time == latest.time
    return image if same_rollout else latest


def of_setting(world: Lens, pod: Object, since: str | None, holder: Resource, key: str) -> Change | None:
    """The last change of one key of a ConfigMap or Secret (or of the whole object: it was made or deleted)."""
    for change in suspects.of_configuration(world, pod, since):
        same = (change.resource.kind, change.resource.name) == (holder.kind, holder.name)
        if same and (not change.path or not key or _is_key(change.path, key)):
            return change
    return None


def of_any_configuration(world: Lens, pod: Object, since: str | None) -> Change | None:
    """The last change of anything the pod's workload is configured with."""
    return next(iter(suspects.of_configuration(world, pod, since)), None)


def roll_back(owner: Owner | None, text: str) -> Remedy | None:
    """Undo the last rollout; None where the kind has no rollouts."""
    if owner is None or owner.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
        return None
    command = f"kubectl -n {owner.namespace} rollout undo {owner.kind.lower()}/{owner.name}"
    arguments = {"kind": owner.kind, "namespace": owner.namespace, "name": owner.name}
    return Remedy(text=text, command=command, tool="rollout_undo", arguments=arguments)


def restart(owner: Owner | None, text: str) -> Remedy | None:
    """Restart a workload's pods, so that they read their environment again; None where the kind has no rollouts."""
    if owner is None or owner.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
        return None
    command = f"kubectl -n {owner.namespace} rollout restart {owner.kind.lower()}/{owner.name}"
    arguments = {"kind": owner.kind, "namespace": owner.namespace, "name": owner.name}
    return Remedy(text=text, command=command, tool="rollout_restart", arguments=arguments)


def restore(change: Change, key: str) -> Remedy:
    """Give a ConfigMap's key its former value; one that is masked or long is not printed, then it is edited by hand."""
    holder = change.resource
    place = f"kubectl -n {holder.namespace}"
    former = json.loads(change.before) if change.before else None
    arguments = {"kind": holder.kind, "namespace": holder.namespace, "name": holder.name, "key": key}
    if holder.kind != "ConfigMap" or not isinstance(former, str) or not _may_print(key, former):
        command = f"{place} edit {holder.kind.lower()} {holder.name}"
    else:
        patch = json.dumps({"data": {key: former}}, ensure_ascii=False)
        command = f"{place} patch configmap {holder.name} --type merge -p {shlex.quote(patch)}"
    text = f"Give {key} in {holder.kind} {holder.name} its former value, then restart the pods that read it."
    return Remedy(text=text, command=command, tool="config_restore", arguments=arguments)


def show_logs(pod: Object, container: str, text: str) -> Remedy:
    """Read the log of the run that crashed."""
    return Remedy(text=text, command=f"kubectl -n {pod.namespace} logs {pod.name} -c {container} --previous")


def _is_key(path: str, key: str) -> bool:
    return path in (f"data.{key}", f"data[{key}]", f"binaryData.{key}", f"binaryData[{key}]")


def _may_print(key: str, value: str) -> bool:
    return len(value) <= _LONGEST_VALUE and value.isprintable() and mask_value(key, value) == value == mask(value)
