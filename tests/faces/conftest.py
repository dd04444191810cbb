"""One server for all tests of the faces, and the command line in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from helmward.faces.cli import main

from .shop import serve_shop
from .station import Station, running
from .station import station as start


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A server that all tests of this session share: each makes what it needs under names of its own."""
    with start(tmp_path_factory.mktemp("station")) as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A server that makes the changes that are approved, on a lab of its own."""
    folder = tmp_path_factory.mktemp("shop")
    with running(folder, serve_shop(folder)) as made:
        yield made


class Result(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line of a user who has nothing yet: `alone("codes", "-o", "json", stdin=b"…")`."""
    for name in (
        "HELMWARD_URL",
        "HELMWARD_TOKEN",
        "HELMWARD_CONFIG",
        "KUBECONFIG",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HELMWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(tmp_path / "keys"))

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main.run(list(arguments))
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def cli(alone: Cli, station: Station, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line of the user who started the server."""
    monkeypatch.setenv("HELMWARD_DATA_DIR", str(station.folder / "data"))
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(station.folder / "keys"))
    return alone


@pytest.fixture
def shopkeeper(alone: Cli, shop: Station, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line of the user who started the server of `shop`."""
    monkeypatch.setenv("HELMWARD_DATA_DIR", str(shop.folder / "data"))
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(shop.folder / "keys"))
    return alone
