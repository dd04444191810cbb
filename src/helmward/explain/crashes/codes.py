"""The codes of crashing containers: apart wherever the remedy is another."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import EFFECT, Code

# A crash for want of a dependency lies nearer to the ground than the stuck rollout that follows from it.
_WANTING = EFFECT - 10

_WHY = "The container ends again and again; between its runs, and in ever longer pauses, the pod serves nothing."
_NOT_STARTED = "The container cannot be started, so the pod serves nothing."

CRASH = Code(
    "HW-POD-004",
    "crash-loop",
    Severity.HIGH,
    _WHY,
    "Read the log of the run that crashed, mend what it names, or roll back what changed last.",
    certainty=0.8,
)
COMMAND_NOT_FOUND = Code(
    "HW-POD-005",
    "container-command-not-found",
    Severity.HIGH,
    _NOT_STARTED,
    "Correct the container's command, or use an image that holds the program.",
    certainty=0.96,
)
COMMAND_NOT_EXECUTABLE = Code(
    "HW-POD-006",
    "container-command-not-executable",
    Severity.HIGH,
    _NOT_STARTED,
    "Make the file executable in the image, correct its first line (#!), or use an image built for the node's CPU.",
    certainty=0.94,
)
CONFIGURATION = Code(
    "HW-POD-007",
    "crash-bad-configuration",
    Severity.HIGH,
    _WHY,
    "Correct the setting that the log names.",
    certainty=0.93,
)
DEPENDENCY = Code(
    "HW-POD-008",
    "crash-dependency-unreachable",
    Severity.HIGH,
    "The application gives up where a Service it needs does not answer; it recovers once that Service does.",
    "Mend the Service it cannot reach first.",
    depth=_WANTING,
    certainty=0.75,
)
NAME = Code(
    "HW-POD-009",
    "crash-host-name-unresolved",
    Severity.HIGH,
    "The application asks for a host name that no DNS server knows, and gives up.",
    "Correct the host name in the application's configuration, or create the Service of that name.",
    certainty=0.88,
)
PERMISSION = Code(
    "HW-POD-010",
    "crash-permission-denied",
    Severity.HIGH,
    _WHY,
    "Correct securityContext (runAsUser, fsGroup, readOnlyRootFilesystem, capabilities) or the owner of the files.",
    certainty=0.88,
)
PORT_IN_USE = Code(
    "HW-POD-011",
    "crash-port-in-use",
    Severity.HIGH,
    _WHY,
    "Give each container of the pod (and each pod with hostNetwork on a node) a port of its own.",
    certainty=0.92,
)
COMPLETES = Code(
    "HW-POD-012",
    "container-completes-and-restarts",
    Severity.MEDIUM,
    "The program ends with success, but restartPolicy Always starts it again for ever, in ever longer pauses.",
    "Run it as a Job or CronJob, or give it a command that stays in the foreground.",
    certainty=0.92,
)
START_FAILED = Code(
    "HW-POD-014",
    "container-start-failed",
    Severity.HIGH,
    _NOT_STARTED,
    "Mend what the container runtime names.",
    certainty=0.85,
)
CODES = (
    CRASH,
    COMMAND_NOT_FOUND,
    COMMAND_NOT_EXECUTABLE,
    CONFIGURATION,
    DEPENDENCY,
    NAME,
    PERMISSION,
    PORT_IN_USE,
    COMPLETES,
    START_FAILED,
)
