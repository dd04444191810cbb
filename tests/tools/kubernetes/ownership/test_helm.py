"""Helm: the next upgrade overwrites what the chart sets; a values key is named only when it stands there literally."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import Controller, controllers_of, managed, values_key

from .cases import IMAGE, REPLICAS, RESTART, Json, loses, objects, wrote

_VALUES: Json = {
    "replicaCount": 2,
    "image": {"repository": "nginx", "tag": "1.27", "pullPolicy": "IfNotPresent"},
    "service": {"port": 80},
}


def _helm(item: Json, path: str = IMAGE, **more: Any) -> Controller:
    (controller,) = controllers_of(item, paths=[path], **more).controllers
    assert controller.system == "helm"
    return controller


def test_the_next_upgrade_overwrites() -> None:
    (item,) = objects("helm")
    found = controllers_of(item, paths=[IMAGE])
    assert (found.reverted_by, found.overwritten_by) == ((), ("Helm release shop/orders",))
    assert "overwrites this at its next upgrade" in found.text
    assert managed(found).overwritten_by == "helm"
    assert managed(found).reverted_by is None
    assert "helm get values orders -n shop --all" in found.text
    assert "image.repository" not in found.text


@pytest.mark.parametrize(("path", "key"), [(IMAGE, "image"), (REPLICAS, "replicaCount")])
def test_a_literal_values_key_is_named(path: str, key: str) -> None:
    (item,) = objects("helm")
    where = _helm(item, path, values=_VALUES).where
    assert where.field == f"the Helm value {key}"
    assert where.command == f"helm upgrade orders -n shop CHART --reuse-values --set {key}=VALUE"


@pytest.mark.parametrize("path", [RESTART, "/spec/template/spec/containers/0/resources/limits/memory", "/spec/paused"])
def test_what_the_chart_does_not_set_is_kept(path: str) -> None:
    (item,) = objects("helm")
    controller = _helm(item, path)
    assert (controller.reverts, controller.overwrites) == (False, False)


def test_a_field_taken_by_hand_may_still_be_in_the_chart() -> None:
    (item,) = objects("helm")
    loses(item, 0, "f:spec", "f:replicas")
    wrote(item, "kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale")
    controller = _helm(item, REPLICAS)
    assert (controller.overwrites, controller.certain) == (True, False)


def test_a_release_that_is_applied_on_the_server_conflicts() -> None:
    (item,) = objects("helm")
    item["metadata"]["managedFields"][0]["operation"] = "Apply"
    controller = _helm(item)
    assert controller.overwrites
    assert "--force-conflicts" in controller.reason


def test_the_label_alone_is_no_release() -> None:
    """`helm template | kubectl apply`, and Argo CD, leave the label but no release."""
    (item,) = objects("helm")
    item["metadata"]["annotations"] = {}
    assert controllers_of(item, paths=[IMAGE]).controllers == ()


@pytest.mark.parametrize(
    ("values", "path", "before", "key"),
    [
        ({"replicas": 2}, REPLICAS, 2, "replicas"),
        ({"web": {"replicaCount": 2}}, REPLICAS, 2, "web.replicaCount"),
        ({"web": {"replicas": 2}, "worker": {"replicas": 2}}, REPLICAS, 2, None),
        ({"web": {"replicas": 2}, "worker": {"replicas": 3}}, REPLICAS, 2, "web.replicas"),
        ({"count": 2}, REPLICAS, 2, None),
        ({"replicas": "2"}, REPLICAS, 2, None),
        ({"replicas": True}, REPLICAS, 1, None),
        ({"replicas": {"min": 2}}, REPLICAS, 2, None),
        ({"image": "nginx:1.27"}, IMAGE, "nginx:1.27", "image"),
        ({"image": {"registry": "r.example", "repository": "a/b", "tag": "1"}}, IMAGE, "r.example/a/b:1", "image"),
        ({"image": {"repository": "a/b", "tag": "1"}}, IMAGE, "r.example/a/b:1", None),
        ({"image": {"repository": "a/b", "tag": 1}}, IMAGE, "a/b:1", None),
        ({"other": {"repository": "nginx", "tag": "1.27"}}, IMAGE, "nginx:1.27", None),
        ({"config": {"LOG_LEVEL": "debug"}}, "/data/LOG_LEVEL", "debug", "config.LOG_LEVEL"),
        ({"config": {"app.conf": "x"}}, "/data/app.conf", "x", "config.app\\.conf"),
        ({"list": [{"image": "a:1"}, {"image": "b:1"}]}, IMAGE, "b:1", "list[1].image"),
        ({}, REPLICAS, 2, None),
        ({"replicas": 2}, "", 2, None),
        ({1: {"replicas": 2}}, REPLICAS, 2, None),
    ],
)
def test_values_keys(values: Any, path: str, before: Any, key: str | None) -> None:
    assert values_key(values, path, before) == key


def test_values_that_hold_themselves_end() -> None:
    values: Json = {"replicas": 2}
    values["again"] = values
    assert values_key(values, REPLICAS, 2) is None, "found more than once"
