"""Tests that share a lab share a worker."""

from __future__ import annotations

import pytest

from .distribution import group_of
from .end_to_end.cases import each_fault
from .engines import on_each


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/end_to_end/test_silence.py::test_thirty_rollouts[kube]", "end_to_end on kube"),
        ("tests/end_to_end/test_faults.py::test_its_cause[embedded-missing-key]", "end_to_end on embedded"),
        ("tests/lab/faults/test_faults.py::test_two_on_one_object[True-kube-image-crash]", "lab/faults on kube"),
        ("tests/lab/faults/test_faults.py::test_every_fault_has_its_signs", None),
        ("tests/watch/test_cluster.py::test_a_snapshot[kube]", "the control plane"),
        ("tests/tools/kubernetes/test_patch.py::test_any[kube-x]", "the control plane"),
        ("tests/deploy/test_tool_rights.py::test_any", "the control plane"),
        ("tests/watch/test_cluster.py::test_a_snapshot[embedded]", None),
        ("tests/lab/test_commands.py::test_break_list_mend[kube]", None),
    ],
)
def test_groups(nodeid: str, group: str | None) -> None:
    assert group_of(nodeid) == (group or nodeid)


def test_the_ids_that_pytest_gives_are_understood() -> None:
    for parameters in [*on_each(), *each_fault()]:
        group = f"end_to_end on {parameters.values[0]}"
        assert group_of(f"tests/end_to_end/test_any.py::test_any[{parameters.id}]") == group
