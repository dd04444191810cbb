"""Owner references: change it where it is made."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import controllers_of, managed

from .cases import IMAGE, REPLICAS, Json, objects


def test_an_operator_keeps_its_stateful_set() -> None:
    item, *_ = objects("owners")
    found = controllers_of(item, paths=[REPLICAS])
    (controller,) = found.controllers
    assert (controller.system, controller.reverts) == ("operator", True)
    assert controller.name == "PostgresCluster bank/ledger"
    assert controller.where.command == "kubectl edit postgrescluster.postgres-operator.crunchydata.com ledger -n bank"
    assert managed(found).reverted_by == "operator"


def test_a_replica_set_is_changed_at_its_deployment() -> None:
    _, item, *_ = objects("owners")
    (controller,) = controllers_of(item, paths=[IMAGE]).controllers
    assert (controller.system, controller.reverts, controller.certain) == ("owner", True, True)
    assert controller.where.command == "kubectl edit deployment.apps checkout -n shop"


def test_a_replica_set_of_a_rollout_is_changed_there() -> None:
    _, _, item, *_ = objects("owners")
    (controller,) = controllers_of(item, paths=[IMAGE]).controllers
    assert (controller.system, controller.reverts) == ("owner", True)
    assert controller.where.command == "kubectl edit rollout.argoproj.io canary -n shop"


def test_a_change_of_a_pod_lasts_as_long_as_the_pod() -> None:
    _, _, _, item, _ = objects("owners")
    (controller,) = controllers_of(item, paths=["/metadata/labels/app"]).controllers
    assert (controller.reverts, controller.overwrites) == (False, True)
    assert "the next Pod" in controller.reason


def test_an_owner_that_does_not_manage_counts_where_its_operator_wrote() -> None:
    *_, item = objects("owners")
    (controller,) = controllers_of(item, paths=[REPLICAS]).controllers
    assert (controller.system, controller.reverts, controller.certain) == ("operator", True, False)
    assert controllers_of(item, paths=["/spec/paused"]).controllers == ()


def test_a_cluster_scoped_owner_has_no_namespace() -> None:
    item, *_ = objects("owners")
    owner = {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {"name": "ledger", "uid": "7d0a"}}
    item["metadata"]["ownerReferences"][0] |= {"apiVersion": "example.com/v1", "kind": "Fleet"}
    (controller,) = controllers_of(item, related=[owner], paths=[REPLICAS]).controllers
    assert controller.where.command == "kubectl edit fleet.example.com ledger"


@pytest.mark.parametrize(
    ("down", "reverts"), [("onsuccess", True), ("progressively", True), ("never", False), (None, False)]
)
def test_a_rollout_that_refers_to_a_deployment_keeps_it_scaled_down(down: Any, reverts: bool) -> None:
    worker, *_ = objects("autoscalers")
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker", "scaleDown": down}
    metadata = {"name": "worker", "namespace": "shop", "uid": "33cc"}
    rollout: Json = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": metadata}
    rollout["spec"] = {"workloadRef": reference}
    found = controllers_of(worker, related=[rollout], paths=[REPLICAS])
    assert found.reverted_by == (("Rollout shop/worker",) if reverts else ())
    assert controllers_of(worker, related=[rollout], paths=[IMAGE]).controllers == ()
