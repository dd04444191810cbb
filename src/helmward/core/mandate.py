"""A mandate: the right to make one write, to one object, for one action. The door alone makes them."""

from __future__ import annotations

from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.nouns import Noun, Resource
from helmward.core.plans import Anchor, FieldChange, Step, Verb


class Mandate(Noun, frozen=True, kw_only=True):
    """What a writer may do: `verb` on the object with this `uid`, and of its values only `changes`, whose before-values,
    with the `anchors` and the `generation` (None: any), are the precondition. `action` is written onto the object."""

    action: str
    resource: Resource
    api_path: str
    uid: str
    verb: Verb
    changes: tuple[FieldChange, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    generation: int | None = None


def mandate_for(action: str, step: Step) -> Mandate:
    """What an action may write: its step, and nothing else."""
    return Mandate(
        action=action,
        resource=step.resource,
        api_path=step.api_path,
        uid=step.uid,
        verb=step.verb,
        changes=step.changes,
        anchors=step.anchors,
        generation=step.generation,
    )


class Written(Noun, frozen=True, kw_only=True):
    """What a write left: the object's resourceVersion ("" for one that is gone). `repeated`: it had been made before."""

    version: str = ""
    repeated: bool = False


class Drifted(HelmwardError):
    """The object is no longer as planned: another UID, or a touched value that somebody changed. Nothing was written."""


class SpentMandate(DeniedError):
    """The writer was used, or its mandate does not cover what it was asked."""


class DisruptionRefused(DeniedError):
    """A PodDisruptionBudget does not allow the eviction now."""
