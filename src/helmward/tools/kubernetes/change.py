"""What every tool shares that changes one object by one patch: its step, whether its values stand, and its undo."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

import msgspec

from helmward.core.errors import UsageError
from helmward.core.mandate import Drifted, Mandate, mandate_for
from helmward.core.nouns import Resource
from helmward.core.plans import Blast, FieldChange, Managed, Step
from helmward.core.pointers import value_at
from helmward.door.tool import ChangeTool, Planning, Reader, Settled
from helmward.tools.kubernetes.differences import anchors_of
from helmward.tools.kubernetes.objects import Document, controllers, path_of, read, resource_of
from helmward.tools.kubernetes.ownership import controllers_of, managed
from helmward.tools.kubernetes.secrecy import refuse_secrets
from helmward.world.kinds import Kind

ACTION = "helmward.dev/action"
"""The annotation with which a write names its action (adapters/clients/kubernetes/patching.py writes it)."""

REHEARSAL = "act-rehearsal"
"""The action id of dry runs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a tool found out: the object, what of it changes, and what to tell about it."""

    kind: Kind
    document: Document
    changes: tuple[FieldChange, ...]
    title: str
    success: str
    undo: str
    blast: Blast = field(default_factory=Blast)
    whole_spec: bool = False
    deadline: float = 120.0


class PatchTool(ChangeTool):
    """A change of one object. A tool writes `draft`, and `reached` where success is more than the values standing."""

    async def plan(self, arguments: Any, given: Planning) -> Step:
        """The step of the draft, its owners named, rehearsed at the server."""
        return await self.filled(arguments.model_dump(), await self.draft(arguments, given), given)

    @abstractmethod
    async def draft(self, arguments: Any, given: Planning) -> Draft:
        """What would change. Raises UsageError where there is nothing to change, or nothing of that name."""

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """What these changes of the document, as it stands, can hurt, in words."""
        return "changes one object"

    def reached(self, step: Step, document: Document) -> Settled:
        """Has the object, whose values are ours, come to what was wanted?"""
        return Settled(state="yes", text="the values stand as written")

    async def settled(self, step: Step, action: str, reader: Reader) -> Settled:
        """Not once somebody else has changed the values; else as `reached` says."""
        document, stands = await self._look(step, reader)
        return stands if stands.state == "no" else self.reached(step, document)

    async def stands(self, step: Step, action: str, reader: Reader) -> Settled:
        """The values are there: what an undo is proven by."""
        found = (await self._look(step, reader))[1]
        return Settled(state="yes", text="the values from before stand again") if found.state == "yes" else found

    async def _look(self, step: Step, reader: Reader) -> tuple[Document, Settled]:
        kind = _kind_of(step)
        try:
            document = await read(reader, kind, step.resource.namespace, step.resource.name)
        except UsageError as error:
            return {}, Settled(state="no", text=str(error))
        for change in step.changes:
            found = value_at(document, change.path)
            ours = found not in (None, change.before) if change.symbolic else found == change.after
            if not ours:
                return document, Settled(state="no", text=f"{change.path} was changed by somebody else meanwhile")
        return document, Settled(state="yes", text="the values stand as written")

    async def undo(self, step: Step, action: str, given: Planning) -> Step:
        """The before-values again, where what stands is what we wrote."""
        kind = _kind_of(step)
        try:
            document = await read(given.reader, kind, step.resource.namespace, step.resource.name)
        except UsageError as error:
            raise Drifted(f"{action} cannot be undone: {error}") from None
        if value_at(document, "/metadata/uid") != step.uid:
            raise Drifted(f"{action} cannot be undone: {step.resource} was deleted and made anew.")
        back = tuple(_reversed(document, change, step, action) for change in step.changes)
        # Policy has decided how much may be hurt when it allowed what is taken back; what the way back does is told anew.
        reach = msgspec.structs.replace(step.blast, text=self.reach(kind, document, back, given))
        draft = Draft(
            kind=kind,
            document=document,
            changes=back,
            title=f"restore {step.resource}",
            success="the values from before stand again; nothing else is looked at",
            undo="none: what it takes back can be planned anew",
            blast=reach,
            deadline=step.deadline,
        )
        return await self.filled(step.arguments, draft, given)

    async def filled(self, arguments: dict[str, Any], draft: Draft, given: Planning) -> Step:
        """The step of a draft. Raises Drifted and KubernetesError where the server would not take it."""
        document, resource = draft.document, resource_of(draft.kind, draft.document)
        if not draft.changes:
            raise UsageError(f"{resource} is as wanted already; there is nothing to change.")
        refuse_secrets(document, draft.changes)
        step = Step(
            tool=self.name,
            arguments=arguments,
            effect=self.effect,
            permission=self.permission,
            resource=resource,
            api_path=path_of(draft.kind, resource.namespace, resource.name),
            uid=value_at(document, "/metadata/uid"),
            changes=draft.changes,
            anchors=anchors_of(document, draft.changes),
            generation=value_at(document, "/metadata/generation") if draft.whole_spec else None,
            managed=await self._managed(draft, given),
            blast=draft.blast,
            title=draft.title,
            success=draft.success,
            undo=draft.undo,
            irreversible=self.irreversible,
            deadline=draft.deadline,
        )
        rehearsed = await given.rehearse(rehearsal(step))
        return msgspec.structs.replace(step, changes=tuple(_kept(one, rehearsed, resource) for one in step.changes))

    async def _managed(self, draft: Draft, given: Planning) -> Managed:
        # A list leaves out what its items are; a single object says so itself.
        item = {"apiVersion": draft.kind.api, "kind": draft.kind.name, **draft.document}
        paths = [change.path for change in draft.changes]
        related = await controllers(given.reader, item, paths)
        return managed(controllers_of(item, related=related, paths=paths))


def _kind_of(step: Step) -> Kind:
    """The kind of the step's object, with the plural that its URL has: of a custom resource nothing else tells it."""
    plural, resource = step.api_path.split("/")[-2], step.resource
    return Kind(resource.kind, resource.api_version, plural, bool(resource.namespace))


def _kept(change: FieldChange, rehearsed: Document, resource: Resource) -> FieldChange:
    """The change as the server keeps it: with its defaults, by which it is known again afterwards."""
    if change.symbolic is not None:
        return change
    after = value_at(rehearsed, change.path)
    if after == change.before:
        raise UsageError(
            f"The API server keeps nothing at {change.path} of {resource} but what is there; check the name."
        )
    return msgspec.structs.replace(change, after=after)


def _reversed(document: Document, change: FieldChange, step: Step, action: str) -> FieldChange:
    found = value_at(document, change.path)
    if change.symbolic:
        marked = (value_at(document, "/metadata/annotations") or {}).get(ACTION) == action
        if not marked or (isinstance(found, dict) and found.keys() != change.after.keys()):
            raise Drifted(f"{action} cannot be undone: {step.resource} was changed by somebody else since.")
    elif found != change.after:
        raise Drifted(
            f"{action} cannot be undone: {change.path} of {step.resource} is no longer what it wrote; "
            "what stands there now would be overwritten."
        )
    return msgspec.structs.replace(change, before=found, after=change.before, symbolic=None)


def rehearsal(step: Step) -> Mandate:
    """What a dry run of the step may show."""
    return mandate_for(REHEARSAL, step)
