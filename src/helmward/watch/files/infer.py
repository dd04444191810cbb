"""What printed text leaves out but other parts of the input tell: owners, container names, reasons, target ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helmward.watch.files import templates
from helmward.watch.files.drafts import Draft, Rank, Ref, dicts, inner
from helmward.world.kinds import KINDS

# The alphabet of names that controllers generate (apimachinery's rand.SafeEncodeString).
_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_OF_DEPLOYMENT = re.compile(rf"(.+)-({_SAFE}{{1,10}})")
_GENERATED = re.compile(rf"(.+)-{_SAFE}{{5}}")
_ORDINAL = re.compile(r"(.+)-\d+")
_PRINTED = (Rank.WIDE, Rank.TABLE)
UNKNOWN_PORT = 0
Found = Mapping[Ref, Draft]
Logged = Mapping[tuple[str, str], Mapping[str, bool]]
"""By namespace and pod: the containers that have a log, and whether a previous run of theirs has one."""


def infer(found: Found, logged: Logged) -> None:
    """Complete drafts of printed text in place; only what is left open is filled, only by what is there."""
    scheduling = _scheduling(found)
    for draft in found.values():
        if draft.rank in _PRINTED and draft.kind.name in ("Pod", "ReplicaSet", "Job"):
            _own(draft, found)
    templates.complete(found)
    for draft in found.values():
        if draft.rank in _PRINTED and draft.kind.name == "Pod":
            _name_containers(draft, found, logged)
        for port in _untargeted(draft):
            port["targetPort"] = UNKNOWN_PORT  # absent, it would mean that it equals the port
        if draft.kind.name == "Pod" and draft.name in scheduling and draft.rank > Rank.WRITTEN:
            _explain_pending(draft, scheduling[draft.name])


def _own(draft: Draft, found: Found) -> None:
    metadata = draft.decoded()["metadata"]
    if metadata.get("ownerReferences"):
        return
    for kind, name in _candidates(draft.kind.name, draft.name):
        if (kind, draft.namespace, name) in found:
            reference = {"apiVersion": KINDS[kind].api, "kind": kind, "name": name, "controller": True}
            metadata["ownerReferences"] = [reference]
            return


def _candidates(kind: str, name: str) -> Iterator[tuple[str, str]]:
    """(kind, name) of what may own an object of that name, the likeliest first."""
    if kind == "ReplicaSet":
        if match := _OF_DEPLOYMENT.fullmatch(name):
            yield "Deployment", match.group(1)
        return
    if kind == "Job":
        if match := _ORDINAL.fullmatch(name):
            yield "CronJob", match.group(1)
        return
    if match := _GENERATED.fullmatch(name):
        above = match.group(1)
        yield "ReplicaSet", above
        yield "DaemonSet", above
        yield "Job", above
        if upper := _OF_DEPLOYMENT.fullmatch(above):
            yield "Deployment", upper.group(1)
    if match := _ORDINAL.fullmatch(name):
        yield "StatefulSet", match.group(1)


def _name_containers(draft: Draft, found: Found, logged: Logged) -> None:
    """A table counts containers without naming them; their workload's template or their logs do."""
    statuses = dicts(inner(draft.decoded(), "status").get("containerStatuses"))
    logs = logged.get((draft.namespace, draft.name), {})
    names = _template_names(draft, found) or sorted(name for name in logs if name)
    if len(names) != len(statuses) or any(status.get("name") for status in statuses):
        return
    # What has a log of a previous run has been restarted: the likeliest to be the one that is not ready.
    names.sort(key=lambda name: not logs.get(name, False))
    for status, name in zip(sorted(statuses, key=lambda status: bool(status.get("ready"))), names, strict=True):
        status["name"] = name


def _template_names(draft: Draft, found: Found) -> list[str]:
    for reference in dicts(inner(draft.decoded(), "metadata").get("ownerReferences")):
        owner = found.get((str(reference.get("kind")), draft.namespace, str(reference.get("name"))))
        if owner is not None:
            template = inner(inner(inner(owner.decoded(), "spec"), "template"), "spec")
            return [str(container.get("name")) for container in dicts(template.get("containers"))]
    return []


def aim(found: Found) -> None:
    """A table prints no targetPort. One port and one port of its endpoints belong together."""
    for draft in found.values():
        ports = _untargeted(draft)
        endpoints = found.get(("Endpoints", draft.namespace, draft.name))
        subsets = dicts(endpoints.decoded().get("subsets")) if ports and endpoints is not None else []
        targets = {port.get("port") for subset in subsets for port in dicts(subset.get("ports"))}
        if len(ports) == len(targets) == 1:
            ports[0]["targetPort"] = targets.pop()


def _untargeted(draft: Draft) -> list[dict[str, Any]]:
    if draft.kind.name != "Service" or draft.rank not in _PRINTED:
        return []
    ports = dicts(inner(draft.decoded(), "spec").get("ports"))
    return [port for port in ports if not port.get("targetPort")]


def _scheduling(found: Found) -> dict[str, tuple[str, str]]:
    """By pod name: (namespace, message) of its last FailedScheduling Event."""
    last: dict[str, tuple[str, str, str]] = {}
    for ref, draft in found.items():
        if ref[0] != "Event" or draft.rank <= Rank.WRITTEN:
            continue
        event = draft.decoded()
        about = inner(event, "involvedObject")
        if event.get("reason") == "FailedScheduling" and about.get("kind") == "Pod":
            said = (str(event.get("lastTimestamp") or ""), str(about.get("namespace")), str(event.get("message")))
            name = str(about.get("name"))
            last[name] = max(said, last.get(name, ("", "", "")))
    return {name: (namespace, message) for name, (_, namespace, message) in last.items()}


def _explain_pending(draft: Draft, said: tuple[str, str]) -> None:
    """The scheduler writes its Event and the reason of PodScheduled=False from the same error."""
    namespace, message = said
    for condition in dicts(inner(draft.decoded(), "status").get("conditions")):
        unexplained = condition.get("status") == "False" and not condition.get("reason")
        if condition.get("type") == "PodScheduled" and unexplained and namespace == draft.namespace:
            condition |= {"reason": "Unschedulable", "message": message}
