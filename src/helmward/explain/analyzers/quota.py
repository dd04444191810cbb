"""Quotas and limit ranges that keep pods from being created, by resource, and quotas that are nearly full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Change, Finding, Remedy, Resource
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, newest, resource, undo
from helmward.explain.clues.pods import title
from helmward.explain.clues.quantities import amount
from helmward.explain.clues.replicas import readiness
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.workloads import creation
from helmward.explain.workloads.creation import Refusal, refusal
from helmward.explain.workloads.quota_codes import CODES, NEARLY, RANGE, UNSPECIFIED, code_for
from helmward.explain.workloads.quota_room import Missed, full_for, missed
from helmward.world.lens import Lens
from helmward.world.objects import Object

# k8s.io/apiserver pkg/admission/plugin/resourcequota/controller.go and pkg/quota/v1/evaluator/core/pods.go
_EXCEEDED = re.compile(r"exceeded quota: ([^,\s]+), requested: (\S+), used: (\S+), limited: (\S+)")
_UNSPECIFIED = re.compile(r"failed quota: ([^:\s]+): must specify (.+)", re.S)
# plugin/pkg/admission/limitranger/admission.go
_RANGE = re.compile(
    r"(?:minimum|maximum) \S+ usage per (?:Container|Pod|PersistentVolumeClaim) is .+"
    r"|\S+ max limit to request ratio per .+",
    re.S,
)
_RESOURCES = r"^spec\.replicas$|\.resources"
_NEARLY = 0.9
_SETTLES = timedelta(seconds=30)


@analyzer
class Quota:
    """Reads why controllers could not create pods, and how full each ResourceQuota is."""

    watches: ClassVar[tuple[str, ...]] = ("ResourceQuota", *creation.KINDS)
    reads: ClassVar[tuple[str, ...]] = (
        "ResourceQuota",
        "Pod",
        "Service",
        "PersistentVolumeClaim",
        "Log",
        *creation.READS,
        *suspects.READS,
    )
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each resource of a quota (or limit range) that refuses a workload its pods."""
        if item.kind.name == "ResourceQuota":
            kept_out = list(missed(item, world))
            yield from (_kept_out(item, each, world) for each in kept_out)
            yield from () if kept_out else _nearly(item, world)
            return
        found = refusal(item, world)
        if found is None or not found.message:
            yield from _unsaid(item, found, world)
            return
        if exceeded := _EXCEEDED.search(found.message):
            yield from _exceeded(item, found, exceeded, world)
        elif unspecified := _UNSPECIFIED.search(found.message):
            name, what = unspecified.groups()
            said = f"the quota {name} admits no pod that does not specify {what}"
            yield _finding(UNSPECIFIED, item, found, said, _quota(item, name), world, name, _RESOURCES)
        elif wrong := _RANGE.search(found.message):
            said = f"the LimitRange refuses its pods: {wrong.group()}"
            yield _finding(RANGE, item, found, said, None, world, "", _RESOURCES)


def _exceeded(item: Object, found: Refusal, match: re.Match[str], world: Lens) -> Iterator[Finding]:
    quota, *lists = match.groups()
    requested, used, limited = (
        {key: value for key, _, value in (pair.partition("=") for pair in text.split(","))} for text in lists
    )
    for name in requested:
        numbers = f"requested {requested[name]}, used {used.get(name, '?')} of {limited.get(name, '?')}"
        said = f"the quota {quota} on {name} is exhausted: {numbers}"
        place = _place(name)
        yield _finding(code_for(name), item, found, said, _quota(item, quota), world, f"{quota}/{name}", place)


