"""`config`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from helmward.core import paths, settings
from helmward.faces.cli import options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, table


@click.group(cls=Group, epilog="Examples:\n\n  helmward config show\n\n  helmward config validate helmward.yaml")
def config() -> None:
    """Show, validate or describe the settings."""


@config.command(epilog="Example:\n\n  helmward config show")
@options.config
@options.output("table", "json", "yaml")
def show(config_file: Path | None, output: str) -> None:
    """Show every setting's value and where it came from. Secrets are hidden."""
    shown = settings.show(settings.load(paths.config_file(config_file, os.environ), os.environ))
    if output != "table":
        emit(shown, output)
        return
    table(("SETTING", "VALUE", "FROM"), ((path, entry["value"], entry["origin"]) for path, entry in shown.items()), "")


@config.command(epilog="Example:\n\n  helmward config validate helmward.yaml")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@options.config
def validate(file: Path | None, config_file: Path | None) -> None:
    """Check a settings file; the first fault is one sentence, exit code 2."""
    from helmward.app import check_settings

    named = file or paths.config_file(config_file, os.environ)
    check_settings(settings.load(named, os.environ).settings)
    shown = named or paths.default_config(os.environ)
    there = shown.exists() or named is not None
    click.echo(f"{shown} is valid." if there else f"There is no settings file {shown}; the defaults hold.")


@config.command(epilog="Example:\n\n  helmward config schema > helmward.schema.json")
@options.output("json", "yaml", default="json")
def schema(output: str) -> None:
    """Print the JSON Schema of the settings file."""
    emit(settings.json_schema(), output)
