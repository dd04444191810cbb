"""The kubelet's small parts, without a cluster: back-off, references, quantities, expansion, phases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.lab.cast.process import Exit
from helmward.lab.cast.registry import InvalidName, parse
from helmward.lab.client import Json
from helmward.lab.kubelet.backoff import BackOff
from helmward.lab.kubelet.environment import expand
from helmward.lab.kubelet.pace import Pace
from helmward.lab.kubelet.qos import qos_class, quantity
from helmward.lab.kubelet.records import Record
from helmward.lab.kubelet.status import pod_phase


def test_back_off_doubles_up_to_five_minutes() -> None:
    back_off = BackOff(Pace(1))
    delays = []
    for _ in range(7):
        back_off.next()
        delays.append(back_off.delay)
    assert delays == [10, 20, 40, 80, 160, 300, 300]
    assert 299 < back_off.remaining() <= 300


def test_back_off_is_none_before_the_first_failure() -> None:
    assert BackOff(Pace(1)).remaining() == 0


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("bitnami/nginx:1", "docker.io/bitnami/nginx:1"),
        ("localhost/a", "localhost/a:latest"),
        ("host:5000/a/b:v1.2", "host:5000/a/b:v1.2"),
        ("registry.example.com/shop/frontend:3.8.0", "registry.example.com/shop/frontend:3.8.0"),
    ],
)
def test_references(name: str, full: str) -> None:
    assert str(parse(name)) == full


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_is_refused(name: str) -> None:
    try:
        found = parse(name)
    except InvalidName as error:
        assert str(error) in ("invalid reference format", "repository name must be lowercase")
    else:
        assert found.tag and found.repository == found.repository.lower()


@pytest.mark.parametrize(
    ("text", "number"), [("64Mi", 64 * 2**20), ("1Gi", 2**30), ("2", 2), ("1k", 1000), ("1e3", 1000)]
)
def test_quantities(text: str, number: int) -> None:
    assert quantity(text) == number
    assert quantity("500m") * 2 == 1


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}, "Burstable"),
    ],
)
def test_quality_of_service(resources: Json, expected: str) -> None:
    assert qos_class({"containers": [{"name": "app", "resources": resources}]}) == expected


def test_expansion() -> None:
    values = {"HOST": "db"}
    assert expand("$(HOST):5432 $(PORT) $$(HOST)", values) == "db:5432 $(PORT) $(HOST)"


class _Ended:
    """An attempt that ended."""

    running = False

    def __init__(self, code: int) -> None:
        self.exit = Exit(code)


@pytest.mark.parametrize(
    ("policy", "codes", "phase"),
    [
        ("Always", [0], "Running"),
        ("Never", [0, 0], "Succeeded"),
        ("Never", [0, 1], "Failed"),
        ("OnFailure", [0, 0], "Succeeded"),
        ("OnFailure", [0, 1], "Running"),
        ("Never", [0, None], "Pending"),
    ],
)
def test_phases(policy: str, codes: list[int | None], phase: str) -> None:
    records = [Record({"name": f"c{number}"}) for number in range(len(codes))]
    for record, code in zip(records, codes, strict=True):
        record.current = None if code is None else _Ended(code)  # type: ignore[assignment]
    assert pod_phase({"metadata": {}, "spec": {"restartPolicy": policy}}, [], records) == phase
