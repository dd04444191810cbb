"""What tables leave out of workloads and pods, and the workloads' own selectors, templates and ages tell."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import pairwise
from typing import Any

from helmward.watch.files.drafts import Draft, Rank, Ref, dicts, inner
from helmward.watch.files.merge import fill

_TABLES = (Rank.WIDE, Rank.TABLE)
_MAKERS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"})
_REVISION = "deployment.kubernetes.io/revision"
Found = Mapping[Ref, Draft]


def complete(found: Found) -> None:
    """Fill in place: the labels and templates of workloads, the revisions of ReplicaSets, the templates of pods."""
    makers = [draft for draft in found.values() if draft.kind.name in _MAKERS and draft.rank in _TABLES]
    guessed = {draft.ref for draft in makers if _label_template(draft)}
    newest = _newest_sets(found)
    for draft in found.values():
        if draft.kind.name == "Pod" and draft.rank in _TABLES:
            _of_template(draft, found, newest, guessed)


def _label_template(draft: Draft) -> bool:
    """A ReplicaSet's own labels are its pods'; of others' pods only what selects them is sure, then True."""
    spec = inner(draft.decoded(), "spec")
    template = spec.setdefault("template", {}) if spec else {}
    metadata = template.setdefault("metadata", {})
    own = inner(inner(draft.decoded(), "metadata"), "labels") if draft.kind.name == "ReplicaSet" else {}
    labels = own or inner(inner(spec, "selector"), "matchLabels")
    if metadata.get("labels"):
        return False
    metadata["labels"] = dict(labels)
    return not own


def _newest_sets(found: Found) -> dict[Ref, Ref]:
    """By the newest ReplicaSet of each Deployment: that Deployment. Ages in tables give the revisions their order."""
    sets: dict[Ref, list[Draft]] = {}
    for draft in found.values():
        if draft.kind.name == "ReplicaSet":
            for owner in dicts(inner(draft.decoded(), "metadata").get("ownerReferences")):
                sets.setdefault((str(owner.get("kind")), draft.namespace, str(owner.get("name"))), []).append(draft)
    return {_numbered(group).ref: owner for owner, group in sets.items() if owner[0] == "Deployment"}


def _numbered(group: list[Draft]) -> Draft:
    ordered = sorted(group, key=_created)
    apart = all(_created(one) < _created(other) for one, other in pairwise(ordered))
    if apart and all(draft.rank in _TABLES for draft in ordered):
        for number, draft in enumerate(ordered, 1):
            metadata = draft.decoded()["metadata"]
            metadata["annotations"] = {_REVISION: str(number), **inner(metadata, "annotations")}
    return ordered[-1]


def _created(draft: Draft) -> str:
    return str(inner(draft.decoded(), "metadata").get("creationTimestamp") or "")


def _of_template(pod: Draft, found: Found, newest: Mapping[Ref, Ref], guessed: Container[Ref]) -> None:
    """A pod without its own specification has its owner's, one of the newest ReplicaSet its Deployment's."""
    document = pod.decoded()
    for owner in _owners(document, pod.namespace):
        templates = [_template(found, ref) for ref in (owner, newest.get(owner)) if ref is not None]
        for template in templates:
            if not _is_whole(document):
                document["spec"] = fill(document.get("spec") or {}, inner(template, "spec"))
        if owner not in guessed and templates[0] and not inner(document, "metadata").get("labels"):
            document["metadata"]["labels"] = dict(inner(inner(templates[0], "metadata"), "labels"))
        return


def _template(found: Found, ref: Ref) -> dict[str, Any]:
    made = found.get(ref)
    return inner(inner(made.decoded(), "spec"), "template") if made is not None else {}


def _is_whole(document: dict[str, Any]) -> bool:
    """The pod's own containers are there; admission gave it tolerations then, and no template has those by itself."""
    return bool(inner(document, "spec").get("tolerations"))


def _owners(document: dict[str, Any], namespace: str) -> Iterable[Ref]:
    for owner in dicts(inner(document, "metadata").get("ownerReferences")):
        yield str(owner.get("kind")), namespace, str(owner.get("name"))
