"""What was done for an incident, as moments of its timeline: planned, decided, acted, proven, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from helmward.core.nouns import Change
from helmward.core.plans import Action, Approval
from helmward.core.text import one_line
from helmward.core.times import parse_time
from helmward.door.store import Stored
from helmward.explain.evidence import describe
from helmward.world.book import Note, Tracked

_LONGEST = 300  # characters of one line


def moments(
    found: Iterable[Stored], actions: Mapping[str, Sequence[Action]], approvals: Mapping[str, Approval]
) -> list[dict[str, Any]]:
    """Each with a time, a text, and as its evidence the plan or the action that it is about."""
    told = [moment for one in found for moment in _of(one, actions.get(one.plan.id, ()), approvals.get(one.plan.id))]
    return [{"time": time, "text": one_line(text, _LONGEST), "evidence": about} for time, text, about in sorted(told)]


def told(entry: Tracked, last: Change | None, unseen: str | None) -> list[dict[str, Any]]:
    """What people said of an incident, and how it ended: `last`, the change that it ended after, if nobody acted by Helmward;
    `unseen`, why its end tells nothing."""
    said = []
    if (known := entry.acknowledged) is not None:
        said.append((known.at, f"{known.by} acknowledged it{_because(known)}"))
    if (quiet := entry.suppressed) is not None:
        until = (quiet.until or "")[:16].replace("T", " ")
        said.append((quiet.at, f"{quiet.by} suppressed it until {until} UTC{_because(quiet)}"))
    if last is not None:
        said.append((last.time, f"{last.resource.kind} {last.resource.name}: {of_change(last)}"))
    if entry.resolved:
        said.append((entry.resolved, unseen or "resolved"))
    return [{"time": time, "text": one_line(text, _LONGEST), "evidence": entry.id} for time, text in sorted(said)]


def of_change(change: Change) -> str:
    """A change in words, without when it was."""
    return describe(change).removesuffix(f" at {change.time}")


def merged(timeline: Sequence[dict[str, Any]], done: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Both in one order; of the same instant, what happened comes before what was done about it."""
    return sorted([*timeline, *done], key=_when)


def _because(note: Note) -> str:
    return f": {note.reason}" if note.reason else ""


def _when(moment: Mapping[str, Any]) -> float:
    """As an instant: as text, a whole second sorts behind its fractions."""
    when = parse_time(moment["time"])
    return when.timestamp() if when else 0.0


def _of(one: Stored, actions: Sequence[Action], approval: Approval | None) -> Iterator[tuple[str, str, str]]:
    plan = one.plan
    asked = f"{plan.requester.name} planned: {plan.title} ({plan.decision.verdict})"
    yield plan.created, asked, plan.id
    if approval is not None:
        glass = ", breaking the glass" if approval.break_glass else ""
        reason = f": {approval.reason}" if approval.reason else ""
        yield approval.time, f"{approval.approver.name} ({approval.role}) approved {plan.id}{glass}{reason}", plan.id
    for action in actions:
        title = plan.steps[action.number].title
        if action.acted:
            yield action.acted, f"{title}: written", action.id
        # `ended` is when an act was proven or failed; that it was taken back is told by the plan which did so.
        if action.ended and action.state not in ("undone", "undoing"):
            word = "proven" if action.state == "done" else action.state
            yield action.ended, f"{title}: {word}: {action.text}", action.id
    if one.state == "expired":
        yield plan.expires, f"{plan.id} expired: {one.text}", plan.id
    elif one.state == "denied":
        yield one.changed, f"{plan.id} was {one.text}", plan.id
    elif one.state in ("killed", "failed"):  # when a plan became void, nobody has written down
        yield one.changed, f"{plan.id} {one.state}: {one.text}", plan.id
