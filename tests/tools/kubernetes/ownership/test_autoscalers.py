"""Autoscalers own what they set: replicas, or the resources of the pods."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.tools.kubernetes.ownership import Controller, controllers_of, managed

from .cases import IMAGE, REPLICAS, Json, objects

_CONTAINERS = "/spec/template/spec/containers"


def _files() -> tuple[Json, Json, Json, Json, Json]:
    worker, hpa, scaled, made, vpa = objects("autoscalers")
    return worker, hpa, scaled, made, vpa


def _all(item: Json, *related: Json, paths: tuple[str, ...] = (REPLICAS,)) -> tuple[Controller, ...]:
    return controllers_of(item, related=related, paths=paths).controllers


def test_an_hpa_owns_replicas() -> None:
    worker, hpa, *_ = _files()
    found = controllers_of(worker, related=[hpa], paths=[REPLICAS])
    (controller,) = found.controllers
    assert (controller.system, controller.reverts, controller.certain) == ("hpa", True, True)
    assert "between 2 and 8" in found.text
    assert controller.where.command == (
        'kubectl patch hpa worker -n shop --type merge -p \'{"spec":{"minReplicas":2,"maxReplicas":8}}\''
    )
    assert managed(found).reverted_by == "hpa"
    assert managed(found).managers == {REPLICAS: "kube-controller-manager"}
    assert _all(worker, hpa, paths=(IMAGE,)) == ()
    assert len(_all(worker, hpa, paths=("/spec",))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "StatefulSet"},
        {"name": "other"},
        {"apiVersion": "argoproj.io/v1alpha1"},
    ],
)
def test_an_hpa_of_something_else(change: Json) -> None:
    worker, hpa, *_ = _files()
    hpa["spec"]["scaleTargetRef"] |= change
    assert _all(worker, hpa) == ()


def test_an_hpa_of_another_namespace() -> None:
    worker, hpa, *_ = _files()
    hpa["metadata"]["namespace"] = "other"
    assert _all(worker, hpa) == ()


def test_an_hpa_rests_at_zero() -> None:
    worker, hpa, *_ = _files()
    worker["spec"]["replicas"] = 0
    (controller,) = _all(worker, hpa)
    assert (controller.reverts, controller.overwrites) == (False, True)
    hpa["spec"]["minReplicas"] = 0
    assert _all(worker, hpa)[0].reverts


def test_an_hpa_without_minimum_has_one() -> None:
    worker, hpa, *_ = _files()
    del hpa["spec"]["minReplicas"]
    assert "between 1 and 8" in _all(worker, hpa)[0].reason


def test_keda_is_named_instead_of_the_hpa_it_made() -> None:
    worker, _, scaled, made, _ = _files()
    (controller,) = _all(worker, made, scaled)
    assert (controller.system, controller.reverts) == ("keda", True)
    assert "between 0 and 20" in controller.reason
    assert controller.where.command.startswith("kubectl patch scaledobject worker-queue -n shop")
    worker["spec"]["replicas"] = 0
    assert _all(worker, made, scaled)[0].reverts, "KEDA wakes it from zero"


@pytest.mark.parametrize(
    ("annotations", "reverts", "words"),
    [
        ({"autoscaling.keda.sh/paused": "true"}, False, "is paused"),
        ({"autoscaling.keda.sh/paused": "false"}, True, "itself"),
        ({"autoscaling.keda.sh/paused-replicas": "3"}, True, "at 3"),
    ],
)
def test_keda_paused(annotations: Json, reverts: bool, words: str) -> None:
    worker, _, scaled, *_ = _files()
    scaled["metadata"]["annotations"] = annotations
    (controller,) = _all(worker, scaled)
    assert controller.reverts is reverts
    assert words in controller.reason


@pytest.mark.parametrize(
    ("path", "sets"),
    [
        (f"{_CONTAINERS}/0/resources/requests/memory", True),
        (f"{_CONTAINERS}/0/resources/requests", True),
        (f"{_CONTAINERS}/0/resources", True),
        (f"{_CONTAINERS}/0/resources/limits/memory", False),
        (f"{_CONTAINERS}/0/resources/requests/ephemeral-storage", False),
        (f"{_CONTAINERS}/1/resources/requests/cpu", False),
        (f"{_CONTAINERS}/0/image", False),
        (REPLICAS, False),
    ],
)
def test_a_vpa_sets_the_resources_it_controls(path: str, sets: bool) -> None:
    worker, *_, vpa = _files()
    assert [controller.reverts for controller in _all(worker, vpa, paths=(path,))] == ([True] if sets else [])


@pytest.mark.parametrize(("mode", "reverts"), [("Off", False), ("Initial", True), ("Recreate", True), (None, True)])
def test_vpa_modes(mode: Any, reverts: bool) -> None:
    worker, *_, vpa = _files()
    vpa["spec"]["updatePolicy"] = {"updateMode": mode} if mode else {}
    (controller,) = _all(worker, vpa, paths=(f"{_CONTAINERS}/0/resources/requests/cpu",))
    assert controller.reverts is reverts
