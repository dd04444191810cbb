"""Why nothing is done, in a sentence, and what can be asked instead."""

from __future__ import annotations

from helmward.ask.grammar import Reading
from helmward.ask.results import Reason, Refusal

CAN = (
    "why is payment-service down?",
    "incidents in production",
    "status",
    "logs of frontend (the previous ones too)",
    "events in production",
    "describe frontend",
    "list pods in production",
    "top nodes",
    "rollout history of frontend",
    "what changed in production?",
    "what did you do?",
    "who approved the last plan?",
    "restart frontend in production",
    "scale frontend to 5",
    "roll back frontend",
    "evict pod frontend-6b7c…",
    "restore the ConfigMap payment-config",
    "fix payment-service",
    "undo that",
    "deny plan-…",
)
"""An example of each thing that can be said, in English; Korean works as well."""

_TEXTS: dict[Reason, str] = {
    "unknown": "That is nothing I can look up or do. Try for example: why is payment-service down?, logs of frontend, "
    "restart frontend in production; `helmward ask help` lists more.",
    "negated": "Nothing was done: you said not to.",
    "question": "Nothing was done: that asks about a change and does not ask for it. To see what a change would do, ask for "
    "it plainly (restart frontend): its plan is shown before anything happens.",
    "condition": "Nothing was done: a change is planned now or not at all, never for later and under no condition. Say it when "
    "it shall be done.",
    "quoted": "Nothing was done: what stands in quotes or was pasted is data, not a request. Say it in your own words.",
    "several": "Nothing was done: ask for one thing on one object at a time, so that each can be shown before it is done.",
    "no-tool": "There is no tool that does that; `helmward tools list` shows what can be done.",
    "nothing": "There is nothing to do.",
    "cancelled": "All right, nothing was done.",
    "too-long": "That is too long for a question: ask in one line of at most 2000 characters.",
    "by-hand": "That is never done by words; type the command.",
}


def refusal(reason: Reason, text: str = "", line: str = "") -> Refusal:
    """The refusal for a reason, with its own sentence where none is given."""
    return Refusal(reason=reason, text=text or _TEXTS[reason], line=line)


def by_hand(reading: Reading, plan: str) -> Refusal:
    """The command to type for what words never do. `plan` is the one last spoken of ("": none)."""
    identity = next(iter(reading.ids), plan)
    named = reading.targets[0] if reading.targets else None
    place = (
        f"namespace={named.things[0].namespace} name={named.name}" if named and named.things else "namespace=… name=…"
    )
    lines = {
        "KILLSWITCH": "helmward kill all --reason …",
        "REVIVE": "helmward revive all --reason …",
        "FORCE": f"helmward tools run pods_delete_bare {place}",
        "APPROVE": f"helmward approve {identity or 'plan-…'}",
        "ACK": f"helmward ack {identity or 'inc-…'} --reason …",
        "SUPPRESS": f"helmward suppress {identity or 'inc-…'} --for 2h --reason …",
    }
    line = next(text for tag, text in lines.items() if reading.has(tag))
    return refusal("by-hand", f"That is never done by words; type it yourself: `{line}`", line)
