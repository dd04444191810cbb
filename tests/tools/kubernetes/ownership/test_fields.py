"""managedFields are read as the API server writes them, and anything else in their place says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import managers_of

from .cases import IMAGE, REPLICAS, Json, objects, wrote


def _name(item: Json, path: str) -> str | None:
    manager = managers_of(item, [path])[path]
    return manager.name if manager else None


@pytest.mark.parametrize(
    ("path", "manager"),
    [
        (IMAGE, "argocd-controller"),
        ("/spec/template/spec/containers/0", "argocd-controller"),
        ("/spec/template/spec/containers/0/ports/0/name", "argocd-controller"),
        ("/spec/template/spec/containers/0/env/0/value", "argocd-controller"),
        ("/spec/selector/matchLabels/app.kubernetes.io~1name", "argocd-controller"),
        ("/metadata/annotations/argocd.argoproj.io~1tracking-id", "argocd-controller"),
        ("/metadata/annotations/deployment.kubernetes.io~1revision", "kube-controller-manager"),
        ("/status/readyReplicas", "kube-controller-manager"),
        ("/spec/revisionHistoryLimit", None),
        ("/spec/template/spec/containers/1/image", None),
        ("/spec/template/spec/containers/-", None),
        ("/spec/template/spec/containers/00/image", None),
        ("/spec/nothing/here", None),
    ],
)
def test_list_keys_atomic_maps_and_subresources(path: str, manager: str | None) -> None:
    (item, _) = objects("argocd")
    assert _name(item, path) == manager


def test_the_index_follows_the_item_not_the_order_in_managed_fields() -> None:
    (item, *_) = objects("autoscalers")
    containers = item["spec"]["template"]["spec"]["containers"]
    wrote(
        item, "mesh", {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"proxy"}': {"f:image": {}}}}}}}
    )
    assert _name(item, "/spec/template/spec/containers/1/image") == "mesh"
    containers.reverse()
    assert _name(item, IMAGE) == "mesh"
    assert _name(item, "/spec/template/spec/containers/1/image") == "kubectl-client-side-apply"


def test_set_values_and_places() -> None:
    item: Json = {
        "metadata": {"finalizers": ["a.example/x", "b.example/y"]},
        "spec": {"list": ["p", "q"], "on": [True, 1]},
    }
    wrote(item, "one", {"f:metadata": {"f:finalizers": {'v:"b.example/y"': {}}}})
    wrote(item, "two", {"f:spec": {"f:list": {"i:0": {}}, "f:on": {"v:1": {}}}})
    assert _name(item, "/metadata/finalizers/0") is None
    assert _name(item, "/metadata/finalizers/1") == "one"
    assert _name(item, "/spec/list/0") == "two"
    assert _name(item, "/spec/list/1") is None
    assert _name(item, "/spec/on/0") is None, "true is not 1"
    assert _name(item, "/spec/on/1") == "two"


def test_shared_fields_name_the_latest_and_the_others() -> None:
    (item, _) = objects("argocd")
    wrote(item, "team", {"f:spec": {"f:replicas": {}}}, "Apply")
    manager = managers_of(item, [REPLICAS])[REPLICAS]
    assert manager is not None
    assert (manager.name, manager.others) == ("team", ("argocd-controller",))


def test_a_parent_names_those_that_hold_something_inside() -> None:
    (item, _) = objects("argocd")
    wrote(item, "kubectl-set", {"f:spec": {"f:template": {"f:spec": {"f:priority": {}}}}})
    manager = managers_of(item, ["/spec/template"])["/spec/template"]
    assert manager is not None
    assert {manager.name, *manager.others} == {"kubectl-set", "argocd-controller"}


def test_an_empty_map_that_another_filled_belongs_to_the_other() -> None:
    path = "/spec/template/spec/containers/0/resources/limits/cpu"
    (item,) = objects("helm")
    assert _name(item, path) is None, "absent: nobody holds it"
    resources = item["spec"]["template"]["spec"]["containers"][0]["resources"]
    resources["limits"] = {"cpu": "1"}
    limits = {"f:resources": {"f:limits": {".": {}, "f:cpu": {}}}}
    wrote(item, "kubectl-set", {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': limits}}}}})
    assert _name(item, path) == "kubectl-set"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "text",
        {},
        [None, 1, "x", []],
        [{"manager": "m", "fieldsV1": "text"}],
        [{"manager": "m", "fieldsType": "FieldsV2", "fieldsV1": {"f:spec": {"f:replicas": {}}}}],
        [{"manager": "m", "fieldsV1": {"f:spec": None, "k:": {}, "k:{": {}, "v:": {}, "i:": {}, ".": {}}}],
        [
            {
                "manager": "m",
                "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:[]": {}, "k:{}": {}}}}}},
            }
        ],
        [
            {
                "manager": "m",
                "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:" + "[" * 9000: {}}}}}},
            }
        ],
        [{"manager": "m", "fieldsV1": {}}],
    ],
)
def test_what_cannot_be_read_is_unknown(broken: Any) -> None:
    (item, _) = objects("argocd")
    item["metadata"]["managedFields"] = broken
    assert managers_of(item, [IMAGE, REPLICAS]) == {IMAGE: None, REPLICAS: None}


def test_wrong_types_of_the_entry_are_left_out() -> None:
    item: Json = {"spec": {"replicas": 1}, "metadata": {}}
    item["metadata"]["managedFields"] = [
        {"manager": 7, "operation": [], "time": {}, "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    ]
    manager = managers_of(item, [REPLICAS])[REPLICAS]
    assert manager is not None
    assert (manager.name, manager.operation, manager.time) == ("", "", "")
    assert managers_of({"metadata": []}, [REPLICAS, "", "/"]) == {REPLICAS: None, "": None, "/": None}
