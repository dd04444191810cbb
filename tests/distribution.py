"""Which tests stay on one worker: those of a folder that share a lab, engine by engine, so that it is started once.

xdist's own `--dist loadgroup` writes its marks into node ids, which pytest 9.2 no longer lets it do.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

_SHARED = re.compile(r"tests/(end_to_end|lab/faults)/[^\[]*\[(?:.*-)?(embedded|kube)[-\]]")


def group_of(nodeid: str) -> str:
    """The lab that a test shares; every other test stands alone."""
    shared = _SHARED.match(nodeid)
    return f"{shared[1]} on {shared[2]}" if shared else nodeid


class ByLab(LoadScopeScheduling):
    """Spreads tests over the workers, the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
