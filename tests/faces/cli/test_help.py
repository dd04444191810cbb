"""The pages of the command line: every command has one with examples, an unknown word is answered, completion is quick."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from helmward.faces.cli.main import COMMANDS, cli

from ..conftest import Cli

HEAVY = (
    "aiohttp", "alembic", "fastapi", "helmward.adapters", "helmward.app", "helmward.explain", "helmward.lab",
    "helmward.world", "msgspec", "pydantic", "rich", "sqlalchemy", "uvicorn", "yaml", "importlib.metadata", "urllib.request",
)  # fmt: skip


def pages(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command, groups too."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from pages(found, (*path, name))


PAGES = list(pages(cli))


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_every_page_has_an_example_of_its_own(words: tuple[str, ...], alone: Cli) -> None:
    result = alone(*words, "--help")
    assert result.code == 0
    assert result.err == ""
    assert result == alone(*words, "-h")
    assert "..." not in result.out.partition("Commands:")[2]
    examples = result.out.partition("Example")[2] if words else result.out
    assert " ".join(("helmward", *words)) in examples


def test_the_table_says_what_the_commands_say() -> None:
    for name, (_, _, line) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.help
        assert line.endswith(".")


@pytest.mark.parametrize(
    ("words", "near"),
    [(["diagnos"], "diagnose"), (["incident"], "incidents"), (["tokens", "lst"], "list"), (["config", "valdate"], "validate"),
     (["lab", "brake"], "break")],
)  # fmt: skip
def test_an_unknown_command_is_answered_with_the_nearest(words: list[str], near: str, alone: Cli) -> None:
    result = alone(*words)
    assert result.code == 2
    assert result.out == ""
    assert f"Did you mean '{near}'" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["xyzzy"], ["\x1b[31mred"], ["incidents", "--odd"], ["explain"], ["suppress", "x"], ["incidents", "-o", "xml"],
     ["up", "--port", "99999"], ["tokens", "create", "x", "--role", "root"]],
)  # fmt: skip
def test_wrong_usage_is_one_line_that_says_where_help_is(words: list[str], alone: Cli) -> None:
    result = alone(*words)
    assert (result.code, result.out) == (2, "")
    assert "--help" in result.err
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err


@pytest.mark.parametrize("group", ["tools", "policy", "heal", "actors", "tokens", "audit", "lab", "config"])
def test_a_group_alone_shows_its_page(group: str, alone: Cli) -> None:
    result = alone(group)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: helmward ")
    assert "\nCommands:\n" in result.err


def test_help_imports_nothing_heavy() -> None:
    """What is imported, not how long it takes."""
    program = f"""
import sys
from helmward.faces.cli.main import run
assert run(["--help"]) == 0
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def complete(line: str) -> subprocess.CompletedProcess[str]:
    """What Tab after `line` offers, and what was imported for it."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_HELMWARD_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    program = f"""
import atexit, sys
from helmward.faces.cli.main import main
atexit.register(lambda: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr))
main()
"""
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)


def test_names_are_completed_without_importing_commands() -> None:
    done = complete("helmward ")
    offered = [line.partition(",")[2] for line in done.stdout.splitlines()]
    assert [name for name in offered if not name.startswith("-")] == list(COMMANDS)
    assert done.stderr.strip() == "[]"
    assert [line.partition(",")[2] for line in complete("helmward inc").stdout.splitlines()] == ["incidents"]


def test_subcommands_and_choices_are_completed() -> None:
    assert "plain,revoke" in complete("helmward tokens ").stdout
    assert "plain,sarif" in complete("helmward diagnose -o s").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, alone: Cli) -> None:
    result = alone("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert "_HELMWARD_COMPLETE" in result.out
    program = shutil.which(shell)
    if program is not None:  # every machine has bash; the others where they are
        assert subprocess.run([program, "-n"], input=result.out, text=True, check=False).returncode == 0


def test_bash_loads_the_script_and_completes_with_it(alone: Cli) -> None:
    script = alone("completion", "bash").out
    asking = (
        'COMP_WORDS=(helmward expl); COMP_CWORD=1; _helmward_completion helmward expl helmward; echo "${COMPREPLY[@]}"'
    )
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{asking}"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "explain"


def test_a_terminal_that_knows_no_unicode() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "helmward", "codes"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_version(alone: Cli) -> None:
    assert re.fullmatch(r"helmward \d+\.\d+\.\d+\n", alone("--version").out)


def test_an_interrupted_command_ends_quietly(alone: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("helmward.faces.cli.http.get", interrupted)
    monkeypatch.setattr("helmward.faces.cli.http.find", lambda *_: None)
    result = alone("status")
    assert result.code == 130
    assert result.out == ""
