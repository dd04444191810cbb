"""What is looked up: only what the marks on the object name, and never a path that somebody wrote into a label."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from helmward.tools.kubernetes.ownership import READS, controllers_of, lookups, named

from .cases import IMAGE, REPLICAS, Json, objects

_RESOURCES = "/spec/template/spec/containers/0/resources/requests/cpu"


def _paths(item: Json, paths: Sequence[str] = (IMAGE,), related: Sequence[Json] = ()) -> list[str]:
    return [found.path for found in lookups(item, paths, related)]


def test_an_unmarked_object_needs_nothing() -> None:
    (item,) = objects("helm")
    assert _paths(item) == []
    assert "autoscalers" not in str(lookups(item, [IMAGE]))


def test_autoscalers_are_read_for_what_they_set() -> None:
    item, *_ = objects("autoscalers")
    assert _paths(item, [REPLICAS]) == [
        "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
        "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects",
        "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts",
    ]
    assert _paths(item, [_RESOURCES]) == ["/apis/autoscaling.k8s.io/v1/namespaces/shop/verticalpodautoscalers"]
    assert len(_paths(item, [])) == 4


def test_an_application_is_found_by_name() -> None:
    item, _ = objects("argocd")
    (found,) = lookups(item, [IMAGE])
    assert (found.path, found.listing) == ("/apis/argoproj.io/v1alpha1/applications", True)
    assert found.selector == "metadata.name=shop-prod"
    item["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = "team-a_web:apps/Deployment:shop/checkout"
    assert _paths(item) == ["/apis/argoproj.io/v1alpha1/namespaces/team-a/applications/web"]


def test_from_release_to_kustomization_to_source() -> None:
    """Asking again with what was found ends with the whole chain, and with the answer that names the repository."""
    item, *served = objects("helmrelease")
    by_name = {(other["kind"], other["metadata"]["name"]): other for other in served}
    related: list[Json] = []
    asked: list[str] = []
    while wanted := [found for found in lookups(item, [IMAGE], related) if found.path not in asked]:
        asked += [found.path for found in wanted]
        related += [by_name[found.kind, found.path.rpartition("/")[2]] for found in wanted]
    assert asked == [
        "/apis/helm.toolkit.fluxcd.io/v2/namespaces/monitoring/helmreleases/grafana",
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/monitoring",
        "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/fleet",
    ]
    (controller,) = controllers_of(item, related=related, paths=[IMAGE]).controllers
    assert controller.where.repository == "ssh://git@git.example.com/fleet.git"


@pytest.mark.parametrize(
    "evil", ["../../secrets", "..", "a/b", "a?x=1", "A", "a,metadata.namespace=b", "", "a" * 300, "a\n"]
)
def test_hostile_marks_are_not_looked_up(evil: str) -> None:
    item, kustomization, _ = objects("flux")
    item["metadata"]["labels"] = {f"kustomize.toolkit.fluxcd.io/{part}": evil for part in ("name", "namespace")}
    item["metadata"]["labels"]["argocd.argoproj.io/instance"] = evil
    kustomization["spec"]["sourceRef"] = {"kind": "GitRepository", "name": evil, "namespace": evil or "/"}
    assert _paths(item, related=[kustomization]) == []
    item["metadata"]["namespace"] = evil
    assert _paths(item, [REPLICAS]) == []


def test_the_items_of_a_list_get_their_kind_back() -> None:
    """API servers leave apiVersion and kind out of them, and an HPA without a kind would be overlooked."""
    item, hpa, *_ = objects("autoscalers")
    lookup = lookups(item, [REPLICAS])[0]
    bare = {key: value for key, value in hpa.items() if key not in ("apiVersion", "kind")}
    assert controllers_of(item, related=[bare], paths=[REPLICAS]).controllers == ()
    assert controllers_of(item, related=[named(lookup, bare)], paths=[REPLICAS]).reverted_by


def test_everything_that_is_read_is_declared() -> None:
    files = [objects(name) for name in ("argocd", "flux", "helmrelease", "autoscalers")]
    wanted = [found for item, *related in files for found in lookups(item, [], related)]
    assert {(found.api_version.partition("/")[0], _resource(found.path)) for found in wanted} == set(READS) - {
        ("source.toolkit.fluxcd.io", "ocirepositories"),
        ("source.toolkit.fluxcd.io", "buckets"),
    }


def _resource(path: str) -> str:
    parts = path.split("/")
    return parts[6] if "namespaces" in parts else parts[4]
