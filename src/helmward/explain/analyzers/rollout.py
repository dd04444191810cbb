"""Rollouts that do not end: past their deadline, refused by the API server, or paused with a change waiting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Finding, Remedy, Resource
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, newest, resource
from helmward.explain.clues.pods import title
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.workloads import creation
from helmward.explain.workloads.codes import CODES, CREATE_FAILED, DENIED, PAUSED, POD_SECURITY, WEBHOOK_DOWN
from helmward.explain.workloads.creation import Refusal, refusal
from helmward.explain.workloads.rollouts import deployment, ordered
from helmward.world.lens import Lens
from helmward.world.objects import Object

_PAUSED_FOR = timedelta(minutes=10)
_QUOTA = re.compile(r"exceeded quota:|failed quota:|usage per (?:Container|Pod|Persist)|max limit to request ratio")
# k8s.io/pod-security-admission admission.go; k8s.io/apiserver pkg/admission/plugin/webhook/errors/statuserror.go
_REFUSALS: tuple[tuple[re.Pattern[str], Code], ...] = (
    (re.compile(r"violates PodSecurity \"[^\"]+\": (.+)", re.S), POD_SECURITY),
    (re.compile(r"admission webhook \"([^\"]+)\" denied the request(.*)", re.S), DENIED),
    (re.compile(r"failed calling webhook \"([^\"]+)\"(.*)", re.S), WEBHOOK_DOWN),
)
_WEBHOOK_SERVICE = re.compile(r"https://([a-z0-9-]+)\.([a-z0-9-]+)\.svc")


@analyzer
class Rollout:
    """Reads the conditions and counts of workloads, and why their controllers could not create pods."""

    watches: ClassVar[tuple[str, ...]] = creation.KINDS
    reads: ClassVar[tuple[str, ...]] = ("Pod", *creation.READS, *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """What keeps a workload's rollout from ending; quotas are another analyzer's."""
        found = refusal(item, world)
        if found is not None and not _QUOTA.search(found.message):
            yield _refused(item, found, world)
        if item.kind.name == "Deployment":
            yield from deployment(item, world)
            yield from _paused(item, world)
        elif item.kind.name in ("StatefulSet", "DaemonSet"):
            yield from ordered(item, world)


def _refused(item: Object, found: Refusal, world: Lens) -> Finding:
    code = next((code for words, code in _REFUSALS if words.search(found.message)), CREATE_FAILED)
    changes = suspects.of_workload(world, item, found.since)
    said = re.sub(r"^Error creating: ", "", found.message)
    blames: list[Resource] = []
    if code is WEBHOOK_DOWN and (service := _WEBHOOK_SERVICE.search(found.message)):
        blames.append(resource("Service", service.group(2), service.group(1)))
    command = f"kubectl -n {item.namespace} describe {item.kind.name.lower()} {item.name}"
    return code.finding(
        item, world, f"{title(world, item)}: its pods are refused{said and ': '}{said[:280]}",
        [*found.proof, *map(of_change, changes[:1])], changed=newest(changes),
        remedies=[Remedy(text=code.fix, command=command)], blames=blames, since=found.since,
    )  # fmt: skip


def _paused(item: Object, world: Lens) -> Iterator[Finding]:
    """A pause alone is a choice; a change that waits behind it for long is worth a line."""
    spec, status = item.view.spec, item.view.status
    wanted = 1 if spec.replicas is None else spec.replicas
    if not spec.paused or status.updated_replicas >= wanted:
        return
    since = next(
        (c.last_update_time or c.last_transition_time for c in status.conditions if c.type == "Progressing"), None
    )
    if not world.elapsed(since, _PAUSED_FOR):
        return
    changes = suspects.of_workload(world, item, None, r"^spec\.(template|paused)")
    counts = f"{status.updated_replicas} of {wanted} replicas run the new template"
    message = f"{item.name}: the rollout is paused and {counts}"
    command = f"kubectl -n {item.namespace} rollout resume deployment/{item.name}"
    yield PAUSED.finding(
        item, world, message, [of_object(item, ".spec.paused", "true"), *map(of_change, changes[:1])],
        changed=newest(changes),
        remedies=[Remedy(text=PAUSED.fix, command=command), look(item, "See what waits.")], since=since,
    )  # fmt: skip
