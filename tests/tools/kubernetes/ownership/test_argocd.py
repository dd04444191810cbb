"""Argo CD: whose application, whether it heals, and from where it deploys."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import Controller, controllers_of

from .cases import IMAGE, REPLICAS, RESTART, Json, loses, objects, wrote


def _argo(item: Json, *related: Json, paths: list[str] | None = None, **more: Any) -> Controller:
    found = controllers_of(item, related=related, paths=[IMAGE] if paths is None else paths, **more)
    (controller,) = (controller for controller in found.controllers if controller.system == "argocd")
    return controller


def test_self_heal_refuses_and_shows_where() -> None:
    item, application = objects("argocd")
    found = controllers_of(item, related=[application], paths=[IMAGE])
    assert found.reverted_by == ("Argo CD application argocd/shop-prod",)
    (controller,) = found.controllers
    assert (controller.reverts, controller.overwrites, controller.certain) == (True, True, True)
    where = controller.where
    assert where.repository == "https://git.example.com/platform/shop.git"
    assert where.path == "deploy/overlays/prod"
    assert where.revision == "main (now 8f2b61d0c1a94e5c9d6a7b0e3f4c5d6e7f8a9b0c)"
    assert where.field == "spec.template.spec.containers[0].image of Deployment shop/checkout"
    assert where.command == "argocd app sync argocd/shop-prod"
    assert "self-heal is on" in found.text
    assert where.repository in found.text


@pytest.mark.parametrize(
    ("automated", "words"),
    [
        (None, "by hand"),
        ({"selfHeal": True, "enabled": False}, "by hand"),
        ({"prune": True}, "without self-heal"),
        ({"selfHeal": False}, "without self-heal"),
        ({"selfHeal": "true"}, "without self-heal"),
    ],
)
def test_without_self_heal_the_next_sync_overwrites(automated: Any, words: str) -> None:
    item, application = objects("argocd")
    application["spec"]["syncPolicy"]["automated"] = automated
    controller = _argo(item, application)
    assert (controller.reverts, controller.overwrites) == (False, True)
    assert words in controller.reason


def test_a_paused_application_does_not_heal() -> None:
    item, application = objects("argocd")
    application["metadata"]["annotations"] = {"argocd.argoproj.io/skip-reconcile": "true"}
    assert not _argo(item, application).reverts


def test_an_application_that_was_not_read_may_heal() -> None:
    item, _ = objects("argocd")
    controller = _argo(item)
    assert (controller.reverts, controller.certain, controller.resource) == (True, False, None)
    assert "was not read" in controller.reason
    assert controller.where.repository == ""


@pytest.mark.parametrize(
    "tracking",
    [
        "shop-prod:apps/Deployment:shop/other",
        "shop-prod:apps/Deployment:other/checkout",
        "shop-prod:apps/StatefulSet:shop/checkout",
        "shop-prod:argoproj.io/Deployment:shop/checkout",
        "shop-prod:apps/Deployment",
        "shop-prod",
        ":::",
    ],
)
def test_a_tracking_id_of_another_object_is_no_mark(tracking: str) -> None:
    """Whoever copies an object copies the annotation with it: Argo CD looks at what it names."""
    item, _ = objects("argocd")
    item["metadata"]["managedFields"] = []
    item["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = tracking
    assert controllers_of(item, paths=[IMAGE]).controllers == ()


def test_a_cluster_scoped_object_is_tracked_with_any_namespace() -> None:
    tracking = {"argocd.argoproj.io/tracking-id": "shop-prod:rbac.authorization.k8s.io/ClusterRole:shop/reader"}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": []}
    assert _argo(role | {"metadata": {"name": "reader", "annotations": tracking}}, paths=["/rules"]).reverts


def test_the_instance_label_alone_is_no_mark() -> None:
    (item,) = objects("helm")
    _, application = objects("argocd")
    application["metadata"]["name"] = "orders"
    systems = [
        controller.system for controller in controllers_of(item, related=[application], paths=[IMAGE]).controllers
    ]
    assert systems == ["helm"]


def test_label_tracking() -> None:
    item, application = objects("argocd")
    del item["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"]
    application["status"]["resources"] = []
    item["metadata"]["labels"]["argocd.argoproj.io/instance"] = "shop-prod"
    assert _argo(item, application).resource is not None
    del item["metadata"]["labels"]["argocd.argoproj.io/instance"]
    item["metadata"]["labels"]["app.kubernetes.io/instance"] = "shop-prod"
    assert _argo(item, application).name == "Argo CD application argocd/shop-prod"


def test_an_application_that_lists_the_object_is_enough() -> None:
    item, application = objects("argocd")
    del item["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"]
    item["metadata"]["managedFields"] = []
    assert _argo(item, application).reverts


def test_applications_of_any_namespace() -> None:
    item, application = objects("argocd")
    annotations = item["metadata"]["annotations"]
    annotations["argocd.argoproj.io/tracking-id"] = "team-a_shop-prod:apps/Deployment:shop/checkout"
    application["metadata"]["namespace"] = "team-a"
    other = objects("argocd")[1]
    assert _argo(item, other, application).name == "Argo CD application team-a/shop-prod"


def test_two_applications_of_one_name_are_told_apart_or_not_at_all() -> None:
    item, application = objects("argocd")
    other = objects("argocd")[1]
    other["metadata"]["namespace"] = "argocd-two"
    other["status"]["resources"] = []
    assert _argo(item, other, application).name == "Argo CD application argocd/shop-prod"
    application["status"]["resources"] = []
    assert _argo(item, other, application).resource is None


@pytest.mark.parametrize(
    ("rule", "left_alone"),
    [
        ({"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}, True),
        ({"group": "*", "kind": "*", "jsonPointers": ["/spec"]}, True),
        ({"group": "apps", "kind": "Deployment", "jqPathExpressions": [".spec.replicas"]}, True),
        ({"group": "apps", "kind": "Deployment", "managedFieldsManagers": ["helmward"]}, True),
        ({"group": "apps", "kind": "Deployment", "name": "checkout", "jsonPointers": ["/spec/replicas"]}, True),
        ({"group": "apps", "kind": "Deployment", "name": "other", "jsonPointers": ["/spec/replicas"]}, False),
        ({"group": "apps", "kind": "Deployment", "namespace": "other", "jsonPointers": ["/spec/replicas"]}, False),
        ({"group": "", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}, False),
        ({"group": "apps", "kind": "StatefulSet", "jsonPointers": ["/spec/replicas"]}, False),
        ({"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicasAndMore"]}, False),
        ({"group": "apps", "kind": "Deployment", "jqPathExpressions": [".spec.replicas | select(. > 3)"]}, False),
        ({"group": "apps", "kind": "Deployment", "managedFieldsManagers": ["argocd-controller"]}, False),
    ],
)
def test_ignored_differences(rule: Json, left_alone: bool) -> None:
    item, application = objects("argocd")
    application["spec"]["ignoreDifferences"] = [rule]
    controller = _argo(item, application, paths=[REPLICAS])
    assert controller.reverts is not left_alone
    assert controller.overwrites
    application["spec"]["syncPolicy"]["syncOptions"].append("RespectIgnoreDifferences=true")
    assert _argo(item, application, paths=[REPLICAS]).overwrites is not left_alone


def test_every_touched_path_must_be_ignored() -> None:
    item, application = objects("argocd")
    rule = {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
    application["spec"]["ignoreDifferences"] = [rule]
    assert _argo(item, application, paths=[REPLICAS, IMAGE]).reverts
    application["spec"]["ignoreDifferences"].append(rule | {"jsonPointers": ["/spec/template"]})
    assert not _argo(item, application, paths=[REPLICAS, IMAGE]).reverts


def test_a_restart_is_not_put_back() -> None:
    item, application = objects("argocd")
    controller = _argo(item, application, paths=[RESTART])
    assert (controller.reverts, controller.overwrites) == (False, False)
    annotations = item["spec"]["template"]["metadata"].setdefault("annotations", {})
    annotations["kubectl.kubernetes.io/restartedAt"] = "2026-01-01T00:00:00Z"
    restarted = {"f:annotations": {".": {}, "f:kubectl.kubernetes.io/restartedAt": {}}}
    wrote(item, "kubectl-rollout", {"f:spec": {"f:template": {"f:metadata": restarted}}})
    assert not _argo(item, application, paths=[RESTART]).reverts, "nor the second time"


def test_a_field_that_somebody_took_over_may_be_put_back() -> None:
    item, application = objects("argocd")
    loses(item, 0, "f:spec", "f:replicas")
    wrote(item, "kubectl-edit", {"f:spec": {"f:replicas": {}}})
    controller = _argo(item, application, paths=[REPLICAS])
    assert (controller.reverts, controller.certain) == (True, False)
    assert "may put this back" in controller.reason


def test_a_field_that_an_autoscaler_sets_is_not_in_the_manifest() -> None:
    item, application = objects("argocd")
    loses(item, 0, "f:spec", "f:replicas")
    wrote(item, "kube-controller-manager", {"f:spec": {"f:replicas": {}}}, subresource="scale")
    assert not _argo(item, application, paths=[REPLICAS]).reverts


def test_several_sources_are_all_named() -> None:
    item, application = objects("argocd")
    del application["spec"]["source"]
    application["spec"]["sources"] = [
        {"repoURL": "https://charts.example.com", "chart": "web", "targetRevision": "1.2.3"},
        {"repoURL": "https://git.example.com/values.git", "targetRevision": "main", "ref": "values"},
    ]
    application["status"]["sync"] = {"revisions": ["1.2.3", "abc123"]}
    where = _argo(item, application).where
    assert where.repository == ""
    assert "https://charts.example.com chart web 1.2.3" in where.text
    assert "https://git.example.com/values.git main (now abc123)" in where.text


def test_a_value_in_the_application_is_named_only_literally() -> None:
    item, application = objects("argocd")
    application["spec"]["source"] |= {"helm": {"valuesObject": {"web": {"replicaCount": 3}, "worker": {"replicas": 2}}}}
    assert "the Helm value web.replicaCount" in _argo(item, application, paths=[REPLICAS]).where.text
    application["spec"]["source"]["helm"]["valuesObject"]["worker"]["replicas"] = 3
    assert "Helm value" not in _argo(item, application, paths=[REPLICAS]).where.text


def test_a_hydrated_application_is_changed_in_its_dry_source() -> None:
    item, application = objects("argocd")
    dry = {"repoURL": "https://git.example.com/dry.git", "path": "shop", "targetRevision": "HEAD"}
    application["spec"]["sourceHydrator"] = {
        "drySource": dry,
        "syncSource": {"targetBranch": "env/prod", "path": "shop"},
    }
    assert _argo(item, application).where.repository == "https://git.example.com/dry.git"


def test_a_hook_is_made_anew_by_the_next_sync() -> None:
    item, application = objects("argocd")
    item["metadata"]["annotations"]["argocd.argoproj.io/hook"] = "PreSync"
    controller = _argo(item, application)
    assert (controller.reverts, controller.overwrites) == (False, True)
