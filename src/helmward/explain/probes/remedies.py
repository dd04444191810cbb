"""What to do about a failing probe: take the change back, or patch the probe to what the spec shows is right."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from helmward.core.nouns import Change, Owner, Remedy
from helmward.explain.clues import culprits
from helmward.explain.codes import Code
from helmward.explain.probes import codes as probe_codes
from helmward.explain.probes.codes import Way
from helmward.explain.probes.reasons import listening
from helmward.explain.probes.state import Failing
from helmward.world.lens import Lens
from helmward.world.objects import Object

_PATCHABLE = ("Deployment", "StatefulSet", "DaemonSet")


def remedies(
    pod: Object, failing: Failing, way: Way, code: Code, change: Change | None, world: Lens
) -> Iterator[Remedy]:
    """The remedies of one failing probe, best first."""
    owner = world.workload(pod)
    if change is not None and (back := culprits.roll_back(owner, f"Roll back the change. {code.fix}")) is not None:
        yield back
    patch = _slow_start(failing) if code is probe_codes.SLOW_START else _patch(failing, way)
    if patch is not None and owner is not None and owner.kind in _PATCHABLE:
        yield _patched(owner, failing.container.spec.name, patch, code.fix)
    place = f"kubectl -n {pod.namespace}"
    if way in (probe_codes.SERVER_ERROR, probe_codes.TIMEOUT, probe_codes.FAILING, probe_codes.REFUSED):
        yield Remedy(text=code.fix, command=f"{place} logs {pod.name} -c {failing.container.spec.name}")
    elif owner is not None and owner.kind in _PATCHABLE:
        yield Remedy(text=code.fix, command=f"kubectl -n {owner.namespace} edit {owner.kind.lower()}/{owner.name}")
    else:
        yield Remedy(text=code.fix, command=f"{place} describe pod {pod.name}")


def _patch(failing: Failing, way: Way) -> dict[str, Any] | None:
    """The part of the probe that is surely wrong, put right; None where only a person knows what is right."""
    field, probe = f"{failing.kind}Probe", failing.probe
    if way is probe_codes.SCHEME and probe.http_get is not None:
        return {field: {"httpGet": {"scheme": "HTTP" if probe.http_get.scheme == "HTTPS" else "HTTPS"}}}
    if way is probe_codes.TIMEOUT:
        return {field: {"timeoutSeconds": max(2, probe.timeout_seconds * 2)}}
    ports = listening(failing.container.spec)
    if way is probe_codes.PORT and len(ports) == 1:
        for name, place in (("httpGet", probe.http_get), ("tcpSocket", probe.tcp_socket), ("grpc", probe.grpc)):
            if place is not None:
                return {field: {name: {"port": ports[0]}}}
    return None


def _slow_start(failing: Failing) -> dict[str, Any]:
    probe = failing.probe
    spent = probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold
    return {"livenessProbe": {"initialDelaySeconds": max(60, spent * 3)}}


def _patched(owner: Owner, container: str, part: dict[str, Any], text: str) -> Remedy:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": container, **part}]}}}}
    command = (
        f"kubectl -n {owner.namespace} patch {owner.kind.lower()} {owner.name} -p {shlex.quote(json.dumps(patch))}"
    )
    arguments = {"kind": owner.kind, "namespace": owner.namespace, "name": owner.name, "patch": patch}
    return Remedy(text=text, command=command, tool="resources_patch", arguments=arguments)