def _unsaid(item: Object, found: Refusal | None, world: Lens) -> Iterator[Finding]:
    """It lacks pods, nobody says why, and a quota has no room for one."""
    since = found.since if found else item.meta.creation_timestamp
    if found is None and not (creation.lacks(item, world) and world.elapsed(since, _SETTLES)):
        return
    refused = found or Refusal("", None, (readiness(item),))
    for full in full_for(item, world):
        said = f"the quota {full.quota.name} on {full.resource} leaves no room for its pods: {full.says}"
        place, key = _place(full.resource), f"{full.quota.name}/{full.resource}"
        quota = _quota(item, full.quota.name)
        yield _finding(code_for(full.resource), item, refused, said, quota, world, key, place, certainty=0.8)


def _kept_out(quota: Object, each: Missed, world: Lens) -> Finding:
    hard, used = (getattr(quota.view.status, side) or {} for side in ("hard", "used"))
    numbers = f"used {used[each.resource]} of {hard[each.resource]}"
    code = code_for(each.resource)
    message = (
        f"{quota.name}: the quota on {each.resource} is exhausted ({numbers}), and {each.kind} {each.name}, which "
        f"{each.who} needs, does not exist"
    )
    proof = [of_object(quota, ".status", quota.view.status)]
    return code.finding(
        quota, world, message, proof, remedies=[look(quota, code.fix)], key=f"{each.kind}/{each.name}",
        blames=[resource(each.kind, quota.namespace, each.name)], certainty=0.98,
    )  # fmt: skip


def _place(name: str) -> str:
    """Where a template or its replicas say how much of a quota's resource they need (`requests.memory`, `cpu`, `pods`)."""
    if "pods" in name or name.startswith("count/"):
        return r"^spec\.replicas$"
    side, _, what = name.rpartition(".")
    return rf"^spec\.replicas$|\.resources\.{side or 'requests'}\.{re.escape(what)}$|\.resources(?:\.{side or 'requests'})?$"


def _quota(item: Object, name: str) -> Resource:
    return resource("ResourceQuota", item.namespace, name)


def _finding(
    code: Code, item: Object, found: Refusal, said: str, quota: Resource | None, world: Lens, key: str, place: str,
    certainty: float | None = None,
) -> Finding:  # fmt: skip
    known = world.get("ResourceQuota", item.namespace, quota.name) if quota else None
    changes = suspects.of_workload(world, item, found.since, place)
    changes += suspects.of_workload(world, known, found.since, r"^$|^spec\.hard") if known else []
    changes.sort(key=lambda change: change.time, reverse=True)
    proof = [
        *found.proof,
        *([of_object(known, ".status", known.view.status)] if known else []),
        *map(of_change, changes[:1]),
    ]
    return code.finding(
        item, world, f"{title(world, item)}: {said}", proof, changed=newest(changes),
        remedies=list(_remedies(code, item, quota, changes, world)),
        blames=[quota] if quota else [], since=found.since, key=key, certainty=certainty,
    )  # fmt: skip


def _remedies(
    code: Code, item: Object, quota: Resource | None, changes: Sequence[Change], world: Lens
) -> Iterator[Remedy]:
    owner = world.workload(item)
    if changes and owner is not None and changes[0].path.startswith("spec.template."):
        yield undo(owner, f"Roll {owner.name} back to the template whose pods were let in.")
    shown = f"kubectl -n {item.namespace} describe " + (f"resourcequota {quota.name}" if quota else "limitrange")
    yield Remedy(text=code.fix, command=shown)


def _nearly(quota: Object, world: Lens) -> Iterator[Finding]:
    hard, used = quota.view.status.hard or {}, quota.view.status.used or {}
    full = []
    for name, limit in sorted(hard.items()):
        most, now = amount(limit), amount(used.get(name))
        if most and now is not None and now / most >= _NEARLY:
            full.append(f"{name} {used[name]} of {limit}")
    if full:
        message = f"{quota.name}: the quota of namespace {quota.namespace} is nearly full: {', '.join(full)}"
        proof = [of_object(quota, ".status", quota.view.status)]
        yield NEARLY.finding(quota, world, message, proof, remedies=[look(quota, NEARLY.fix)])
