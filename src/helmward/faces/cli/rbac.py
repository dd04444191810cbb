"""`rbac`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from helmward.app import load_analyzers, needed_kinds, needed_rights
from helmward.core import paths
from helmward.core.errors import UsageError
from helmward.core.settings import load
from helmward.explain.needs import binding, cluster_role, logs_needed
from helmward.faces.cli import options


@click.command(
    epilog="Examples:\n\n  helmward rbac\n\n  helmward rbac --service-account helmward/helmward | kubectl apply -f -"
)
@click.option("--name", default="helmward", show_default=True, help="The ClusterRole's name.")
@click.option("--service-account", metavar="NAMESPACE/NAME", help="Also print this account and its binding.")
@options.config
@options.output("yaml", "json", default="yaml")
def rbac(name: str, service_account: str | None, config_file: Path | None, output: str) -> None:
    """Print the smallest ClusterRole that the enabled analyzers and tools need, made from what they declare.

    Tools that change something are among them where the settings turn changes on."""
    settings = load(paths.config_file(config_file, os.environ), os.environ).settings
    analyzers = load_analyzers(settings)
    documents = [cluster_role(needed_kinds(analyzers, settings), logs_needed(analyzers), name, needed_rights(settings))]
    if service_account is not None:
        namespace, slash, account = service_account.partition("/")
        if not (namespace and slash and account):
            raise UsageError("--service-account is written NAMESPACE/NAME, for example helmward/helmward.")
        documents += binding(name, namespace, account)
    _print(documents, output)


def _print(documents: list[dict[str, object]], fmt: str) -> None:
    if fmt == "json":
        import json

        whole = documents[0] if len(documents) == 1 else {"apiVersion": "v1", "kind": "List", "items": documents}
        click.echo(json.dumps(whole, indent=2))
        return
    import yaml

    click.echo(yaml.safe_dump_all(documents, sort_keys=False), nl=False)
