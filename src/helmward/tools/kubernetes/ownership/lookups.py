"""What to look up before asking who manages an object: the few objects its own marks name, and the autoscalers beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from helmward.tools.kubernetes.ownership.argocd import application_name
from helmward.tools.kubernetes.ownership.flux import GROUP as KUSTOMIZE
from helmward.tools.kubernetes.ownership.flux_helm import GROUP as HELM
from helmward.tools.kubernetes.ownership.pointers import overlaps, steps
from helmward.tools.kubernetes.ownership.raw import Raw, is_kind, label, text

# Names of objects (RFC 1123 subdomain): anything else on a label must not become part of a URL.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_PLURALS = {
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "ScaledObject": "scaledobjects",
    "VerticalPodAutoscaler": "verticalpodautoscalers",
    "Rollout": "rollouts",
    "Application": "applications",
    "Kustomization": "kustomizations",
    "HelmRelease": "helmreleases",
    "GitRepository": "gitrepositories",
    "OCIRepository": "ocirepositories",
    "Bucket": "buckets",
}
_SOURCES = ("GitRepository", "OCIRepository", "Bucket")

READS: tuple[tuple[str, str], ...] = (
    ("autoscaling", "horizontalpodautoscalers"),
    ("keda.sh", "scaledobjects"),
    ("autoscaling.k8s.io", "verticalpodautoscalers"),
    ("argoproj.io", "rollouts"),
    ("argoproj.io", "applications"),
    (KUSTOMIZE, "kustomizations"),
    (HELM, "helmreleases"),
    *(("source.toolkit.fluxcd.io", _PLURALS[kind]) for kind in _SOURCES),
)
"""API group and resource of everything that a look-up may read (verbs get and list)."""


class Lookup(NamedTuple):
    """One read. `path` is a URL path; with `listing` it is a collection, narrowed by `selector` (a fieldSelector)."""

    api_version: str
    kind: str
    path: str
    listing: bool
    selector: str = ""


def lookups(item: Raw, paths: Sequence[str] = (), related: Sequence[Raw] = ()) -> tuple[Lookup, ...]:
    """What is worth reading about the object, given what was read already.

    Ask again with what was found, until nothing new is wanted: a Kustomization names its source, a HelmRelease the
    Kustomization that applies it. What is not served or not granted is left out; the answer then says so.
    """
    return tuple(dict.fromkeys((*_beside(item, paths), *_marked(item), *_further(related))))


def named(lookup: Lookup, item: dict[str, Any]) -> dict[str, Any]:
    """The object with apiVersion and kind, which API servers leave out of the items of a list."""
    return {**item, "apiVersion": lookup.api_version, "kind": lookup.kind}


def _beside(item: Raw, paths: Sequence[str]) -> Iterator[Lookup]:
    namespace = text(item, "metadata", "namespace")
    if not _NAME.fullmatch(namespace):
        return
    if not paths or any(overlaps(path, "/spec/replicas") for path in paths):
        yield _list("autoscaling/v2", "HorizontalPodAutoscaler", namespace)
        yield _list("keda.sh/v1alpha1", "ScaledObject", namespace)
        if is_kind(item, "apps", "Deployment"):
            yield _list("argoproj.io/v1alpha1", "Rollout", namespace)
    if not paths or any("resources" in steps(path) for path in paths):
        yield _list("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", namespace)


def _marked(item: Raw) -> Iterator[Lookup]:
    yield from _application(application_name(item))
    yield from _labelled(item, KUSTOMIZE, "v1", "Kustomization")
    yield from _labelled(item, HELM, "v2", "HelmRelease")


def _further(related: Sequence[Raw]) -> Iterator[Lookup]:
    for other in related:
        if is_kind(other, HELM, "HelmRelease"):
            yield from _labelled(other, KUSTOMIZE, "v1", "Kustomization")
        kind = text(other, "spec", "sourceRef", "kind")
        if is_kind(other, KUSTOMIZE, "Kustomization") and kind in _SOURCES:
            own = text(other, "metadata", "namespace")
            namespace = text(other, "spec", "sourceRef", "namespace") or own
            yield from _one("source.toolkit.fluxcd.io/v1", kind, namespace, text(other, "spec", "sourceRef", "name"))


def _labelled(item: Raw, group: str, version: str, kind: str) -> Iterator[Lookup]:
    return _one(f"{group}/{version}", kind, label(item, f"{group}/namespace"), label(item, f"{group}/name"))


def _application(name: str) -> Iterator[Lookup]:
    """By namespace_name the one; by name alone every one of that name, since Argo CD's own namespace is not known."""
    namespace, _, rest = name.rpartition("_")
    if namespace:
        yield from _one("argoproj.io/v1alpha1", "Application", namespace, rest)
    elif _NAME.fullmatch(name):
        path = "/apis/argoproj.io/v1alpha1/applications"
        yield Lookup("argoproj.io/v1alpha1", "Application", path, True, f"metadata.name={name}")


def _one(api_version: str, kind: str, namespace: str, name: str) -> Iterator[Lookup]:
    if _NAME.fullmatch(namespace) and _NAME.fullmatch(name):
        yield Lookup(api_version, kind, f"{_collection(api_version, kind, namespace)}/{name}", False)


def _list(api_version: str, kind: str, namespace: str) -> Lookup:
    return Lookup(api_version, kind, _collection(api_version, kind, namespace), True)


def _collection(api_version: str, kind: str, namespace: str) -> str:
    return f"/apis/{api_version}/namespaces/{namespace}/{_PLURALS[kind]}"
