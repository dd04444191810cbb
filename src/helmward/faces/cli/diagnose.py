"""`diagnose`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.core.nouns import Severity
from helmward.faces.cli import options

_FORMATS = ("table", "json", "yaml", "markdown", "sarif")


@click.command(
    epilog="Examples:\n\n"
    "  helmward diagnose                        the cluster of the current kubeconfig context\n\n"
    "  helmward diagnose ./manifests app.yaml   files and folders\n\n"
    "  kubectl get all -A -o json | helmward diagnose -\n\n"
    "  helmward diagnose bundle.tar.gz -o json --fail-on high"
)
@click.argument("paths", metavar="[PATH|-]...", nargs=-1)
@click.option("-n", "--namespace", help="Only this namespace.")
@click.option("--context", help="The kubeconfig context (without PATH).")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="The kubeconfig file (without PATH).")
@click.option("--now", help="The clock for files, RFC 3339. Without it, the newest time in them.")
@click.option("--fail-on", type=click.Choice([str(s) for s in Severity]), help="Exit 3 on findings at or above this.")
@click.option(
    "--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Known findings, with reason and expiry."
)
@options.config
@options.output(*_FORMATS)
def diagnose(
    paths: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    kubeconfig: Path | None,
    now: str | None,
    fail_on: str | None,
    baseline: Path | None,
    config_file: Path | None,
    output: str,
) -> int:
    """Explain what is wrong, once, without a server: in a cluster, in files, in an evidence bundle, in standard input."""
    from helmward.faces.cli.diagnosing import Request, run

    return run(Request(paths, namespace, context, kubeconfig, now, fail_on, baseline, config_file), output)
