"""`up`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.faces.cli import options


@click.command(
    epilog="Examples:\n\n"
    "  helmward up --lab                    try everything on a small cluster of its own\n\n"
    "  helmward up                          observe the cluster of the current kubeconfig context\n\n"
    "  helmward up --context staging --port 8500"
)
@click.option("--lab", is_flag=True, help="Start the lab, a small cluster in a box, and watch that.")
@click.option("--engine", type=click.Choice(["auto", "embedded", "kube"]), default="auto", help="The lab's engine.")
@click.option("--context", help="The kubeconfig context; without it the current one, or the pod's own account.")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="The kubeconfig file.")
@click.option("--listen", help="The address to listen on; beyond loopback only with TLS or a declared proxy.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port. [default: 8420]")
@click.option("--plain", is_flag=True, help="Lines instead of a live screen (also when output is no terminal).")
@options.config
@options.data_dir
def up(
    lab: bool,
    engine: str,
    context: str | None,
    kubeconfig: Path | None,
    listen: str | None,
    port: int | None,
    plain: bool,
    config_file: Path | None,
    data_dir: Path | None,
) -> int:
    """Start Helmward. It watches the cluster, shows what is wrong as it happens, and serves its API on 127.0.0.1:8420.

    It says first which context, user and rights it has. It changes nothing in the cluster until the settings say
    otherwise (`changes.mode`); on the lab it makes the changes that you approve. Stop it with Ctrl-C.
    """
    from helmward.faces.cli.running import Start, run

    return run(Start(lab, engine, context, kubeconfig, listen, port, plain, config_file, data_dir))
