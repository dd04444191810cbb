"""One answer from everything: what a plan shows, for hostile, broken and large objects too."""

from __future__ import annotations

import copy
import shlex
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.core.text import HOSTILE
from helmward.tools.kubernetes.ownership import controllers_of, managed

from .cases import IMAGE, REPLICAS, Json, objects, wrote

_FILES = ("argocd", "flux", "helmrelease", "helm", "autoscalers", "owners")
_EVIL = "a\x1b[2J\u202e\u200b\nb'; rm -rf / #"


def test_without_a_controller_it_says_who_wrote_the_field() -> None:
    item, *_ = objects("autoscalers")
    found = controllers_of(item, paths=[IMAGE, "/spec/paused"])
    assert found.controllers == ()
    assert found.text == (
        "No controller puts this back. "
        "spec.template.spec.containers[0].image was last written by kubectl apply at 2026-01-05T10:00:00Z. "
        "spec.paused: nobody is recorded as its manager."
    )


@pytest.mark.parametrize(
    ("manager", "operation", "subresource", "shown"),
    [
        ("kubectl", "Apply", "", "kubectl apply --server-side"),
        ("kubectl", "Update", "scale", "kubectl (scale)"),
        ("kubectl-set", "Update", "", "kubectl set"),
        ("kubectl-rollout", "Update", "", "kubectl rollout"),
        ("deploy-bot", "Update", "", "deploy-bot"),
        ("", "Update", "", "a manager without a name"),
    ],
)
def test_managers_by_the_names_people_know(manager: str, operation: str, subresource: str, shown: str) -> None:
    item: Json = {"spec": {"replicas": 2}, "metadata": {}}
    wrote(item, manager, {"f:spec": {"f:replicas": {}}}, operation, subresource=subresource)
    found = controllers_of(item, paths=[REPLICAS])
    assert found.reverted_by == found.overwritten_by == ()
    assert f"spec.replicas was last written by {shown} at " in found.text


def test_who_reverts_goes_first_and_both_are_named() -> None:
    item, application = objects("argocd")
    _, hpa, *_ = objects("autoscalers")
    hpa["spec"]["scaleTargetRef"]["name"] = "checkout"
    del application["spec"]["syncPolicy"]["automated"]
    application["metadata"]["name"] = "shop-prod"
    found = controllers_of(
        item, related=[application, {**hpa, "metadata": {"name": "h", "namespace": "shop"}}], paths=[REPLICAS]
    )
    assert found.reverted_by == ("HorizontalPodAutoscaler shop/h",)
    assert found.overwritten_by == ("Argo CD application argocd/shop-prod",)
    assert found.text.startswith("HorizontalPodAutoscaler shop/h sets the number of replicas itself")
    plan = managed(found)
    assert (plan.reverted_by, plan.overwritten_by, len(plan.where)) == ("hpa", "argocd", 2)


def test_without_paths_it_speaks_of_the_object() -> None:
    item, *related = objects("argocd")
    assert controllers_of(item, related=related).reverted_by == ("Argo CD application argocd/shop-prod",)


def test_many_paths_make_a_short_text() -> None:
    item: Json = {"kind": "ConfigMap", "metadata": {"name": "m"}, "data": {f"k{n}": "v" for n in range(1000)}}
    found = controllers_of(item, paths=[f"/data/k{n}" for n in range(1000)])
    assert len(found.text) < 1000
    assert "995 more fields." in found.text


@pytest.mark.parametrize("name", _FILES)
def test_hostile_names_are_made_printable(name: str) -> None:
    item, *related = objects(name)
    for found in (item, *related):
        _poison(found)
    ownership = controllers_of(item, related=related, paths=[IMAGE, REPLICAS], values={_EVIL: 1})
    assert ownership.controllers
    for controller in ownership.controllers:
        _assert_printable(msgspec.to_builtins(controller))
        assert not _after_semicolon(controller.where.command)
    _assert_printable(msgspec.to_builtins(managed(ownership)))


def test_hostile_paths_are_printable_in_the_text() -> None:
    (item,) = objects("helm")
    ownership = controllers_of(item, paths=[f"/data/{_EVIL}"])
    _assert_printable(ownership.text)
    assert list(ownership.managers) == [f"/data/{_EVIL}"], "the pointer itself stays what it is"


def _assert_printable(shown: Any) -> None:
    if isinstance(shown, dict):
        shown = [*shown.keys(), *shown.values()]
    if isinstance(shown, (list, tuple)):
        for part in shown:
            _assert_printable(part)
    if isinstance(shown, str):
        assert not HOSTILE.search(shown), shown
        assert "\n" not in shown


def _after_semicolon(command: str) -> list[str]:
    """The words of the command that a shell would take for commands of their own: those after an unquoted `;`."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    words = list(lexer)
    return words[words.index(";") :] if ";" in words else []


def _poison(item: Any) -> None:
    """Every text but those that decide what is what."""
    for entry in item.get("metadata", {}).get("managedFields", []):
        entry["time"] = _EVIL
    metadata = item["metadata"]
    for holder in (metadata.get("labels", {}), metadata.get("annotations", {})):
        for key, value in holder.items():
            if "tracking-id" not in key:
                holder[key] = value + _EVIL
    for part in ("source", "sourceRef", "ref"):
        for key in item.get("spec", {}).get(part, {}):
            item["spec"][part][key] += _EVIL
    for reference in metadata.get("ownerReferences", []):
        reference["name"] += _EVIL
        reference["kind"] += _EVIL


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_FILES), st.randoms(use_true_random=False), _JSON)
def test_wrong_types_anywhere_are_never_an_error(name: str, random: Any, wrong: Any) -> None:
    everything = objects(name)
    for item in everything:
        _break(item, random, wrong)
    item, *related = everything
    found = controllers_of(item, related=related, paths=[IMAGE, REPLICAS], values={"replicas": wrong})
    msgspec.json.encode(found)
    managed(found)


def _break(item: Any, random: Any, wrong: Any) -> None:
    """Put `wrong` in the place of something, anywhere in the object."""
    while isinstance(item, (dict, list)) and item:
        key = random.choice(list(item) if isinstance(item, dict) else range(len(item)))
        if random.random() < 0.25 or not isinstance(item[key], (dict, list)):
            item[key] = wrong
            return
        item = item[key]


def test_it_changes_nothing_and_is_quick() -> None:
    item, *related = objects("argocd")
    before = copy.deepcopy((item, related))
    started = time.process_time()
    for _ in range(1000):
        controllers_of(item, related=related, paths=[IMAGE])
    assert time.process_time() - started < 5, "a plan of 10,000 objects must not take minutes"
    assert (item, related) == before
