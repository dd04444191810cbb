"""The console with 1,000 incidents: pages, the first load, and 500 pages that stay open."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.gateway import Server, _cpu, _resident, _started
from bench.measure import child, row
from bench.startup import lab

INCIDENTS, CLIENTS, EVENTS = 1000, 500, 10
PAGES = {"now": "/", "now, all words": "/?q=worker", "approvals": "/approvals", "settings": "/settings"}


def run() -> None:
    """What is asked: a page ≤ 50 ms of the server's time with 1,000 incidents; first load ≤ 120 KB compressed; 500 open pages
    ≤ 100 MiB more; from an event in the cluster to the browser p95 ≤ 300 ms."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kubeconfig = stack.enter_context(lab(folder / "lab"))
        child("bench.console_looks:broken", kubeconfig, str(INCIDENTS))
        home = folder / "home"
        home.mkdir()
        words = (str(home), kubeconfig, str(INCIDENTS))
        server = stack.enter_context(_started("bench.console_server", *words))
        row(f"{INCIDENTS} incidents", "CPU ms", "p50 ms", "p95 ms", "first load KB")
        for name, path in PAGES.items():
            _page(name, server, path)
        _open(server, kubeconfig)


def _page(name: str, server: Server, path: str) -> None:
    count = 40
    before = _cpu(server.pid)
    said = child("bench.console_looks:pages", server.url, server.token, path, str(count)).said
    cpu = (_cpu(server.pid) - before) / count
    p50, p95 = said["taken"]
    row(f"{name} (≤ 50 ms, ≤ 120 KB)", f"{cpu * 1000:.1f}", f"{p50:.1f}", f"{p95:.1f}", f"{said['bytes'] / 1000:.1f}")


def _open(server: Server, kubeconfig: str) -> None:
    before, most, watching = _resident(server.pid), 0, True

    def watch() -> None:
        nonlocal most
        while watching:
            most = max(most, _resident(server.pid))
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        words = (server.url, server.token, kubeconfig, str(CLIENTS), str(EVENTS))
        said: dict[str, Any] = child("bench.console_looks:open_pages", *words).said
    finally:
        watching = False
        watcher.join()
    p50, p95 = said["taken"]
    row(f"{CLIENTS} open pages", "more MiB", "p50 ms", "p95 ms", "not told")
    row(
        "change in the cluster → browser",
        f"{(most - before) / 1024:.0f}",
        f"{p50:.0f}",
        f"{p95:.0f}",
        f"{said['lost']}",
    )
    p50, p95 = said["since"]
    row("incident opened → browser (≤ 100 MiB, ≤ 300 ms)", "", f"{p50:.0f}", f"{p95:.0f}")
