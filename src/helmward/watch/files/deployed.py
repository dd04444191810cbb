"""What was deployed beside what kubectl printed: it fills what no table and no description can say, and nothing else.

A table shows a few columns and a description most of a template; what they would have shown and did not is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from helmward.watch.files.drafts import Draft, Rank, Ref, dicts, inner
from helmward.watch.files.merge import fill

_PRINTED = (Rank.DESCRIBED, Rank.WIDE, Rank.TABLE, Rank.GUESSED)
_TEMPLATED = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"})
# What describe.go (kubectl v0.34) does not print of a pod template and of its containers.
_POD_UNPRINTED = (
    *("affinity", "imagePullSecrets", "topologySpreadConstraints", "securityContext", "schedulerName", "dnsPolicy"),
    *("dnsConfig", "hostNetwork", "hostAliases", "schedulingGates", "terminationGracePeriodSeconds", "restartPolicy"),
)
_CONTAINER_UNPRINTED = ("name", "imagePullPolicy", "securityContext", "lifecycle", "workingDir")
# Kinds of which everything that matters is printed; nothing is taken from a manifest of theirs.
_WHOLE = frozenset({"ConfigMap", "Secret", "ResourceQuota", "Node", "StorageClass", "Namespace", "Event"})
_SPEC_UNPRINTED = {
    "PersistentVolumeClaim": ("accessModes", "resources", "selector", "volumeMode"),
    "PersistentVolume": ("nodeAffinity", "hostPath", "nfs", "csi", "local"),
}


def completed(found: Mapping[Ref, Draft], desired: Mapping[Ref, Draft]) -> None:
    """Fill the printed drafts of `found` in place with what their manifests say beside it."""
    for ref in found.keys() & desired.keys():
        draft = found[ref]
        if draft.rank in _PRINTED and ref[0] not in _WHOLE:
            draft.document = fill(draft.decoded(), _unprinted(draft, desired[ref].decoded()))
            draft.raw = b""


def at_home(manifests: Iterable[Draft], found: Mapping[Ref, Draft]) -> list[Draft]:
    """The manifests, those that name no namespace in the one to which they were applied.

    That is where an object of that kind and name lives, else where most of the printed objects do.
    """
    homes: dict[tuple[str, str], set[str]] = {}
    counts: Counter[str] = Counter()
    for kind, namespace, name in found:
        if namespace and not namespace.startswith("kube-"):
            homes.setdefault((kind, name), set()).add(namespace)
            counts[namespace] += 1
    if not counts or "default" in counts:
        return list(manifests)
    usual = counts.most_common(1)[0][0]
    return [_moved(draft, homes.get((draft.kind.name, draft.name), {usual})) for draft in manifests]


def _moved(draft: Draft, homes: set[str]) -> Draft:
    if draft.namespace != "default" or len(homes) != 1:
        return draft
    namespace = next(iter(homes))
    document = draft.decoded()
    metadata = {**inner(document, "metadata"), "namespace": namespace}
    moved = {**document, "metadata": metadata}
    return Draft(draft.kind, namespace, draft.name, draft.rank, draft.file, draft.line, b"", moved)


def _unprinted(draft: Draft, manifest: Mapping[str, Any]) -> dict[str, Any]:
    kind, described = draft.kind.name, draft.rank is Rank.DESCRIBED
    spec = inner(manifest, "spec")
    if kind in _SPEC_UNPRINTED:
        return {"spec": _only(spec, _SPEC_UNPRINTED[kind])}
    if not described:
        labels = inner(draft.decoded(), "metadata").get("labels")
        return {"spec": spec, **({} if labels else {"metadata": {"labels": inner(manifest, "metadata").get("labels")}})}
    if kind in _TEMPLATED:
        return {"spec": {"template": {"spec": _of_pod(inner(inner(spec, "template"), "spec"))}}}
    return {"spec": _of_pod(spec)} if kind == "Pod" else {}


def _of_pod(spec: Mapping[str, Any]) -> dict[str, Any]:
    containers = [_only(container, _CONTAINER_UNPRINTED) for container in dicts(spec.get("containers"))]
    return {**_only(spec, _POD_UNPRINTED), "containers": containers}


def _only(mapping: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: mapping[key] for key in keys if key in mapping}
