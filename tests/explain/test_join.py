"""Joining findings to first causes: the shared chains, and what holds for any findings whatever."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.explain.shop import NOW, Shop, small_shop

from helmward.core.nouns import Severity
from helmward.explain.causes.incidents import incidents
from helmward.explain.causes.join import join
from helmward.explain.codes import EFFECT, FAULT, GROUND, SUFFERS, Code


@pytest.fixture
def shop() -> Shop:
    return small_shop()


# ---- the chains ------------------------------------------------------------------------------------------------------


def test_a_bad_image_explains_its_service_its_rollout_and_its_callers(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    shop.find("empty", "Service", "payment")
    shop.find("stuck", "Deployment", "payment", owner="payment")
    shop.find("crash", "Pod", "frontend-0", owner="frontend", blames=["Service/payment"])
    shop.find("stuck", "Deployment", "frontend", owner="frontend")
    symptoms = [
        "crash-pod-frontend-0",
        "empty-service-payment",
        "stuck-deployment-frontend",
        "stuck-deployment-payment",
    ]
    assert shop.joined() == [(["image-pod-payment-0"], symptoms)]


def test_a_caller_that_names_nothing_suffers_from_what_it_needs(shop: Shop) -> None:
    shop.find("key", "Pod", "payment-0", owner="payment")
    shop.find("unready", "Pod", "frontend-0", owner="frontend", depth=SUFFERS)
    assert shop.joined() == [(["key-pod-payment-0"], ["unready-pod-frontend-0"])]


def test_a_callers_own_fault_is_nearer_than_a_deeper_one_elsewhere(shop: Shop) -> None:
    shop.find("quota", "Deployment", "payment", owner="payment")
    shop.find("image", "Pod", "frontend-0", owner="frontend")
    shop.find("stuck", "Deployment", "frontend", owner="frontend")
    assert shop.joined() == [
        (["image-pod-frontend-0"], ["stuck-deployment-frontend"]),
        (["quota-deployment-payment"], []),
    ]


def test_a_node_explains_what_its_pods_suffer_since(shop: Shop) -> None:
    shop.find("node", "Node", "node-1", since="2026-01-01T11:50:00Z")
    shop.find("empty", "Service", "payment", since="2026-01-01T11:50:10Z")
    shop.find("probe", "Pod", "payment-0", owner="payment", since="2026-01-01T11:51:00Z")
    shop.find("stuck", "Deployment", "payment", owner="payment")
    symptoms = ["empty-service-payment", "probe-pod-payment-0", "stuck-deployment-payment"]
    assert shop.joined() == [(["node-node-node-1"], symptoms)]


def test_a_node_does_not_explain_what_was_wrong_before_it(shop: Shop) -> None:
    shop.find("node", "Node", "node-1", since="2026-01-01T11:50:00Z")
    shop.find("image", "Pod", "payment-0", owner="payment", since="2026-01-01T11:40:00Z")
    shop.find("crash", "Pod", "user-0", owner="user", since="2026-01-01T11:55:00Z")  # on node-2
    assert shop.joined() == [(["crash-pod-user-0"], []), (["image-pod-payment-0"], []), (["node-node-node-1"], [])]


def test_a_quota_explains_the_stuck_rollout_but_no_crash(shop: Shop) -> None:
    shop.find("quota", "Deployment", "payment", owner="payment")
    shop.find("stuck", "Deployment", "payment", owner="payment")
    shop.find("crash", "Pod", "payment-0", owner="payment")
    assert shop.joined() == [(["quota-deployment-payment", "crash-pod-payment-0"], ["stuck-deployment-payment"])]


def test_a_service_without_pods_leads_to_its_scaled_down_workload(shop: Shop) -> None:
    shop.workload("ledger", pods=0)
    shop.find("scaled", "Deployment", "ledger", owner="ledger")
    shop.find("empty", "Service", "ledger")
    assert shop.joined() == [(["scaled-deployment-ledger"], ["empty-service-ledger"])]


def test_a_port_of_the_service_is_no_cause_of_unready_pods(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    shop.find("port", "Service", "payment")
    shop.find("empty", "Service", "payment")
    found = shop.joined()
    assert (["image-pod-payment-0"], ["empty-service-payment"]) in found
    assert (["port-service-payment"], []) in found


def test_two_faults_apart_are_two_incidents(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    shop.find("crash", "Pod", "user-0", owner="user")
    shop.find("empty", "Service", "user")
    assert shop.joined() == [(["crash-pod-user-0"], ["empty-service-user"]), (["image-pod-payment-0"], [])]


def test_two_faults_on_one_workload_are_one_incident_the_surer_first(shop: Shop) -> None:
    shop.find("probe", "Pod", "payment-0", owner="payment", certainty=0.7)
    shop.find("image", "Pod", "payment-0", owner="payment", certainty=0.97)
    (incident,) = incidents(shop.findings, shop.world, NOW)
    assert [cause.finding for cause in incident.causes] == ["fnd-image-pod-payment-0", "fnd-probe-pod-payment-0"]
    assert incident.causes[0].confidence > incident.causes[1].confidence


def test_two_workloads_without_the_same_config_map_are_one_incident(shop: Shop) -> None:
    for name in ("payment", "user"):
        shop.find("key", "Pod", f"{name}-0", owner=name, blames=["ConfigMap/settings"])
    assert shop.joined() == [(["key-pod-payment-0", "key-pod-user-0"], [])]


def test_replicas_that_repeat_one_cause_count_once(shop: Shop) -> None:
    shop.workload("ledger", pods=3)
    for number in range(3):
        shop.find("image", "Pod", f"ledger-{number}", owner="ledger")
    ((causes, symptoms),) = shop.joined()
    assert len(causes) == 1 and len(symptoms) == 2


def test_findings_that_blame_each_other_end_in_the_earlier(shop: Shop) -> None:
    shop.find("crash", "Pod", "payment-0", owner="payment", blames=["Service/user"], since="2026-01-01T11:51:00Z")
    shop.find("crash", "Pod", "user-0", owner="user", blames=["Service/payment"], since="2026-01-01T11:50:00Z")
    assert shop.joined() == [(["crash-pod-user-0"], ["crash-pod-payment-0"])]


def test_informational_findings_stay_outside(shop: Shop) -> None:
    shop.find("cordoned", "Node", "node-1", severity=Severity.INFO, depth=GROUND)
    assert shop.joined() == []


def test_a_dead_service_that_is_needed_makes_the_incident_critical(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    (incident,) = incidents(shop.findings, shop.world, NOW)
    assert incident.severity is Severity.CRITICAL
    assert incident.impact == (
        "Deployment payment has 0 of 1 replicas ready; Service payment has no ready endpoint; frontend needs payment"
    )


def test_old_pods_that_serve_are_told_from_a_new_version_that_is_up(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    status = {"replicas": 3, "readyReplicas": 2, "updatedReplicas": 1, "unavailableReplicas": 1}
    spec = {"replicas": 2, "template": {"metadata": {"labels": {"app": "payment"}}}}
    shop.put("Deployment", "payment", spec=spec, status=status)
    (incident,) = incidents(shop.findings, shop.world, NOW)
    assert incident.impact.startswith(
        "Deployment payment has 2 of 2 replicas ready, but the new version is not up: 2 pods of the old one serve"
    )
    shop.put("Deployment", "payment", spec=spec, status=status | {"replicas": 2, "unavailableReplicas": 0})
    (incident,) = incidents(shop.findings, shop.world, NOW)
    assert "but" not in incident.impact


# ---- what always holds -----------------------------------------------------------------------------------------------

_NAMES = ("payment", "user", "frontend")
_TIMES = (None, "2026-01-01T11:40:00Z", "2026-01-01T11:50:00Z")
_PLACES = st.one_of(
    st.tuples(st.just("Pod"), st.sampled_from([f"{name}-0" for name in _NAMES])),
    st.tuples(st.sampled_from(["Deployment", "Service", "ConfigMap"]), st.sampled_from(_NAMES)),
    st.tuples(st.just("Node"), st.sampled_from(["node-1", "node-2"])),
)
_FINDINGS = st.lists(
    st.tuples(
        _PLACES,
        st.sampled_from([GROUND, FAULT, EFFECT, SUFFERS]),
        st.lists(_PLACES, max_size=2),
        st.sampled_from(_TIMES),
        st.sampled_from([Severity.HIGH, Severity.LOW, Severity.INFO]),
        st.sampled_from([0.5, 0.9]),
    ),
    max_size=12,
)


def _tangled(drawn: list[Any]) -> Shop:
    """A world whose workloads all call each other, with the drawn findings, circles of blame and all."""
    shop = Shop()
    for number, name in enumerate(_NAMES):
        shop.workload(name, node=f"node-{number % 2 + 1}", calls=tuple(other for other in _NAMES if other != name))
    for number, ((kind, name), depth, blames, since, severity, certainty) in enumerate(drawn):
        owner = name.removesuffix("-0") if kind in ("Pod", "Deployment") else None
        shop.find(
            f"s{number}", kind, name, owner=owner, depth=depth, since=since, severity=severity, certainty=certainty,
            blames=["/".join(place) for place in blames], code=f"code-{number % 3}",
        )  # fmt: skip
    return shop


@given(_FINDINGS)
@settings(max_examples=300, deadline=None)
def test_every_serious_finding_is_in_exactly_one_incident(drawn: list[Any]) -> None:
    shop = _tangled(drawn)
    groups = join(shop.findings, shop.world, NOW)
    placed = sorted(member.id for group in groups for member in (*group.causes, *group.symptoms))
    assert placed == sorted(finding.id for finding in shop.findings if finding.severity is not Severity.INFO)
    assert all(group.causes and set(group.reasons) >= {cause.id for cause in group.causes} for group in groups)
    built = incidents(shop.findings, shop.world, NOW)
    assert len({incident.id for incident in built}) == len(built) == len(groups)


@given(_FINDINGS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_findings_does_not_matter(drawn: list[Any], dice: random.Random) -> None:
    shop = _tangled(drawn)
    shuffled = list(shop.findings)
    dice.shuffle(shuffled)
    assert incidents(shop.findings, shop.world, NOW) == incidents(shuffled, shop.world, NOW)


@given(_FINDINGS)
@settings(max_examples=100, deadline=None)
def test_a_later_look_at_the_same_findings_says_the_same(drawn: list[Any]) -> None:
    shop = _tangled(drawn)
    first = incidents(shop.findings, shop.world, NOW)
    assert first == incidents(shop.findings, shop.world, NOW)


def test_a_thousand_findings_join(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints what a thousand findings on 800 workloads in one namespace cost to join; the figure is not asserted."""
    shop = Shop()
    for number in range(800):
        calls = (f"app-{number - 1}",) if number % 10 else ()
        shop.workload(f"app-{number}", node=f"node-{number % 100}", calls=calls, pods=3)
    for number in range(500):
        shop.find("image", "Pod", f"app-{number}-0", owner=f"app-{number}")
    for number in range(250):
        shop.find("empty", "Service", f"app-{number}")
        shop.find("stuck", "Deployment", f"app-{number}", owner=f"app-{number}")
    spent = []
    for _ in range(3):
        start = time.process_time()
        built = incidents(shop.findings, shop.world, NOW)
        spent.append(time.process_time() - start)
    with capsys.disabled():
        print(f"\njoin: {len(shop.findings)} findings to {len(built)} incidents in {min(spent) * 1000:.0f} ms CPU")
    assert len(built) == 500


def test_a_thousand_findings_that_blame_one_object_are_one_incident() -> None:
    shop = Shop()
    for number in range(1000):
        shop.find("key", "Pod", f"app-{number}", blames=["ConfigMap/settings"])
    ((causes, symptoms),) = shop.joined()
    assert len(causes) + len(symptoms) == 1000


def test_a_long_chain_of_blame_ends_at_its_end() -> None:
    shop = Shop()
    for number in range(2000):
        shop.find("crash", "Pod", f"app-{number:04}", blames=[f"Pod/app-{number + 1:04}"])
    ((causes, symptoms),) = shop.joined()
    assert causes == ["crash-pod-app-1999"] and len(symptoms) == 1999


def test_codes_of_the_depths_are_in_order() -> None:
    assert GROUND < FAULT < EFFECT < SUFFERS
    assert Code("HW-TEST-001", "test", Severity.LOW, "", "").depth == FAULT
