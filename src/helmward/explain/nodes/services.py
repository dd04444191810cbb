"""What `systemctl status` says of a node's services: whether they run, and their last lines."""

from __future__ import annotations

import re
from typing import NamedTuple

from helmward.core.nouns import Evidence, short_id
from helmward.explain.codes import Code
from helmward.explain.evidence import clean
from helmward.explain.nodes.codes import KUBELET, PROXY, RUNTIME, SCHEDULER
from helmward.world.lens import Lens

_CODES = {
    "kubelet": KUBELET, "containerd": RUNTIME, "crio": RUNTIME, "docker": RUNTIME, "kube-proxy": PROXY,
    "kube-scheduler": SCHEDULER,
}  # fmt: skip
# systemctl(1): `Active: inactive (dead) since …`, `failed (Result: exit-code) …`, `activating (auto-restart) …`
_ACTIVE = re.compile(r"^\s*Active:\s*((?:inactive|failed|activating \(auto-restart\)|deactivating).*)$", re.M)
_ONE_WORD = re.compile(r"\s*(inactive|failed)\s*")  # systemctl is-active
_ERROR = re.compile(r"\b(?:E\d{4} |error|fail|fatal|panic|unable|cannot|refused|killed)", re.I)
_LOG_LINE = re.compile(r"^\w{3} \d{1,2} \d\d:\d\d:\d\d ")
_MOST_LINES = 3


class Stopped(NamedTuple):
    """A service that does not run: its code, its name, what systemd says of it, and the proof."""

    code: Code
    service: str
    state: str
    proof: tuple[Evidence, ...]


def stopped(world: Lens, node: str) -> list[Stopped]:
    """The services of a node that are known not to run, by name."""
    found = []
    for service, text in sorted(world.node_services(node).items()):
        name = service.removesuffix(".service")
        active = _ACTIVE.search(text) or _ONE_WORD.fullmatch(text)
        if active is not None and name in _CODES:
            state = active.group(1).strip()
            proof = [
                _evidence(node, name, f"Active: {state}"),
                *(_evidence(node, name, line) for line in _telling(text)),
            ]
            found.append(Stopped(_CODES[name], name, state, tuple(proof)))
    return found


def _telling(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if _LOG_LINE.match(line)]
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or lines)[-_MOST_LINES:]


def _evidence(node: str, service: str, text: str) -> Evidence:
    ref, shown = f"Node/{node} systemctl status {service}", clean(text)
    return Evidence(id=short_id("ev", "log", ref, shown), source="log", ref=ref, excerpt=shown)
