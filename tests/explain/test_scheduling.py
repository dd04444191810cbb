"""The scheduler's message, read back into what it was made of; quantities as numbers."""

from __future__ import annotations

import pytest

from helmward.explain.clues.quantities import amount, shown
from helmward.explain.scheduling.verdict import rejections

# pkg/scheduler/framework/types.go FitError.Error; the reasons are of the plugins of 1.34 and, for taints, of 1.30.
MESSAGES = {
    "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: "
    "3 Preemption is not helpful for scheduling.": (3, [(3, "Insufficient cpu")]),
    "0/5 nodes are available: 2 Insufficient memory, 2 node(s) had untolerated taint {dedicated: batch, gpu}, "
    "1 node(s) didn't match Pod's node affinity/selector.": (
        5,
        [
            (2, "Insufficient memory"),
            (2, "node(s) had untolerated taint {dedicated: batch, gpu}"),
            (1, "node(s) didn't match Pod's node affinity/selector"),
        ],
    ),
    '0/4 nodes are available: persistentvolumeclaim "ledger" not found. preemption: 0/4 nodes are available: '
    "4 Preemption is not helpful for scheduling.": (4, [(4, 'persistentvolumeclaim "ledger" not found')]),
    "0/1 nodes are available: 1 Too many pods. preemption: not eligible due to preemptionPolicy=Never.": (
        1,
        [(1, "Too many pods")],
    ),
    "no nodes available to schedule pods": (0, []),
    "": (0, []),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_read_back(message: str) -> None:
    total, found = rejections(message)
    assert (total, [tuple(rejection) for rejection in found]) == MESSAGES[message]


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("500m", 0.5),
        ("2", 2.0),
        ("1Gi", 2**30),
        ("1.5G", 1.5e9),
        ("12e6", 12e6),
        (3, 3.0),
        ("many", None),
        (None, None),
    ],
)
def test_quantities(quantity: str | int | None, number: float | None) -> None:
    assert amount(quantity) == number


def test_amounts_are_shown_as_people_write_them() -> None:
    assert [shown("cpu", 0.25), shown("cpu", 64.0), shown("requests.memory", 1.5 * 2**30), shown("pods", 110)] == [
        "0.25", "64", "1.5Gi", "110",
    ]  # fmt: skip
