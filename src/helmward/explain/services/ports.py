"""A Service's ports against the ports of the containers behind it: target port and protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from helmward.core.nouns import Finding, Remedy, Severity
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, newest
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.services.codes import PROTOCOL, TARGET_PORT
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import ContainerPort, PodSpec, Probe, ServicePort

_MAKERS = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
"""The workloads that keep pods running."""


class _Behind(NamedTuple):
    """A pod behind a Service, or a workload that makes such pods; `path` is where it has its pod's spec."""

    item: Object
    spec: PodSpec
    path: str


class _Wrong(NamedTuple):
    code: Code
    sentence: str
    certainty: float
    right: int | str | None
    """What targetPort (or, for PROTOCOL, the protocol) should be, where that is plain."""


def wrong_ports(service: Object, pods: list[Object], world: Lens) -> Iterator[Finding]:
    """A finding for each port of the Service that leads to nothing in the newest pod behind it."""
    yield from _wrong(service, [_Behind(pod, pod.view.spec, ".spec") for pod in pods], world)


def wrong_template_ports(service: Object, world: Lens) -> Iterator[Finding]:
    """The same where no pod is there (a workload at zero): what its next pods would serve, their templates tell."""
    found = world.templated(service.namespace, service.view.spec.selector)
    makers = [item for item in found if item.kind.name in _MAKERS and not item.meta.deletion_timestamp]
    yield from _wrong(
        service, [_Behind(item, item.view.spec.template.spec, ".spec.template.spec") for item in makers], world
    )


def _wrong(service: Object, behind: Iterable[_Behind], world: Lens) -> Iterator[Finding]:
    full = [one for one in behind if one.spec.containers]
    if not full:
        return
    newest = max(full, key=lambda one: (one.item.meta.creation_timestamp or "", one.item.name))
    for number, port in enumerate(service.view.spec.ports):
        found = _judge(port, newest.spec)
        if found is not None and (found.certainty > 0.9 or not _served(port, full)):
            yield _finding(service, number, port, newest, found, world)


def _judge(port: ServicePort, spec: PodSpec) -> _Wrong | None:
    if port.target_port == 0:
        return None
    target = port.target_port or port.port
    declared = [item for container in (*spec.containers, *spec.init_containers) for item in container.ports]
    if isinstance(target, str) and not target.isdigit():
        return _by_name(port, target, declared, spec)
    return _by_number(port, int(target or 0), declared, spec)


def _by_name(port: ServicePort, target: str, declared: list[ContainerPort], spec: PodSpec) -> _Wrong | None:
    """A named target port must be declared (pkg/api/v1/pod FindPort): without it the port has no endpoint at all."""
    named = [item for item in declared if item.name == target]
    if any(item.protocol == port.protocol for item in named):
        return None
    if named:
        return _protocol(port, named[0])
    there = ", ".join(f"{item.name or '(unnamed)'}={item.container_port}" for item in declared) or "none"
    right = _only(declared, spec)
    return _Wrong(TARGET_PORT, f"no container has a port named {target} (declared: {there})", 0.95, right)


def _by_number(port: ServicePort, target: int, declared: list[ContainerPort], spec: PodSpec) -> _Wrong | None:
    same = [item for item in declared if item.container_port == target]
    probed = _probed(spec)
    if any(item.protocol == port.protocol for item in same) or (target in probed and not same):
        return None
    if same:
        return _protocol(port, same[0])
    right = _only(declared, spec)
    if declared:
        there = ", ".join(str(item.container_port) for item in declared)
        said = f"{there}{' and is probed on ' + ', '.join(map(str, sorted(probed))) if probed else ''}"
        sentence = f"targetPort {target} is none of the container's ports: it declares {said}"
        return _Wrong(TARGET_PORT, sentence, 0.9 if probed else 0.8, right)
    if probed:
        said = ", ".join(map(str, sorted(probed)))
        return _Wrong(
            TARGET_PORT, f"targetPort {target}, but the container is probed on {said} and declares no port", 0.6, right
        )
    return None


def _protocol(port: ServicePort, item: ContainerPort) -> _Wrong:
    sentence = f"port {port.port} is {port.protocol}, the container's port {item.container_port} is {item.protocol}"
    return _Wrong(PROTOCOL, sentence, PROTOCOL.certainty, item.protocol)


def _probed(spec: PodSpec) -> set[int]:
    """The port numbers that the kubelet knocks at, named ones resolved."""
    found: set[int] = set()
    for container in spec.containers:
        by_name = {item.name: item.container_port for item in container.ports if item.name}
        for probe in (container.readiness_probe, container.liveness_probe, container.startup_probe):
            number = _probe_port(probe) if probe else None
            number = by_name.get(number) if isinstance(number, str) and not number.isdigit() else number
            if number:
                found.add(int(number))
    return found


def _probe_port(probe: Probe) -> int | str | None:
    action = probe.http_get or probe.tcp_socket or probe.grpc
    return action.port if action else None


def _only(declared: Iterable[ContainerPort], spec: PodSpec) -> int | None:
    """The one port it can only be: the only one declared, or the only one probed."""
    numbers = {item.container_port for item in declared}
    for found in (numbers, _probed(spec)):
        if len(found) == 1:
            return next(iter(found))
    return None


def _served(port: ServicePort, behind: list[_Behind]) -> bool:
    """Another pod behind the Service has it right: a rollout is moving the port, or two workloads share the Service."""
    return any(_judge(port, one.spec) is None for one in behind)


def _finding(service: Object, number: int, port: ServicePort, one: _Behind, wrong: _Wrong, world: Lens) -> Finding:
    changes = suspects.of_workload(world, service, None, r"^spec\.ports")
    changes = changes or suspects.of_workload(world, one.item, None, r"\.ports")
    ports = [item for container in one.spec.containers for item in container.ports]
    proof = [
        of_object(service, f".spec.ports[{number}]", port),
        of_object(one.item, f"{one.path}.containers[*].ports", ports),
        *map(of_change, changes[:1]),
    ]
    sure = wrong.certainty >= 0.9 or bool(changes)
    return wrong.code.finding(
        service, world, f"{service.name}: {wrong.sentence}", proof, changed=newest(changes),
        remedies=[_remedy(service, number, wrong)],
        since=changes[0].time if changes else None, key=str(port.port) + (port.name or ""),
        severity=Severity.HIGH if sure else Severity.MEDIUM,
        certainty=0.97 if changes else wrong.certainty,
    )  # fmt: skip


def _remedy(service: Object, number: int, wrong: _Wrong) -> Remedy:
    if wrong.right is None:
        return look(service, wrong.code.fix)
    field = "protocol" if wrong.code is PROTOCOL else "targetPort"
    value = f'"{wrong.right}"' if isinstance(wrong.right, str) else wrong.right
    path = f"/spec/ports/{number}/{field}"
    patch = f'[{{"op":"add","path":"{path}","value":{value}}}]'
    command = f"kubectl -n {service.namespace} patch service {service.name} --type json -p '{patch}'"
    arguments = {
        "kind": "Service", "namespace": service.namespace, "name": service.name, "type": "json",
        "patch": [{"op": "add", "path": path, "value": wrong.right}],
    }  # fmt: skip
    text = f"Set {field} of the Service's port to {wrong.right}."
    return Remedy(text=text, command=command, tool="resources_patch", arguments=arguments)
