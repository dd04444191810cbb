"""Which tests stay on one worker: those of a folder that share a lab, engine by engine, those that share the control plane of a
session, and those of one file of the console, which share a server, so that each is started once. And which come first: the
longest, so that no worker waits for another at the end.

xdist's own `--dist loadgroup` writes its marks into node ids, which pytest 9.2 no longer lets it do.
"""

from __future__ import annotations

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

_SHARED = re.compile(r"tests/(end_to_end|lab/faults)/[^\[]*\[(?:.*-)?(embedded|kube)[-\]]")
_CONTROL_PLANE = re.compile(
    r"tests/(lab/api_contract|lab/embedded/test_fidelity|lab/kubelet|tools/kubernetes|watch)/?.*\[(?:.*-)?kube[-\]]"
    r"|tests/(deploy/|lab/embedded/test_fidelity|lab/kube/test_engine|adapters/clients/kubernetes/test_kube\b)"
    r"|tests/tools/kubernetes/(ownership/test_real|test_audit_log)\b"
    r"|tests/.*::test_(by_the_api_servers_own_audit_log|fresh_output_agrees|an_autoscaler_owns_the_replicas)\b"
)
_CONSOLE = re.compile(r"tests/console/(\w+)\.py")
_LONGEST = (
    "tests/console/",
    "tests/proof/",
    "tests/heal/",
    "tests/lab/kube/",
    "tests/lab/test_commands",
    "tests/house/",
)


def group_of(nodeid: str) -> str:
    """The lab, or the control plane, that a test shares; every other test stands alone."""
    if shared := _SHARED.match(nodeid):
        return f"{shared[1]} on {shared[2]}"
    if console := _CONSOLE.match(nodeid):
        return f"the console's {console[1]}"
    return "the control plane" if _CONTROL_PLANE.match(nodeid) else nodeid


def longest_first(items: list[pytest.Item]) -> None:
    """Put them in the order in which workers take them: the longest folders first, the rest as they were."""
    ranks = {folder: rank for rank, folder in enumerate(_LONGEST)}
    items.sort(key=lambda item: next((ranks[one] for one in _LONGEST if item.nodeid.startswith(one)), len(ranks)))


class ByLab(LoadScopeScheduling):
    """Spreads tests over the workers, the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
