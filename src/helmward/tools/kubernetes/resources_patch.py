"""`resources_patch`: a patch of an object that an administrator wrote, worked out value by value before it is asked for."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field, field_validator

from helmward.core.errors import DeniedError, UsageError
from helmward.core.plans import Blast, Effect, FieldChange, Step
from helmward.door.tool import NAME, Planning, Rule, Settled, tool
from helmward.tools.kubernetes.bounds import refuse_change, refuse_kind
from helmward.tools.kubernetes.change import Draft, PatchTool
from helmward.tools.kubernetes.dependents import callers, dependents, pod_labels, readers
from helmward.tools.kubernetes.differences import changes_between
from helmward.tools.kubernetes.merging import merged, patched
from helmward.tools.kubernetes.naming import KindArguments, resolve
from helmward.tools.kubernetes.objects import CONTROLLERS, Document, read
from helmward.tools.kubernetes.resources_get import OBJECT_NAME, place
from helmward.tools.kubernetes.words import listed
from helmward.tools.kubernetes.workloads import (
    ROLLED,
    SOON,
    must_roll,
    patience,
    rolled_out,
    rollout_share,
    scaled,
    wanted,
)
from helmward.world.kinds import KINDS, Kind

MOST_BYTES = 64 * 1024
"""Bytes of a patch: more than anybody reads before approving."""

_PATCHED = tuple(
    Rule(KINDS[kind].group, KINDS[kind].plural, ("get", "patch"))
    for kind in ("ConfigMap", "Service", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Ingress", "HTTPRoute")
)


class PatchArguments(KindArguments):
    """Names an object, and says what of it shall be otherwise."""

    name: str = Field(pattern=OBJECT_NAME, description="The object's name.")
    namespace: str | None = Field(
        default=None, pattern=NAME, max_length=63, description="Its namespace; none for kinds that are in none."
    )
    type: Literal["merge", "json"] = Field(
        default="merge",
        description="merge: an object whose values replace those there, null takes away; json: RFC 6902.",
    )
    patch: dict[str, Any] | list[dict[str, Any]] = Field(description="The patch: an object for merge, a list for json.")

    @field_validator("patch")
    @classmethod
    def _bounded(cls, value: Any) -> Any:
        if len(msgspec.json.encode(value)) > MOST_BYTES:
            raise ValueError(f"a patch has at most {MOST_BYTES} bytes")
        return value


@tool
class ResourcesPatch(PatchTool):
    """Patches an object."""

    name = "resources_patch"
    title = "Patch an object"
    description = "Changes values of one object by a patch; for administrators. No Secrets, no rights, no status."
    effect = Effect.MUTATE
    permission = "patch"
    arguments = PatchArguments
    rights = (*_PATCHED, *CONTROLLERS)

    async def draft(self, arguments: PatchArguments, given: Planning) -> Draft:
        """What the patch changes, resting on the whole specification as it is."""
        kind = await resolve(given.reader, arguments)
        refuse_kind(kind)
        document = await read(given.reader, kind, place(kind, arguments.namespace), arguments.name)
        changes = tuple(_changes(document, _after(arguments, document)))
        for change in changes:
            refuse_change(kind, document, change)
        rolls = kind.name in ROLLED and any(change.path.startswith("/spec/template") for change in changes)
        if rolls:
            must_roll(document)
        where = f"{arguments.namespace}/{arguments.name}" if arguments.namespace else arguments.name
        return Draft(
            kind=kind,
            document=document,
            changes=changes,
            title=f"patch {listed([change.path for change in changes])} of {kind.name} {where}",
            success="the values stand" + (", and every replica runs them and is available" if rolls else ""),
            undo="puts the values from before in again",
            blast=_blast(kind, document, changes, given),
            whole_spec=True,
            deadline=patience(wanted(document)) if rolls else SOON,
        )

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """What a patch of such values can hurt."""
        return _blast(kind, document, changes, given).text

    def reached(self, step: Step, document: Document) -> Settled:
        """Where pods are touched they must be as wanted."""
        touched = any(change.path.startswith("/spec") for change in step.changes)
        if not touched or step.resource.kind not in ROLLED or (document.get("spec") or {}).get("paused"):
            return super().reached(step, document)
        rolled = rolled_out(document)
        return rolled if rolled.state != "yes" or document["kind"] == "DaemonSet" else scaled(document)


def _after(arguments: PatchArguments, document: Document) -> Document:
    if isinstance(arguments.patch, dict) != (arguments.type == "merge"):
        wanted_type = "an object" if arguments.type == "merge" else "a list of operations"
        raise UsageError(f"resources_patch: patch: for type {arguments.type} it is {wanted_type}.")
    found: Document = (
        merged(document, arguments.patch) if isinstance(arguments.patch, dict) else patched(document, arguments.patch)
    )
    return found


def _changes(document: Document, after: Document) -> list[FieldChange]:
    """Labels and annotations key by key, also where there are none yet."""
    before = {**document, "metadata": _opened(document)}
    return list(changes_between("", before, {**after, "metadata": _opened(after)}))


def _opened(document: Document) -> dict[str, Any]:
    meta = document.get("metadata")
    if not isinstance(meta, dict):
        raise DeniedError("metadata: only labels and annotations are patched.")
    return {**meta, "annotations": meta.get("annotations") or {}}


def _blast(kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> Blast:
    meta = document["metadata"]
    namespace, name = meta.get("namespace", ""), meta["name"]
    if kind.name == "ConfigMap":
        return Blast(text=readers(given.world, namespace, name))
    if kind.name == "Service":
        return Blast(text=callers(given.world, namespace, name))
    if kind.name not in ROLLED:
        return Blast(text="changes one object")
    whom = dependents(given.world, namespace, pod_labels(document), f"{kind.name}/{namespace}/{name}")
    share, text = _touched(document, changes)
    return Blast(replicas_share=share, text=f"{text}; {whom}" if whom else text)


def _touched(document: Document, changes: tuple[FieldChange, ...]) -> tuple[float, str]:
    """The share of a workload's pods that a patch touches, and how."""
    count = wanted(document)
    paths = [change.path for change in changes]
    if any(path.startswith("/spec/template") for path in paths):
        return rollout_share(document)
    if "/spec/replicas" in paths:
        change = next(change for change in changes if change.path == "/spec/replicas")
        after = change.after if isinstance(change.after, int) else 1
        return (min(1.0, abs(after - count) / count) if count else 0.0), f"{after} pods instead of {count}"
    if any(path.startswith("/spec") for path in paths):
        return (1.0 if count else 0.0), "changes how the workload is run"
    return 0.0, "changes labels or annotations, no pod"
