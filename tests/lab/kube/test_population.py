"""The big cluster's objects: exact counts, names that are unique, and calls that lead to Services that exist."""

from __future__ import annotations

import pytest

from helmward.lab.kube import population


@pytest.mark.parametrize("pods", [100, 1000, 10_000, 30_000])
def test_pods_and_workloads_are_exactly_as_many_as_asked(pods: int) -> None:
    workloads = population.workloads(pods)
    assert sum(workload.replicas for workload in workloads) == pods
    assert len(workloads) == pods * 800 // 10_000
    assert len({(workload.namespace, workload.name) for workload in workloads}) == len(workloads)


def test_a_number_that_cannot_be_met_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 100, not 150"):
        population.workloads(150)


def test_each_workload_calls_the_service_of_another() -> None:
    workloads = population.workloads(1000)
    services = {f"{workload.name}.{workload.namespace}.svc.cluster.local" for workload in workloads}
    assert {workload.calls for workload in workloads} == services
    assert all(not workload.calls.startswith(f"{workload.name}.") for workload in workloads)


def test_the_nodes_have_room_for_the_pods() -> None:
    room = sum(int(node["status"]["allocatable"]["pods"]) for node in population.nodes(10_000))
    assert room >= 10_000


def test_a_workload_refers_to_its_own_objects() -> None:
    settings, service, deployment = population.objects(population.workloads(100)[0])
    template = deployment["spec"]["template"]
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    assert deployment["spec"]["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    (container,) = template["spec"]["containers"]
    reference = container["env"][1]["valueFrom"]["configMapKeyRef"]
    assert reference["name"] == settings["metadata"]["name"]
    assert reference["key"] in settings["data"]
    assert {"http", 9090} == {port["targetPort"] for port in service["spec"]["ports"]}
    assert {port["name"] for port in container["ports"]} >= {"http"}
