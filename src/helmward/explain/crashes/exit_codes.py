"""What a container's exit code means. One table, with its sources.

0..125 are the program's own. 126, 127 and 128+n are the shell's (POSIX.1-2024, XCU 2.8.2 "Exit Status for Commands"),
and container runtimes report a process killed by signal n as 128+n too (signal(7) names the signals). 2 is what the Go
runtime exits with after a panic (package runtime), 128 what containerd reports where the process could not be started
(pkg/cri: the reason is StartError), 134 also what Node and glibc end with by abort(3), 255 what the kubelet's
ContainerStatusUnknown and `exit -1` look like.
"""

from __future__ import annotations

from helmward.world.views import StateTerminated

MEANINGS: dict[int, str] = {
    0: "it ended with success",
    1: "the application ended with an error",
    2: "wrong usage, or a Go panic",
    126: "the command was found but cannot be executed",
    127: "the command was not found",
    128: "the container could not be started",
    129: "killed by SIGHUP",
    130: "interrupted (SIGINT)",
    131: "killed by SIGQUIT",
    132: "illegal instruction (SIGILL): built for another CPU?",
    133: "trace trap (SIGTRAP)",
    134: "it aborted (SIGABRT)",
    135: "bus error (SIGBUS)",
    136: "arithmetic error (SIGFPE)",
    137: "killed (SIGKILL), not for its own memory limit",
    139: "segmentation fault (SIGSEGV)",
    141: "broken pipe (SIGPIPE)",
    143: "asked to stop (SIGTERM)",
    255: "it ended with -1, or the node lost it",
}
STOPPED = frozenset({137, 143})
"""What a container ends with that was stopped from outside: by the kubelet, a probe or the node."""


def meaning(ended: StateTerminated) -> str:
    """`exit code 139: segmentation fault (SIGSEGV)`; a code nobody defines is the program's own."""
    code = 128 + ended.signal if ended.signal and not ended.exit_code else ended.exit_code
    if ended.reason == "OOMKilled":
        return f"exit code {code}: killed for its memory limit"
    known = MEANINGS.get(code)
    if known is None:
        known = f"killed by signal {code - 128}" if 128 < code < 193 else "a code of the application's own"
    return f"exit code {code}: {known}"


def failed(ended: StateTerminated) -> bool:
    """True if it did not end with success. A table of kubectl has only the reason (`Error`)."""
    return bool(ended.exit_code or ended.signal) or ended.reason not in ("", "Completed")
