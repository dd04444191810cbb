"""`rollout_undo`: a workload gets the pod template of an earlier revision back (kubectl rollout undo)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.core.plans import Effect
from helmward.core.text import one_line
from helmward.door.tool import Planning, Rule, Settled, tool
from helmward.tools.kubernetes.change import Draft, PatchTool, value_at
from helmward.tools.kubernetes.differences import changes_between
from helmward.tools.kubernetes.objects import Document, read, read_all
from helmward.tools.kubernetes.workloads import WorkloadArguments, rolled_out, rollout_blast
from helmward.world.kinds import KINDS, Kind

_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"
_TEMPLATE = "/spec/template"


class UndoArguments(WorkloadArguments):
    """Names a workload and the revision to go back to."""

    to_revision: int = Field(default=0, ge=0, description="The revision; 0 is the one before the current one.")


@tool
class RolloutUndo(PatchTool):
    """Rolls a workload back."""

    name = "rollout_undo"
    title = "Roll back a workload"
    description = "Gives a Deployment, StatefulSet or DaemonSet the pod template of an earlier revision again."
    effect = Effect.MUTATE
    permission = "rollback"
    arguments = UndoArguments
    rights = (
        Rule("apps", "deployments", ("get", "list", "patch")),
        Rule("apps", "statefulsets", ("get", "list", "patch")),
        Rule("apps", "daemonsets", ("get", "list", "patch")),
        Rule("apps", "replicasets", ("get", "list")),
        Rule("apps", "controllerrevisions", ("get", "list")),
    )

    async def draft(self, arguments: UndoArguments, given: Planning) -> Draft:
        """The differences between the template as it is and as it was."""
        kind = arguments.known_kind
        document = await read(given.reader, kind, arguments.namespace, arguments.name)
        number, template = await self._earlier(arguments, document, given)
        found = tuple(changes_between(_TEMPLATE, value_at(document, _TEMPLATE), template))
        return Draft(
            kind=kind,
            document=document,
            changes=found,
            title=f"roll {kind.name} {arguments.namespace}/{arguments.name} back to revision {number}",
            success="every replica runs the earlier template and is available",
            undo="puts the template from before the roll-back in again",
            blast=rollout_blast(document),
        )

    def reached(self, document: Document) -> Settled:
        """Rolled out."""
        return rolled_out(document)

    async def _earlier(self, arguments: UndoArguments, document: Document, given: Planning) -> tuple[int, Any]:
        templates = await _templates(arguments.known_kind, document, given)
        current = value_at(document, _TEMPLATE)
        if arguments.to_revision:
            if arguments.to_revision not in templates:
                known = ", ".join(map(str, sorted(templates))) or "none"
                raise UsageError(f"rollout_undo: to_revision: {arguments.name} has the revisions {known}.")
            return arguments.to_revision, templates[arguments.to_revision]
        earlier = {number: template for number, template in templates.items() if template != current}
        newest = max(templates, default=0)
        older = [number for number in earlier if number < newest or templates[newest] != current]
        if not older:
            raise UsageError(f"{one_line(arguments.name, 253)} has no earlier revision to go back to.")
        return max(older), earlier[max(older)]


async def _templates(kind: Kind, document: Document, given: Planning) -> dict[int, Any]:
    """The pod templates of each revision that is kept: in ReplicaSets, or in ControllerRevisions."""
    namespace, uid = value_at(document, "/metadata/namespace"), value_at(document, "/metadata/uid")
    if kind.name == "Deployment":
        owned = [one for one in await read_all(given.reader, KINDS["ReplicaSet"], namespace) if _owned(one, uid)]
        return {_revision(one): _without_hash(value_at(one, _TEMPLATE)) for one in owned if _revision(one)}
    revisions = Kind("ControllerRevision", "apps/v1", "controllerrevisions")
    owned = [one for one in await read_all(given.reader, revisions, namespace) if _owned(one, uid)]
    found = {int(one.get("revision", 0)): value_at(one, "/data/spec/template") for one in owned}
    return {number: _without_patch_mark(template) for number, template in found.items() if template}


def _owned(document: Document, uid: str) -> bool:
    references = value_at(document, "/metadata/ownerReferences") or ()
    return any(reference.get("uid") == uid and reference.get("controller") for reference in references)


def _revision(document: Document) -> int:
    text = (value_at(document, "/metadata/annotations") or {}).get(_REVISION, "")
    return int(text) if text.isdecimal() else 0


def _without_hash(template: Any) -> Any:
    meta = dict(template.get("metadata") or {})
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != _HASH}
    return {**template, "metadata": meta}


def _without_patch_mark(template: Any) -> Any:
    """ControllerRevisions hold a strategic merge patch: `$patch: replace` is its mark, no part of the template."""
    return {key: value for key, value in template.items() if key != "$patch"}
