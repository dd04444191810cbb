"""A probe that is wrong by what is written alone, where no Event says how it fails: its port, or what was changed in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from helmward.core.nouns import Change
from helmward.explain.clues import culprits
from helmward.explain.clues.pods import Running
from helmward.explain.crashes.crashes import CRASH_LOOP, Crash
from helmward.explain.probes import codes as ways
from helmward.explain.probes.codes import ProbeType, Way
from helmward.explain.probes.reasons import instead, is_wrong_port, port_of
from helmward.explain.probes.state import probe_of
from helmward.world.lens import Lens
from helmward.world.objects import Object

# How a program ends that the kubelet told to: at once and content, by SIGTERM, or by SIGKILL after its grace period.
_TOLD_TO_END = frozenset({0, 2, 137, 143})
_PARTS: tuple[tuple[str, Way, str], ...] = (
    (r"\.port$", ways.PORT, "was pointed at another port"),
    (r"\.path$", ways.PATH, "was pointed at another path"),
    (r"\.scheme$|Probe$|httpGet$|tcpSocket$|grpc$", ways.SCHEME, "was made to speak another protocol"),
    (r"Seconds$|Threshold$", ways.TIMEOUT, "was given other times"),
)


class Suspect(NamedTuple):
    """How a probe fails, most likely; `says` completes `the readiness probe of container c …`."""

    way: Way
    says: str
    change: Change | None


def suspect(pod: Object, container: Running, kind: ProbeType, world: Lens) -> Suspect | None:
    """Why this probe of a container fails, if it does; None where nothing written speaks against it."""
    probe, name = probe_of(container, kind), re.escape(container.spec.name)
    changes = culprits.all_of_template(world, pod, rf"ontainers\[{name}\]\.{kind}Probe")
    if probe is not None and container.spec.ports and is_wrong_port(port_of(probe), container.spec, pod, world):
        says = f"looks at port {port_of(probe)}, {instead(container.spec)}"
        return Suspect(ways.PORT, says, changes[0] if changes else None)
    for part, way, says in _PARTS:
        for number, change in enumerate(changes):
            if re.search(part, change.path) and not _takes_back(change, changes[number + 1 :]):
                return Suspect(way, says, change)
    return None


def _takes_back(change: Change, earlier: Sequence[Change]) -> bool:
    """It undoes the change before it: what the probe is now, it was when the pods ran."""
    before = next((other for other in earlier if other.path == change.path), None)
    return before is not None and before.before == change.after


def killed_without_word(pod: Object, crash: Crash, world: Lens) -> Suspect | None:
    """The liveness probe that most likely ends a container: it ends as if told to, and the probe is wrong."""
    waiting, ended = crash.container.waiting, crash.ended
    told = (
        ended.exit_code in _TOLD_TO_END if ended is not None else waiting is not None and waiting.reason == CRASH_LOOP
    )
    of_memory = ended is not None and ended.reason == "OOMKilled"
    if not told or of_memory or not crash.container.status.restart_count or world.events(pod, "Killing"):
        return None
    return suspect(pod, crash.container, "liveness", world)
