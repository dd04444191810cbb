"""The nouns of a change: what is planned, decided, approved and done. Like those of nouns.py: frozen, camelCase in JSON.

In a `FieldChange` None stands for "not there": Kubernetes itself treats null and absence alike.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, Literal

import msgspec

from helmward.core.nouns import Actor, Noun, Resource

Verdict = Literal["allow", "ask", "deny"]
Verb = Literal["patch", "evict", "delete"]
PlanState = Literal[
    "refused", "waiting", "approved", "running", "done", "failed", "undone", "denied", "expired", "void", "killed"
]
ActionState = Literal["planned", "intended", "acted", "done", "failed", "undone", "undoing"]

ENDED: frozenset[str] = frozenset({"refused", "done", "failed", "undone", "denied", "expired", "void", "killed"})
"""States in which nothing more happens to a plan by itself."""


class Effect(StrEnum):
    """What a tool does to the world outside. The annotations of MCP follow from it."""

    READ = "READ"
    MUTATE = "MUTATE"
    DESTRUCTIVE = "DESTRUCTIVE"


class Decision(Noun, frozen=True, kw_only=True):
    """What policy says. `approvers` are the roles that may approve what is asked; `rule` is what decided."""

    verdict: Verdict
    reason: str
    approvers: tuple[str, ...] = ()
    rule: str = ""


class FieldChange(Noun, frozen=True, kw_only=True):
    """One value that changes. `path` is a JSON Pointer (RFC 6901) into the object.

    `symbolic`: the after-value is only known when it is written ("time": RFC 3339 of the act); `after` then describes it.
    """

    path: str
    before: Any = None
    after: Any = None
    symbolic: Literal["time"] | None = None


class Anchor(Noun, frozen=True, kw_only=True):
    """A value that must stay as it is for the change to mean what was planned: the name of the container at an index."""

    path: str
    value: Any


class Blast(Noun, frozen=True, kw_only=True):
    """What a change can hurt: objects, the share of the workload's replicas (0..1), namespaces; in words, who depends on it."""

    objects: int = 1
    replicas_share: float = 0.0
    namespaces: int = 1
    text: str = ""


class Managed(Noun, frozen=True, kw_only=True):
    """Who manages the touched fields. `reverted_by`: a controller that would put them back (argocd, flux, hpa, operator …);
    `overwritten_by`: what overwrites them later (helm). `where` says where to change it instead."""

    text: str = ""
    managers: dict[str, str | None] = msgspec.field(default_factory=dict)
    reverted_by: str | None = None
    overwritten_by: str | None = None
    where: tuple[str, ...] = ()


class Step(Noun, frozen=True, kw_only=True):
    """One planned action on one object: one write, under the preconditions it names.

    `uid` is the object's; `generation` is set only where the change rests on the whole spec; `success` and `undo` are
    sentences for people; `irreversible` says why there is no undo (None: there is one); `deadline` is how many seconds
    the success may take; `api_path` is the object's URL path.
    """

    tool: str
    arguments: dict[str, Any]
    effect: Effect
    permission: str
    resource: Resource
    api_path: str
    uid: str
    verb: Verb = "patch"
    changes: tuple[FieldChange, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    generation: int | None = None
    managed: Managed = Managed()
    blast: Blast = Blast()
    title: str = ""
    success: str = ""
    undo: str = ""
    irreversible: str | None = None
    deadline: float = 120.0

    @property
    def promise(self) -> dict[str, Any]:
        """What an approval binds: tool, arguments, object, preconditions, and each value before → after."""
        return {
            "tool": self.tool,
            "arguments": self.arguments,
            "resource": msgspec.to_builtins(self.resource),
            "uid": self.uid,
            "verb": self.verb,
            "generation": self.generation,
            "anchors": [[anchor.path, anchor.value] for anchor in self.anchors],
            "changes": [[change.path, change.before, change.symbolic or change.after] for change in self.changes],
        }


def digest_of(steps: tuple[Step, ...]) -> str:
    """SHA-256 (hex) over what the steps promise, in canonical JSON. Never status, managedFields or times."""
    return hashlib.sha256(_canonical.encode([step.promise for step in steps])).hexdigest()


_canonical = msgspec.json.Encoder(order="deterministic")


class Plan(Noun, frozen=True, kw_only=True):
    """What was asked for, filled in and dry-run. Frozen: whoever wants another change makes another plan.

    `requester` asks; `undo_of` names the action this plan takes back; `decision` is what policy said when it was made, and
    `policy` that policy's hash; `cures` are the findings that must be gone when it has helped; `override_seconds`: it
    touches what a controller owns, so it is taken back after so long (None: it stays); times are RFC 3339.
    """

    id: str
    requester: Actor
    environment: str
    steps: tuple[Step, ...]
    digest: str
    decision: Decision
    created: str
    expires: str
    title: str = ""
    reason: str = ""
    incident: str | None = None
    severity: str | None = None
    undo_of: str | None = None
    cures: tuple[str, ...] = ()
    policy: str = ""
    override_seconds: float | None = None

    def action_id(self, number: int) -> str:
        """The id that the write of step `number` (from 0) carries: the same each time it is asked."""
        name = self.id.removeprefix("plan-")
        return f"act-{name}" if len(self.steps) == 1 else f"act-{name}-{number + 1}"


class Approval(Noun, frozen=True, kw_only=True):
    """Somebody's yes to exactly one plan, once. `record` is the number of the audit record that makes it count."""

    plan: str
    digest: str
    approver: Actor
    role: str
    time: str
    expires: str
    policy: str
    record: int
    reason: str = ""
    break_glass: bool = False
    single_operator: bool = False


class Outcome(Noun, frozen=True, kw_only=True):
    """How an action ended, in a sentence, with the proof. `state` as in `Action`."""

    state: ActionState
    text: str
    proof: tuple[str, ...] = ()


class Action(Noun, frozen=True, kw_only=True):
    """One step of a plan as it is done. `acted` is when its write was made; `standing` are the findings at high or above
    that stood around the target before."""

    id: str
    plan: str
    number: int
    tool: str
    resource: Resource
    state: ActionState
    text: str = ""
    proof: tuple[str, ...] = ()
    intended: str | None = None
    acted: str | None = None
    ended: str | None = None
    standing: tuple[str, ...] = ()
    undo_plan: str | None = None
