"""The scheduler's verdict on a pod, read from its message: which predicate rejected how many nodes.

The message is `0/N nodes are available: <PreFilter message>. <count reason, …>. preemption: …`
(pkg/scheduler/framework/types.go, FitError.Error); the reasons are those of the plugins in framework/plugins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helmward.core.nouns import Evidence
from helmward.explain.evidence import of_event, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object

_HEAD = re.compile(r"0/(\d+) nodes are available:?\s*(.*)", re.S)
_REASON_START = r"\d+ (?:Insufficient|Too many|node\(s\)|No preemption|Preemption|cannot allocate)"
_SPLIT = re.compile(rf"(?:\.|,) (?={_REASON_START})")
_COUNTED = re.compile(r"(\d+) (.+)", re.S)


class Rejection(NamedTuple):
    """`nodes` nodes were rejected for `reason`, the plugin's own words."""

    nodes: int
    reason: str


class Verdict(NamedTuple):
    """What the scheduler said last. `total` is the number of nodes it looked at; `since` when it first said no."""

    total: int
    rejections: tuple[Rejection, ...]
    message: str
    since: str | None
    proof: tuple[Evidence, ...]


def verdict(pod: Object, world: Lens) -> Verdict | None:
    """The scheduler's refusal of a pod, from the PodScheduled condition or else its latest FailedScheduling Event."""
    events = [event for event in world.events(pod, "FailedScheduling") if event.view.message]
    for number, condition in enumerate(pod.view.status.conditions):
        if condition.type == "PodScheduled" and condition.status == "False":
            message = condition.message or (events[-1].view.message if events else "")
            proof = [of_object(pod, f".status.conditions[{number}]", condition)]
            proof += [of_event(events[-1])] if events else []
            return _verdict(message, condition.last_transition_time, tuple(proof))
    if not events:
        return None
    first = events[-1].view.first_timestamp or events[-1].view.last_seen
    return _verdict(events[-1].view.message, first, (of_event(events[-1]),))


def rejections(message: str) -> tuple[int, tuple[Rejection, ...]]:
    """(nodes looked at, rejections) of a FailedScheduling message; (0, ()) where it names no nodes."""
    head = _HEAD.search(message)
    if head is None:
        return 0, ()
    total = int(head.group(1))
    body = head.group(2).partition(" preemption: ")[0].partition("preemption: ")[0].strip().removesuffix(".")
    # What plugins say after the filters (`no new claims to deallocate,` of dynamicresources) follows a full stop.
    parts = [part.partition(". ")[0].strip() for part in _SPLIT.split(body)]
    found = [_rejection(part, total) for part in parts if part]
    return total, tuple(sorted(found, key=lambda rejection: -rejection.nodes))


def _rejection(part: str, total: int) -> Rejection:
    counted = _COUNTED.fullmatch(part)
    return Rejection(int(counted.group(1)), counted.group(2)) if counted else Rejection(total, part)


def _verdict(message: str, since: str | None, proof: tuple[Evidence, ...]) -> Verdict:
    total, found = rejections(message)
    return Verdict(total, found, message, since, proof)
