"""A script in processes of its own that need not import it again: they are forked from one that has.

    python forking.py CHANNEL SCRIPT.py

imports the script (which has `warm()`, called once, and `main(given)`, a coroutine function), and forks for each message on
the Unix socket CHANNEL. A message is the path of a JSON file, what `main` is given; with it come the fork's input, output and
errors, and a pipe on which its process id is said at once and its exit status when it has ended, as subprocess has it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

_LIMIT = 16 << 20  # bytes of one line of output
_ENDING: set[asyncio.Task[int]] = set()


class Forked:
    """One fork. Its `stdin`, `stdout` and the rest are as those of asyncio.subprocess.Process."""

    def __init__(self, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, pid: int, said: asyncio.StreamReader):
        self.stdin, self.stdout, self.pid = stdin, stdout, pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._end(said))
        _ENDING.add(self._ended)  # or nobody would hold it: asyncio does not
        self._ended.add_done_callback(_ENDING.discard)

    async def wait(self) -> int:
        """Its exit status, once it has ended; negative for a signal."""
        return await asyncio.shield(self._ended)

    async def _end(self, said: asyncio.StreamReader) -> int:
        try:
            self.returncode = int(await said.readline())
            await said.read()
            return self.returncode
        finally:
            self.stdin.close()


class Forks:
    """The process that is forked from; it starts with the first fork and ends with `close`."""

    def __init__(self, script: Path) -> None:
        self._script = script
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def fork(self, given: Path, errors: BinaryIO) -> Forked:
        """One process more, whose errors go to that file."""
        channel = self._channel or self._start()
        (stdin, theirs), (stdout, output), (said, status) = socket.socketpair(), os.pipe(), os.pipe()
        with theirs, open(output, "wb") as out, open(status, "wb") as telling:
            files = [theirs.fileno(), out.fileno(), errors.fileno(), telling.fileno()]
            socket.send_fds(channel, [str(given).encode() + b"\n"], files)
        _, writer = await asyncio.open_connection(sock=stdin)
        saying = await _reader(said)
        return Forked(writer, await _reader(stdout), int(await saying.readline()), saying)

    def close(self) -> None:
        """No forks any more."""
        if self._channel is not None and self._process is not None:
            self._channel.close()
            self._process.wait(60)

    def _start(self) -> socket.socket:
        self._channel, theirs = socket.socketpair()
        with theirs:
            words = [sys.executable, __file__, str(theirs.fileno()), str(self._script)]
            self._process = subprocess.Popen(words, pass_fds=[theirs.fileno()])
        return self._channel


async def _reader(file: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb")
    )
    return reader


def _forked(channel: socket.socket) -> Path:
    """Returns in each fork, with what it is given; the process that is forked from ends here."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    telling: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([channel.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 1 << 16)
            _tell(telling)
        if channel.fileno() not in ready:
            continue
        message, files, _, _ = socket.recv_fds(channel, 1 << 16, 4)
        if not message:
            sys.exit()
        *standard, status = files
        if pid := os.fork():
            telling[pid] = status
            os.write(status, b"%d\n" % pid)
            for file in standard:
                os.close(file)
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, file in enumerate(standard):
            os.dup2(file, number)
        for file in (*files, *telling.values(), woken, wake):
            os.close(file)
        channel.close()
        return Path(os.fsdecode(message.rstrip(b"\n")))


def _tell(telling: dict[int, int]) -> None:
    while telling:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        file = telling.pop(pid)
        os.write(file, b"%d\n" % os.waitstatus_to_exitcode(status))
        os.close(file)


def _main(channel: str, script: str) -> None:
    found: dict[str, Any] = runpy.run_path(script, run_name="forked")
    found["warm"]()
    gc.freeze()
    given = json.loads(_forked(socket.socket(fileno=int(channel))).read_text())
    asyncio.run(found["main"](given))


if __name__ == "__main__":
    _main(*sys.argv[1:])
