"""Job → Pods until enough have succeeded or too many failed (pkg/controller/job)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from helmward.core.times import parse_time
from helmward.lab.embedded.bodies import Body, Key, at, is_true, meta, now
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.controllers.recorder import Recorder
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change

# DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff, in seconds.
_FIRST_BACKOFF, _LAST_BACKOFF = 10.0, 600.0

_Verdict = tuple[str, str, str]
_EXCEEDED: _Verdict = ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LONG: _Verdict = ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
_COMPLETE: _Verdict = ("Complete", "CompletionsReached", "Reached expected number of succeeded pods")


class JobController:
    """Runs Jobs of NonIndexed completion mode."""

    watches: ClassVar[tuple[str, ...]] = ("Job", "Pod")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("job-controller")
        self._recorder = Recorder(registry, "job-controller", self._by)

    def keys(self, change: Change) -> Iterable[Key]:
        """The Job itself, or the one a pod belongs to."""
        return [change.now.key] if change.kind == "Job" else owned.controllers(change, "Job")

    def sync(self, key: Key) -> float | None:
        """Create or end pods, then tell the status."""
        found = self._store.get("Job", *key)
        if found is None or meta(found.body).get("deletionTimestamp"):
            return None
        job = found.copy()
        if is_true(job, "Complete") or is_true(job, "Failed"):
            return self._expire(job)
        pods = owned.claim(self._registry, "Pod", job, self._by)
        job.setdefault("status", {}).setdefault("startTime", now())
        verdict = _verdict(job, pods)
        pause = None
        if verdict or at(job, "spec", "suspend"):
            self._end(owned.active(pods))
        else:
            pause = self._create(job, pods)
        self._tell(job, verdict)
        return pause if pause is not None else _deadline(job)

    def _create(self, job: Body, pods: Sequence[Body]) -> float | None:
        missing = _wanted(job, pods) - len(owned.active(pods))
        pause = _backoff(pods)
        if missing > 0 and pause > 0:
            return pause
        for _ in range(missing):
            pod = owned.pod_from(at(job, "spec", "template"), job)
            try:
                created = self._registry.create(KINDS["Pod"], meta(job)["namespace"], pod, self._by)
            except ApiFailure as failure:
                self._recorder.event(job, "Warning", "FailedCreate", f"Error creating: {failure.message}")
                return _FIRST_BACKOFF
            self._recorder.event(job, "Normal", "SuccessfulCreate", f"Created pod: {created.key[1]}")
        if missing < 0:
            self._end(sorted(owned.active(pods), key=owned.deletion_rank)[:-missing])
        return None

    def _end(self, pods: Iterable[Body]) -> None:
        for pod in pods:
            delete(self._registry, KINDS["Pod"], (meta(pod)["namespace"], meta(pod)["name"]), DeleteOptions())

    def _tell(self, job: Body, verdict: _Verdict | None) -> None:
        pods = owned.claim(self._registry, "Pod", job, self._by)
        before, active = job["status"], [] if verdict else owned.active(pods)
        status: Body = {"startTime": before["startTime"], "ready": sum(map(owned.ready, active)), "terminating": 0}
        counts = {
            "active": len(active),
            "succeeded": max(before.get("succeeded") or 0, len(_in(pods, "Succeeded"))),
            "failed": max(before.get("failed") or 0, len(_in(pods, "Failed"))),
        }
        status |= {name: count for name, count in counts.items() if count}
        status["uncountedTerminatedPods"] = {}
        conditions = _conditions(job, verdict)
        status |= {"conditions": conditions} if conditions else {}
        if verdict and verdict[0] == "Complete":
            status["completionTime"] = now()
        key = (meta(job)["namespace"], meta(job)["name"])
        stored = self._registry.get("Job", *key)
        if status != stored.body.get("status"):
            self._registry.update(KINDS["Job"], key, lambda body: body | {"status": status}, self._by, "status")
            self._announce(job, verdict)

    def _announce(self, job: Body, verdict: _Verdict | None) -> None:
        if verdict and verdict[0] == "Complete":
            self._recorder.event(job, "Normal", "Completed", "Job completed")
        elif verdict:
            self._recorder.event(job, "Warning", verdict[1], verdict[2])

    def _expire(self, job: Body) -> float | None:
        seconds = at(job, "spec", "ttlSecondsAfterFinished")
        ends = [item.get("lastTransitionTime") for item in at(job, "status", "conditions") or []]
        moment = parse_time(max(filter(None, ends), default=None))
        if seconds is None or moment is None:
            return None
        left = float(seconds) - (datetime.now(UTC) - moment).total_seconds()
        if left <= 0:
            delete(self._registry, KINDS["Job"], (meta(job)["namespace"], meta(job)["name"]), DeleteOptions())
        return left if left > 0 else None


def _in(pods: Iterable[Body], phase: str) -> list[Body]:
    return [pod for pod in pods if at(pod, "status", "phase") == phase]


def _verdict(job: Body, pods: Sequence[Body]) -> _Verdict | None:
    limit, restarts = at(job, "spec", "backoffLimit"), 0
    failed, succeeded = len(_in(pods, "Failed")), len(_in(pods, "Succeeded"))
    if at(job, "spec", "template", "spec", "restartPolicy") == "OnFailure":
        restarts = sum(_restarts(pod) for pod in owned.active(pods))
    if failed > limit or (restarts and restarts >= limit):
        return _EXCEEDED
    left = _deadline(job)
    if left is not None and left <= 0:
        return _TOO_LONG
    completions = at(job, "spec", "completions")
    if completions is None:
        return _COMPLETE if succeeded and not owned.active(pods) else None
    return _COMPLETE if succeeded >= completions else None


def _restarts(pod: Body) -> int:
    return sum(status.get("restartCount") or 0 for status in at(pod, "status", "containerStatuses") or [])


def _wanted(job: Body, pods: Sequence[Body]) -> int:
    succeeded, parallel = len(_in(pods, "Succeeded")), int(at(job, "spec", "parallelism"))
    completions = at(job, "spec", "completions")
    if completions is None:
        return len(owned.active(pods)) if succeeded else parallel
    return min(parallel, int(completions) - succeeded)


def _backoff(pods: Sequence[Body]) -> float:
    """Seconds to wait after failures: 10, 20, 40 … since the last one."""
    failed = _in(pods, "Failed")
    ends = [moment for pod in failed if (moment := _finished_at(pod))]
    if not ends:
        return 0.0
    pause = min(_FIRST_BACKOFF * 2.0 ** (len(failed) - 1), _LAST_BACKOFF)
    return pause - (datetime.now(UTC) - max(ends)).total_seconds()


def _finished_at(pod: Body) -> datetime | None:
    statuses = at(pod, "status", "containerStatuses") or []
    ends = [at(status, "state", "terminated", "finishedAt") for status in statuses]
    return parse_time(max(filter(None, ends), default=None))


def _deadline(job: Body) -> float | None:
    seconds, began = at(job, "spec", "activeDeadlineSeconds"), parse_time(at(job, "status", "startTime"))
    if seconds is None or began is None:
        return None
    return float(seconds) - (datetime.now(UTC) - began).total_seconds()


def _conditions(job: Body, verdict: _Verdict | None) -> list[Body]:
    before: list[Body] = [item for item in at(job, "status", "conditions") or [] if item["type"] != "Suspended"]
    was = next((item for item in at(job, "status", "conditions") or [] if item["type"] == "Suspended"), None)
    suspended = bool(at(job, "spec", "suspend"))
    if was is not None and (was["status"] == "True") == suspended:
        before.append(was)
    elif suspended:
        before.append(_condition("Suspended", "True", "JobSuspended", "Job suspended"))
    elif was is not None:
        before.append(_condition("Suspended", "False", "JobResumed", "Job resumed"))
    if verdict:
        type_, reason, message = verdict
        # Since 1.31 a job first announces its end.
        first = "SuccessCriteriaMet" if type_ == "Complete" else "FailureTarget"
        before += [_condition(each, "True", reason, message) for each in (first, type_)]
    return before


def _condition(type_: str, status: str, reason: str, message: str) -> Body:
    moment = now()
    times = {"lastProbeTime": moment, "lastTransitionTime": moment}
    return {"type": type_, "status": status, **times, "reason": reason, "message": message}
