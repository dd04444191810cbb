"""Flux: Kustomizations put back what they apply, HelmReleases where drift correction is on."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import Controller, controllers_of

from .cases import IMAGE, REPLICAS, RESTART, Json, objects, wrote

_KUSTOMIZE, _HELM = "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"


def _only(item: Json, *related: Json, paths: list[str] | None = None) -> Controller:
    (controller,) = controllers_of(item, related=related, paths=paths or [IMAGE]).controllers
    assert controller.system == "flux"
    return controller


def test_a_kustomization_puts_back_what_it_applies() -> None:
    item, kustomization, repository = objects("flux")
    controller = _only(item, kustomization, repository)
    assert (controller.reverts, controller.certain) == (True, True)
    assert controller.name == "Flux Kustomization flux-system/podinfo"
    assert "every 10m" in controller.reason
    where = controller.where
    assert (where.repository, where.path) == ("ssh://git@git.example.com/fleet.git", "./apps/podinfo")
    assert where.revision == "main (now main@sha1:450796ddb2ab6724ee1cc32a4be56da032d1cca0)"
    assert where.command == "flux reconcile kustomization podinfo -n flux-system --with-source"


@pytest.mark.parametrize("path", [REPLICAS, RESTART, "/spec/template/spec/containers/0/resources/limits/cpu"])
def test_what_its_manifests_do_not_set_stays(path: str) -> None:
    controller = _only(*objects("flux"), paths=[path])
    assert (controller.reverts, controller.overwrites) == (False, False)


def test_a_scale_to_zero_leaves_no_manager_and_may_be_put_back() -> None:
    item, *related = objects("flux")
    item["spec"]["replicas"] = 0
    controller = _only(item, *related, paths=[REPLICAS])
    assert (controller.reverts, controller.certain) == (True, False)


def test_suspended_it_overwrites_later() -> None:
    item, kustomization, repository = objects("flux")
    kustomization["spec"]["suspend"] = True
    controller = _only(item, kustomization, repository)
    assert (controller.reverts, controller.overwrites) == (False, True)


def test_not_read_is_not_suspended() -> None:
    item, *_ = objects("flux")
    controller = _only(item)
    assert (controller.reverts, controller.certain) == (True, False)


@pytest.mark.parametrize("place", ["annotations", "labels"])
@pytest.mark.parametrize(
    ("key", "value", "reverts"),
    [
        ("reconcile", "disabled", False),
        ("reconcile", "Disabled", False),
        ("ssa", "IfNotPresent", False),
        ("ssa", "Ignore", False),
        ("ssa", "Merge", True),
        ("ssa", "Override", True),
        ("prune", "disabled", True),
    ],
)
def test_switches_on_the_object(place: str, key: str, value: str, reverts: bool) -> None:
    item, *related = objects("flux")
    item["metadata"].setdefault(place, {})[f"{_KUSTOMIZE}/{key}"] = value
    assert _only(item, *related).reverts is reverts


def test_another_kustomization_of_that_name_is_not_it() -> None:
    item, kustomization, repository = objects("flux")
    kustomization["metadata"]["namespace"] = "other"
    kustomization["spec"]["suspend"] = True
    assert _only(item, kustomization, repository).reverts


def test_without_the_source_only_the_path_is_named() -> None:
    item, kustomization, _ = objects("flux")
    where = _only(item, kustomization).where
    assert (where.repository, where.path) == ("", "./apps/podinfo")


def test_the_field_manager_alone_is_a_mark() -> None:
    item, *_ = objects("flux")
    item["metadata"]["labels"] = {}
    assert _only(item).name == "Flux (kustomize-controller)"


def test_drift_correction_puts_back_and_names_the_value_in_its_repository() -> None:
    item, release, kustomization, repository = objects("helmrelease")
    controller = _only(item, release, kustomization, repository)
    assert (controller.reverts, controller.certain) == (True, True)
    assert controller.where.field == "spec.values.image of HelmRelease monitoring/grafana"
    assert controller.where.repository == "ssh://git@git.example.com/fleet.git"
    assert "drift correction is on" in controller.reason


@pytest.mark.parametrize("mode", ["warn", "disabled", None, 7])
def test_without_drift_correction_the_next_upgrade_overwrites(mode: Any) -> None:
    item, release, *_ = objects("helmrelease")
    release["spec"]["driftDetection"] = {"mode": mode}
    controller = _only(item, release)
    assert (controller.reverts, controller.overwrites) == (False, True)


def test_a_suspended_release_and_one_that_was_not_read() -> None:
    item, release, *_ = objects("helmrelease")
    release["spec"]["suspend"] = True
    assert not _only(item, release).reverts
    assert _only(item).reverts
    assert not _only(item).certain


def test_drift_correction_is_switched_off_on_the_object() -> None:
    item, release, *_ = objects("helmrelease")
    item["metadata"]["annotations"][f"{_HELM}/driftDetection"] = "disabled"
    assert not _only(item, release).reverts


@pytest.mark.parametrize(
    ("rule", "ignored"),
    [
        ({"paths": ["/spec/replicas"]}, True),
        ({"paths": [""]}, True),
        ({"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}}, True),
        ({"paths": ["/spec/replicas"], "target": {"kind": "(Deployment|StatefulSet)", "name": "graf.*"}}, True),
        ({"paths": ["/spec/replicas"], "target": {"group": "apps", "version": "v1", "namespace": "monitoring"}}, True),
        ({"paths": ["/spec/replicas"], "target": {"kind": "Deploy"}}, False),
        ({"paths": ["/spec/replicas"], "target": {"name": "(unclosed"}}, False),
        ({"paths": ["/spec/replicas"], "target": {"labelSelector": "app=x"}}, False),
        ({"paths": ["/spec/template"]}, False),
        ({"paths": [7, None]}, False),
    ],
)
def test_ignored_drift(rule: Json, ignored: bool) -> None:
    item, release, *_ = objects("helmrelease")
    release["spec"]["driftDetection"]["ignore"] = [rule]
    assert _only(item, release, paths=[REPLICAS]).reverts is not ignored


def test_every_touched_path_must_be_ignored() -> None:
    item, release, *_ = objects("helmrelease")
    release["spec"]["driftDetection"]["ignore"] = [{"paths": ["/spec/replicas"]}]
    assert _only(item, release, paths=[REPLICAS, IMAGE]).reverts


def test_a_value_taken_by_hand_may_be_put_back() -> None:
    item, release, *_ = objects("helmrelease")
    item["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"].pop("f:replicas")
    wrote(item, "kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale")
    controller = _only(item, release, paths=[REPLICAS])
    assert (controller.reverts, controller.certain) == (True, False)
