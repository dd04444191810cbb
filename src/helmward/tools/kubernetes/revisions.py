"""The pod templates that a workload had: its ReplicaSets, or its ControllerRevisions (kubectl rollout history)."""

from __future__ import annotations

from typing import Any, NamedTuple

from helmward.core.pointers import value_at
from helmward.door.tool import Reader, Rule
from helmward.tools.kubernetes.objects import Document, read_all
from helmward.world.kinds import KINDS, Kind

TEMPLATE = "/spec/template"
"""Where a workload has its pod template."""

REVISIONS = (Rule("apps", "replicasets", ("list",)), Rule("apps", "controllerrevisions", ("list",)))
"""The rights to read them."""

_REVISION = "deployment.kubernetes.io/revision"
_CAUSE = "kubernetes.io/change-cause"
_HASH = "pod-template-hash"
_CONTROLLER_REVISION = Kind("ControllerRevision", "apps/v1", "controllerrevisions")


class Revision(NamedTuple):
    """One of them. `holder` is the object it is kept in, `cause` what its writer noted."""

    number: int
    template: dict[str, Any]
    holder: str
    created: str
    cause: str


async def revisions(reader: Reader, document: Document) -> list[Revision]:
    """The revisions that are kept of a Deployment, StatefulSet or DaemonSet, oldest first."""
    namespace, uid = value_at(document, "/metadata/namespace"), value_at(document, "/metadata/uid")
    rolls_sets = document.get("kind") == "Deployment"
    kind = KINDS["ReplicaSet"] if rolls_sets else _CONTROLLER_REVISION
    owned = [one for one in await read_all(reader, kind, namespace) if is_owned(one, uid)]
    found = [_of_set(one) if rolls_sets else _of_revision(one) for one in owned]
    return sorted(one for one in found if one.number and one.template)


def is_owned(document: Document, uid: str) -> bool:
    """Is the object with this UID the document's controller?"""
    references = value_at(document, "/metadata/ownerReferences") or ()
    return any(reference.get("uid") == uid and reference.get("controller") for reference in references)


def _of_set(document: Document) -> Revision:
    number = (value_at(document, "/metadata/annotations") or {}).get(_REVISION, "")
    return _revision(
        document, int(number) if number.isdecimal() else 0, _without_hash(value_at(document, TEMPLATE) or {})
    )


def _of_revision(document: Document) -> Revision:
    template = value_at(document, "/data/spec/template") or {}
    # What is kept there is a strategic merge patch: `$patch: replace` is its mark, no part of the template.
    bare = {key: value for key, value in template.items() if key != "$patch"}
    return _revision(document, int(document.get("revision", 0)), bare)


def _revision(document: Document, number: int, template: dict[str, Any]) -> Revision:
    meta = document.get("metadata", {})
    cause = (meta.get("annotations") or {}).get(_CAUSE, "")
    return Revision(number, template, meta.get("name", ""), meta.get("creationTimestamp", ""), cause)


def _without_hash(template: dict[str, Any]) -> dict[str, Any]:
    if not template:
        return {}
    meta = dict(template.get("metadata") or {})
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != _HASH}
    return {**template, "metadata": meta}
