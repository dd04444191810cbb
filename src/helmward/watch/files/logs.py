"""Container logs of files: the last lines, bounded and masked, and the names that their paths give."""

from __future__ import annotations

from collections.abc import Callable

from helmward.world.logs import Log, LogRef

MOST_LINES = 2000
MOST_BYTES = 8 << 20
"""How much of a log file's end is read at most."""
_LONGEST_LINE = 4096
_PREVIOUS = ".previous"


def log_ref(namespace: str, pod: str, container: str) -> LogRef:
    """The log that `<container>[.previous].log` of a pod's folder is; "" where the path names no container."""
    previous = container.endswith((_PREVIOUS, "-previous", "_previous"))
    return LogRef(namespace, pod, container[: -len(_PREVIOUS)] if previous else container, previous)


def read_log(text: str, file: str, mask: Callable[[str], str]) -> tuple[Log, list[str]]:
    """(the log, masked; its last lines as they came, for the clock)."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if lines and not lines[-1]:
        lines.pop()
    lines = [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…" for line in lines[-MOST_LINES:]]
    # A secret may span lines (a private key): the text is masked whole, and line by line only if that lost the count.
    masked = mask("\n".join(lines)).split("\n")
    if len(masked) != len(lines):
        masked = [mask(line) for line in lines]
    return Log(tuple(masked) if lines else (), None, file), lines
