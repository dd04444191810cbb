"""Jobs that failed: how often they tried, and how and why the last try ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Evidence, Finding, Remedy, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.pods import containers, title
from helmward.explain.codes import Code
from helmward.explain.crashes.crashes import Crash, LogLine, crash_of, log_line
from helmward.explain.crashes.exit_codes import meaning
from helmward.explain.evidence import clean, of_change, of_log, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Condition

JOB_FAILED = Code(
    "HW-POD-013",
    "job-failed",
    Severity.MEDIUM,
    "The Job has given up; its work is not done, and nothing tries again.",
    "Mend what its last try names, then run the Job again.",
    certainty=0.85,
)
# Reasons of the Failed condition (k8s.io/api/batch/v1 types.go).
_REASONS = {
    "BackoffLimitExceeded": "its tries are used up",
    "DeadlineExceeded": "it ran longer than activeDeadlineSeconds",
    "PodFailurePolicy": "its podFailurePolicy says so",
    "FailedIndexes": "some of its indexes failed",
    "MaxFailedIndexesExceeded": "too many of its indexes failed",
}


@analyzer
class FailedJobs:
    """Reads the condition Failed of a Job, and the pods of its tries."""

    watches: ClassVar[tuple[str, ...]] = ("Job",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Log", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (JOB_FAILED,)

    def examine(self, job: Object, world: Lens) -> Iterator[Finding]:
        """One finding for a Job that failed, unless a later run of its CronJob went well."""
        failed = _condition(job, "Failed")
        if failed is not None and not job.meta.deletion_timestamp and not _was_made_good(job, world):
            yield _finding(job, failed, world)


def _condition(job: Object, kind: str) -> Condition | None:
    for condition in job.view.status.conditions:
        if condition.type == kind and condition.status == "True":
            found: Condition = condition
            return found
    return None


def _was_made_good(job: Object, world: Lens) -> bool:
    """A CronJob's later run is complete: what failed then does not matter now."""
    cron = world.owner(job)
    return cron is not None and any(
        _condition(other, "Complete") and (other.meta.creation_timestamp or "") > (job.meta.creation_timestamp or "")
        for other in world.owned(cron, "Job")
    )


def _finding(job: Object, failed: Condition, world: Lens) -> Finding:
    last = _last_try(job, world)
    tries = job.view.status.failed
    why = _REASONS.get(failed.reason or "", clean(failed.message or failed.reason or "", 120))
    message = (
        f"{title(world, job)}: Job {job.name} failed after {tries or 'all its'} tr{'y' if tries == 1 else 'ies'}, {why}"
    )
    number = job.view.status.conditions.index(failed)
    condition = of_object(job, f".status.conditions[{number}]", failed)
    proof: list[Evidence] = [condition]
    if last is not None:
        pod, crash, line = last
        message += f"; container {crash.container.spec.name}: {meaning(crash.ended) if crash.ended else 'it crashed'}"
        message += f': "{clean(line.text, 130)}"' if line else ""
        proof = [of_log(line.ref, line.log, line.number)] if line else []
        proof += [of_object(pod, crash.path, crash.ended)] if crash.ended else []
        proof.append(condition)
    change = next(iter(suspects.of_workload(world, job, failed.last_transition_time, r"emplate\.")), None)
    proof += [of_change(change)] if change else []
    return JOB_FAILED.finding(
        job,
        world,
        message,
        proof,
        changed=change,
        remedies=[_again(job, world)],
        since=failed.last_transition_time,
    )


def _last_try(job: Object, world: Lens) -> tuple[Object, Crash, LogLine | None] | None:
    """The latest pod that failed, with the container that did."""
    for pod in sorted(world.owned(job, "Pod"), key=lambda pod: pod.meta.creation_timestamp or "", reverse=True):
        for container in containers(pod):
            crash = crash_of(pod, container, world)
            if crash is not None and pod.view.status.phase != "Succeeded":
                return pod, crash, log_line(pod, crash, world)
    return None


def _again(job: Object, world: Lens) -> Remedy:
    cron = world.owner(job)
    place = f"kubectl -n {job.namespace}"
    if cron is not None and cron.kind.name == "CronJob":
        return Remedy(
            text=JOB_FAILED.fix, command=f"{place} create job {job.name[:50]}-again --from=cronjob/{cron.name}"
        )
    return Remedy(text=JOB_FAILED.fix, command=f"{place} logs job/{job.name} --all-containers")
