"""Containers that crash: the log line that says why, the exit code's meaning, and what changed just before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Change, Evidence, Finding, Remedy, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import culprits, suspects
from helmward.explain.clues.pods import condition_since, containers, healthy, title
from helmward.explain.codes import Code
from helmward.explain.crashes import codes as crash_codes
from helmward.explain.crashes.crashes import Crash, LogLine, crash_of, killed_by_probe, log_line
from helmward.explain.crashes.exit_codes import meaning
from helmward.explain.crashes.log_reason import says_why
from helmward.explain.crashes.reasons import Verdict, case_of, judge
from helmward.explain.evidence import clean, of_change, of_log, of_object
from helmward.explain.probes.suspects import killed_without_word
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import StateTerminated

_OWN_REASONS = frozenset({crash_codes.CRASH, crash_codes.COMPLETES, crash_codes.PERMISSION, crash_codes.PORT_IN_USE})


@analyzer
class Crashes:
    """Reads how each container last ended; asks for the log of those that crash, and of no other."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", "Service", "Log", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = crash_codes.CODES

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each container that crashes, but for want of memory or by its own probe."""
        if healthy(pod) or pod.meta.deletion_timestamp or pod.view.status.reason or _is_one_try(pod):
            return
        for container in containers(pod):
            crash = crash_of(pod, container, world)
            if crash is None or (crash.ended is not None and crash.ended.reason == "OOMKilled"):
                continue
            if killed_by_probe(pod, crash, world) is None and killed_without_word(pod, crash, world) is None:
                yield _finding(pod, crash, world)


def _is_one_try(pod: Object) -> bool:
    """A pod that a Job does not restart is one of its tries; the Job's own failure is what counts."""
    never = pod.view.spec.restart_policy == "Never"
    return never and any(owner.kind == "Job" for owner in pod.meta.owner_references)


def _finding(pod: Object, crash: Crash, world: Lens) -> Finding:
    found = log_line(pod, crash, world)
    verdict = judge(case_of(pod, crash, found, world))
    since = crash.ended.finished_at if crash.ended else None
    name = crash.container.spec.name
    change = verdict.change or culprits.of_container(world, pod, name, since)
    if change is None and verdict.code in _OWN_REASONS:
        change = culprits.of_any_configuration(world, pod, since)
    return verdict.code.finding(
        pod,
        world,
        f"{title(world, pod)}: {_sentence(crash, verdict, found)}",
        _proof(pod, crash, verdict, found, change),
        changed=change,
        remedies=_remedies(pod, crash, verdict, change, world),
        blames=verdict.blames,
        since=condition_since(pod, "Ready"),
        severity=verdict.code.severity if crash.looping else Severity.MEDIUM,
        certainty=verdict.certainty
        or min(0.98, verdict.code.certainty + (0.05 if change else 0.0) - (0.0 if crash.ended else 0.15)),
        key=name,
    )


def _sentence(crash: Crash, verdict: Verdict, found: LogLine | None) -> str:
    count = crash.container.status.restart_count
    facts = [_exit(crash.ended, found)] if crash.ended is not None and crash.ended.reason != "StartError" else []
    facts += [f"{count} restart{'s' * (count != 1)}"] if count else []
    kind = "init container" if crash.container.init else "container"
    line = f': "{clean(found.text, 130)}"' if found is not None and verdict.by_log else ""
    note = f" ({', '.join(facts)})" if facts else ""
    return f"{kind} {crash.container.spec.name} {verdict.says}{note}{line}"


def _exit(ended: StateTerminated, found: LogLine | None) -> str:
    """The exit code and its meaning; of 1 there is nothing to say that the log's line does not say better."""
    return "exit code 1" if ended.exit_code == 1 and found is not None else meaning(ended)


def _proof(
    pod: Object, crash: Crash, verdict: Verdict, found: LogLine | None, change: Change | None
) -> Iterator[Evidence]:
    told = found is not None and verdict.by_log and says_why(found.text)
    if found is not None and told:
        yield of_log(found.ref, found.log, found.number)
    if crash.ended is not None:
        yield of_object(pod, crash.path, crash.ended)
    if crash.container.waiting is not None:
        yield of_object(pod, f"{crash.container.path}.state.waiting", crash.container.waiting)
    if found is not None and not told:
        yield of_log(found.ref, found.log, found.number)
    yield from verdict.evidence
    if change is not None:
        yield of_change(change)


def _remedies(pod: Object, crash: Crash, verdict: Verdict, change: Change | None, world: Lens) -> Iterator[Remedy]:
    owner = world.workload(pod)
    yield from verdict.remedies
    if change is not None and change.path.startswith("spec."):
        back = culprits.roll_back(
            owner, f"Roll back the change of {change.path.rpartition('.')[2]}. {verdict.code.fix}"
        )
        yield from [back] if back else []
    elif verdict.remedies:
        again = culprits.restart(owner, "Restart the pods, so that they read the restored value.")
        yield from [again] if again else []
    if verdict.blames:
        service = verdict.blames[0]
        yield Remedy(
            text=f"Mend what stands behind Service {service.name}; this workload then recovers by itself.",
            command=f"kubectl -n {service.namespace} get endpointslices -l kubernetes.io/service-name={service.name}",
        )
    if crash.container.status.restart_count:
        yield culprits.show_logs(pod, crash.container.spec.name, verdict.code.fix)
    else:
        yield Remedy(text=verdict.code.fix, command=f"kubectl -n {pod.namespace} describe pod {pod.name}")
