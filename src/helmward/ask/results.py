"""What becomes of a question: a typed command, a question back, or a refusal that says what can be asked."""

from __future__ import annotations

from typing import Any, Literal

from helmward.ask.inventory import Thing
from helmward.core.nouns import Noun

Slot = Literal[
    "target", "namespace", "kind", "pod", "container", "replicas", "revision", "incident", "action", "plan", "confirm"
]
Reason = Literal[
    "unknown",  # nothing that can be asked or done here
    "negated",  # told not to do it
    "question",  # asks about a change: whether, how, what if
    "condition",  # to be done if, when, after or until something
    "quoted",  # a change in quoted or pasted text
    "several",  # more than one thing at once, or everything
    "by-hand",  # never by words: `line` is the command to type
    "no-tool",  # there is no tool that does it
    "nothing",  # there is nothing to do it to
    "cancelled",  # the question that was asked back is dropped
    "too-long",
]


class Call(Noun, frozen=True, kw_only=True):
    """One call of a tool."""

    tool: str
    arguments: dict[str, Any]


class Slots(Noun, frozen=True, kw_only=True):
    """What a command was filled with. `identity` is the id of an incident, a plan or an action; `kind` what is listed;
    `since` how far back to look (30m), `lines` how many lines of a log; `latest`: of several, the newest one."""

    target: Thing | None = None
    namespace: str = ""
    kind: str = ""
    container: str = ""
    replicas: int | None = None
    revision: int = 0
    identity: str = ""
    previous: bool = False
    warnings: bool = False
    since: str = ""
    lines: int = 0
    latest: bool = False


class Command(Noun, frozen=True, kw_only=True):
    """What was understood, complete. `lines` are the commands of the command line that do the same; `calls` the tools behind
    it (empty: it asks Helmward itself); `notes` what was read into the words; `changes`: it plans a change."""

    intent: str
    slots: Slots
    lines: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    notes: tuple[str, ...] = ()
    changes: bool = False

    @property
    def short(self) -> str:
        """One line for comparison: `scale production/frontend 5`."""
        slots = self.slots
        place = slots.target.place if slots.target else slots.namespace
        parts = [self.intent, slots.kind if self.intent == "list" else "", slots.identity or place]
        parts += ["" if slots.replicas is None else str(slots.replicas), str(slots.revision or "")]
        parts += ["previous" if slots.previous else ""]
        return " ".join(filter(None, parts))


class Choice(Noun, frozen=True, kw_only=True):
    """One answer to a question: `text` is what the person reads, `value` what may be said for it; `thing` the object."""

    text: str
    value: str
    thing: Thing | None = None


class Question(Noun, frozen=True, kw_only=True):
    """Something is missing or may mean several things. `choices` may be empty: then `text` says what is wanted. `line` is the
    command as far as it is known."""

    slot: Slot
    text: str
    intent: str
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    line: str = ""

    @property
    def short(self) -> str:
        """`ask namespace`."""
        return f"ask {self.slot}"


class Refusal(Noun, frozen=True, kw_only=True):
    """Nothing is done. `text` says why and what can be asked; `line` the command to type where there is one."""

    reason: Reason
    text: str
    line: str = ""

    @property
    def short(self) -> str:
        """Refusals are alike to who measures."""
        return "reject"


Result = Command | Question | Refusal
