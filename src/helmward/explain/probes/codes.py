"""The codes of failing probes (HW-PRB): 1xx readiness, 2xx liveness, 3xx startup; the last two digits say how it fails."""

from __future__ import annotations

from typing import Literal, NamedTuple

from helmward.core.nouns import Severity
from helmward.explain.codes import EFFECT, FAULT, Code

ProbeType = Literal["readiness", "liveness", "startup"]

# What fails for want of something else lies nearer to the ground than the stuck rollout that follows from it.
_SOFT = EFFECT - 10

_WHY: dict[ProbeType, str] = {
    "readiness": "A pod that is not ready gets no traffic: its Service leaves it out.",
    "liveness": "The kubelet kills and restarts the container each time its liveness probe fails often enough.",
    "startup": "Until its startup probe succeeds a container is not started; when its tries are used up, it is killed.",
}


class Way(NamedTuple):
    """One way to fail. `sure` ways are no matter of time: a pod that is starting does not fail so."""

    number: int
    slug: str
    fix: str
    certainty: float
    sure: bool
    depth: int = FAULT


FAILING = Way(0, "failing", "Read the probe's answer and the container's log.", 0.6, False, _SOFT)
PORT = Way(1, "wrong-port", "Point the probe at a port on which the container listens.", 0.93, True)
PATH = Way(2, "wrong-path", "Point the probe at a path that the application serves.", 0.93, True)
SCHEME = Way(3, "wrong-scheme", "Set the probe's scheme to what the port speaks (HTTP or HTTPS).", 0.95, True)
UNAUTHORIZED = Way(4, "unauthorized", "Let the path answer without credentials, or probe one that does.", 0.92, True)
SERVER_ERROR = Way(
    5, "server-error", "Read the application's log: it says itself that it is not well.", 0.6, False, _SOFT
)
TIMEOUT = Way(
    6, "timeout", "Raise timeoutSeconds, make the path answer faster, or give it more CPU.", 0.7, False, _SOFT
)
EXEC = Way(7, "command-failing", "Correct the probe's command, or what it looks at.", 0.8, False)
GRPC = Way(8, "grpc-failing", "Serve grpc.health.v1.Health on the probe's port, or report SERVING.", 0.8, False)
REFUSED = Way(
    9, "connection-refused", "Make the application listen on the probed port, on all addresses (0.0.0.0).", 0.72, False
)
WAYS = (FAILING, PORT, PATH, SCHEME, UNAUTHORIZED, SERVER_ERROR, TIMEOUT, EXEC, GRPC, REFUSED)

SLOW_START = Code(
    "HW-PRB-001",
    "liveness-probe-kills-slow-start",
    Severity.HIGH,
    "The liveness probe gives up before the application has started, so it never starts.",
    "Add a startupProbe, or raise initialDelaySeconds of the liveness probe.",
    certainty=0.85,
)
NOT_READY = Code(
    "HW-PRB-002",
    "container-not-ready",
    Severity.MEDIUM,
    _WHY["readiness"],
    "Look at the pod's Events and the container's log: nothing that was read says why.",
    depth=_SOFT,
    certainty=0.4,
)


def _codes() -> dict[tuple[ProbeType, Way], Code]:
    hundreds: dict[ProbeType, int] = {"readiness": 100, "liveness": 200, "startup": 300}
    return {
        (kind, way): Code(
            f"HW-PRB-{hundred + way.number:03d}",
            f"{kind}-probe-{way.slug}",
            Severity.HIGH,
            _WHY[kind],
            way.fix,
            depth=way.depth,
            certainty=way.certainty,
        )
        for kind, hundred in hundreds.items()
        for way in WAYS
    }


OF = _codes()
"""The code of each probe type and way to fail."""
CODES = (SLOW_START, NOT_READY, *OF.values())
