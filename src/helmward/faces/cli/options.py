"""Options that many commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def output(*formats: str, default: str = "table") -> Callable[[F], F]:
    """`-o`, one of `formats`."""
    return click.option(
        "-o", "--output", type=click.Choice(formats), default=default, show_default=True, help="Format."
    )


def data_dir(function: F) -> F:
    """`--data-dir`."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="HELMWARD_DATA_DIR",
        help="Where state lives. [env: HELMWARD_DATA_DIR]",
    )(function)


def config(function: F) -> F:
    """`--config`."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="HELMWARD_CONFIG",
        help="The settings file. [env: HELMWARD_CONFIG]",
    )(function)


def namespace(function: F) -> F:
    """`-n`."""
    return click.option("-n", "--namespace", help="Only this namespace.")(function)


def server(function: F) -> F:
    """`--url` and `--data-dir`: where the running server is found. The token comes from HELMWARD_TOKEN or the data folder."""
    url = click.option("--url", envvar="HELMWARD_URL", help="The server. [env: HELMWARD_URL]")
    return data_dir(url(function))
