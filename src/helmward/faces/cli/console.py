"""`console`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from helmward.faces.cli import http, options


@click.command(epilog="Examples:\n\n  helmward console\n\n  helmward console --no-browser")
@options.server
@click.option("--no-browser", is_flag=True, help="Print the link, and open nothing.")
def console(url: str | None, data_dir: Path | None, no_browser: bool) -> None:
    """Open the console in a browser, signed in as you are on the command line.

    The link that is printed works once, within five minutes. Whoever opens it has your rights: show it to nobody.
    """
    server = http.find(url, data_dir)
    address = server.url + str(http.send(server, "POST", "/console/links")["address"])
    click.echo(address)
    if not no_browser and _has_screen():
        import webbrowser

        webbrowser.open(address)


def _has_screen() -> bool:
    """Where there is none, a browser would be one for terminals, in the middle of this one."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
