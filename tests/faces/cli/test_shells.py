"""Real shells load the completion script and complete a command with it."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

_SECONDS = 30.0
_BESIDE = Path(sys.executable).parent
_SHOW_LINE = 'show() { print -r -- "$BUFFER" >$SHOWN }; zle -N show; bindkey "^X^X" show'


def shell(name: str) -> str:
    """The program of a shell; skips the test where it is not installed, fails it where it must be."""
    program = shutil.which(name)
    if program is None and os.environ.get("HELMWARD_REQUIRE_SHELLS") == "1":
        pytest.fail(f"{name} is not installed")
    return program or pytest.skip(f"{name} is not installed")


def environment(folder: Path) -> dict[str, str]:
    """A home of its own; `helmward` is found."""
    path = os.pathsep.join([str(_BESIDE), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(folder), "TERM": "dumb", "LANG": "C.UTF-8", "SHOWN": str(folder / "shown")}


def test_fish(tmp_path: Path) -> None:
    asking = "helmward completion fish | source; complete -C 'helmward expl'; complete -C 'helmward tokens '"
    done = subprocess.run(
        [shell("fish"), "--no-config", "-c", asking],
        env=environment(tmp_path), capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    offered = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert offered[0] == "explain"
    assert {"create", "list", "revoke"} <= set(offered[1:])


def test_zsh_sources_the_script(tmp_path: Path) -> None:
    load = "autoload -Uz compinit; compinit -u -D; source <(helmward completion zsh)"
    assert completed(shell("zsh"), tmp_path, load) == "helmward explain "


def test_zsh_finds_the_script_on_its_function_path(tmp_path: Path) -> None:
    load = "fpath=($HOME $fpath); helmward completion zsh >$HOME/_helmward; autoload -Uz compinit; compinit -u -D"
    assert completed(shell("zsh"), tmp_path, load) == "helmward explain "


def completed(zsh: str, folder: Path, load: str) -> str:
    """What the line is after `helmward expl` and the tab key, in an interactive zsh that has run `load`."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [zsh, "-f", "-i"], env=environment(folder), stdin=inside, stdout=inside, stderr=inside, start_new_session=True
    )
    os.close(inside)
    os.set_blocking(terminal, False)
    try:
        os.write(terminal, f"{load}; {_SHOW_LINE}; touch $HOME/loaded\n".encode())
        _wait(folder / "loaded", terminal)
        os.write(terminal, b"helmward expl\t\x18\x18")
        _wait(folder / "shown", terminal)
        return (folder / "shown").read_text().removesuffix("\n")
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _wait(file: Path, terminal: int) -> None:
    """Until the file is written; what the shell shows meanwhile is read away, and told if it comes to nothing."""
    seen, deadline = b"", time.monotonic() + _SECONDS
    while not (file.exists() and (file.name == "loaded" or file.stat().st_size)):
        assert time.monotonic() < deadline, f"waited in vain for {file.name}; the shell showed: {seen.decode()}"
        try:
            seen += os.read(terminal, 65536)
        except BlockingIOError:
            time.sleep(0.02)
