"""Where a crash can come between: before and after each durable write and each call outside. Tests enumerate and die there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class KillPoint(StrEnum):
    """The boundaries of a change, in their order."""

    PLAN_RECORDED = "a plan is in the audit log"
    PLAN_STORED = "a plan is in the state"
    APPROVAL_RECORDED = "an approval is in the audit log"
    APPROVAL_STORED = "an approval is in the state"
    DENIAL_RECORDED = "a denial is in the audit log"
    DENIAL_STORED = "a denial is in the state"
    RUN_STARTED = "the run of a plan is durable"
    RUN_STORED = "that a plan runs is in the state"
    BEFORE_INTENT = "an intent is about to be recorded"
    INTENT_RECORDED = "an intent is in the audit log"
    INTENT_STORED = "an intent is in the state"
    BEFORE_WRITE = "the write is about to be made"
    SENDING = "the object was read and is as planned; the write is about to be sent"
    WRITTEN = "the write is made"
    OUTCOME_RECORDED = "what the write did is in the audit log"
    OUTCOME_STORED = "what the write did is in the state"
    BEFORE_CHECK = "it is about to be verified"
    CHECK_RECORDED = "the verdict is in the audit log"
    CHECK_STORED = "the verdict is in the state"
    UNDO_PLANNED = "an undo is planned"
    MARK_STORED = "that an action was undone, or its undo failed, is in the state"
    PAUSE_RECORDED = "that healing pauses is in the audit log"
    RESOLVED_RECORDED = "whether the write of an abandoned action was made is in the audit log"
    END_RECORDED = "the end of a plan is in the audit log"
    END_STORED = "the end of a plan is in the state"


Reached = Callable[[KillPoint], None]


def nothing(_point: KillPoint) -> None:
    """What happens at the points outside of tests."""
