"""The lab's child processes: one process group that cannot outlive the process that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from helmward.core.errors import HelmwardError
from helmward.core.text import one_line

# The shell reads from a pipe that only the starting process holds open: however that process ends, kill -9 included,
# the read returns and the whole group goes. PR_SET_PDEATHSIG would fire when a mere thread ends, and on Linux alone.
_WATCHDOG = "trap '' HUP INT TERM; read -r _; kill -KILL 0"


class ProcessGroup:
    """Starts programs, each with a log file in `logs`, and ends all of them together.

    They are ended by SIGKILL: what they keep is written ahead (etcd), and a polite end waits for open watches.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, program: Path, *arguments: str, cwd: Path) -> None:
        """Start `program` under its file's name; raises HelmwardError when it cannot be run."""
        if self._watchdog is None:
            self._watchdog = subprocess.Popen(["/bin/sh", "-c", _WATCHDOG], stdin=subprocess.PIPE, process_group=0)
        with self._log(program.name).open("wb") as log:
            self._started[program.name] = _spawn([str(program), *arguments], cwd, log.fileno(), self._watchdog.pid)

    def check(self) -> None:
        """Raise HelmwardError when a program has stopped by itself, with its last words."""
        for name, process in self._started.items():
            code = process.poll()
            if code is not None:
                raise HelmwardError(f"The lab's {name} stopped (exit code {code}): {self.last_words(name)}")

    def last_words(self, name: str) -> str:
        """The last three lines of a program's log, and where the log is."""
        log = self._log(name)
        lines = log.read_text(errors="replace").strip().splitlines()[-3:]
        return f"{one_line(' | '.join(lines), 900) or 'it wrote nothing'} (all of it: {log})"

    def stop(self) -> None:
        """End every program at once and wait until each is gone; harmless when nothing runs."""
        if self._watchdog is None:
            return
        # A watchdog that somebody ended took the group's leader with it, never the group's members.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._watchdog.pid, signal.SIGKILL)
        for process in (*self._started.values(), self._watchdog):
            process.wait()
        if self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
        self._watchdog = None
        self._started.clear()

    @property
    def pids(self) -> dict[str, int]:
        """Program name → process id of what was started."""
        return {name: process.pid for name, process in self._started.items()}

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def _spawn(command: Sequence[str], cwd: Path, log: int, group: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, process_group=group
        )
    except OSError as error:
        raise HelmwardError(f"{command[0]} cannot be started: {error.strerror}.") from error
