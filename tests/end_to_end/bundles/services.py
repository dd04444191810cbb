"""What `systemctl status` prints of a node's services: all run but those of a fault."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_NODES = ("lab-node-1", "lab-node-2", "lab-node-3", "lab-node-4")
_NAMES = {
    "kubelet": "kubelet: The Kubernetes Node Agent",
    "containerd": "containerd container runtime",
    "kube-proxy": "Kubernetes Kube-Proxy Server",
    "kube-scheduler": "Kubernetes Scheduler",
}
_RUNNING = """\
● {unit}.service - {title}
     Loaded: loaded (/lib/systemd/system/{unit}.service; enabled; vendor preset: enabled)
     Active: active (running) since Mon 2025-07-14 08:02:11 UTC; 3 days ago
   Main PID: 1021 ({unit})
      Tasks: 17 (limit: 38391)
     Memory: 61.4M
     CGroup: /system.slice/{unit}.service
             └─1021 /usr/bin/{unit}
"""
_DEAD = """\
○ {unit}.service - {title}
     Loaded: loaded (/lib/systemd/system/{unit}.service; enabled; vendor preset: enabled)
     Active: inactive (dead) since Thu 2025-07-17 09:10:02 UTC; 5min ago
    Process: 1021 ExecStart=/usr/bin/{unit} (code=exited, status=0/SUCCESS)
   Main PID: 1021 (code=exited, status=0/SUCCESS)

Jul 17 09:10:02 {node} systemd[1]: Stopping {title}...
Jul 17 09:10:02 {node} systemd[1]: {unit}.service: Deactivated successfully.
Jul 17 09:10:02 {node} systemd[1]: Stopped {title}.
"""


def write(folder: Path, dead: Iterable[tuple[str, str]]) -> None:
    """`nodes/<node>/<service>.txt` below `folder`; the scheduler runs on the first node alone."""
    for node in _NODES:
        for unit, title in _NAMES.items():
            if unit == "kube-scheduler" and node != _NODES[0]:
                continue
            text = _DEAD if (node, unit) in set(dead) else _RUNNING
            path = folder / f"nodes/{node}/{unit}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(unit=unit, title=title, node=node))
