"""`rbac`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from helmward.app import load_analyzers
from helmward.core import paths
from helmward.core.settings import load
from helmward.explain.needs import cluster_role
from helmward.faces.cli import options
from helmward.faces.cli.output import emit


@click.command(epilog="Example:\n\n  helmward rbac | kubectl apply -f -")
@click.option("--name", default="helmward", show_default=True, help="The ClusterRole's name.")
@options.config
@options.output("yaml", "json", default="yaml")
def rbac(name: str, config_file: Path | None, output: str) -> None:
    """Print the smallest ClusterRole that the enabled analyzers need, made from what they declare."""
    loaded = load(paths.config_file(config_file, os.environ), os.environ)
    emit(cluster_role(load_analyzers(loaded.settings), name), output)
