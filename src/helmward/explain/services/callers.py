"""Callers that name a port which the Service does not have."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.core.nouns import Change, Finding, Remedy
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import names, newest
from helmward.explain.evidence import of_change, of_object
from helmward.explain.services.codes import CALLER_PORT
from helmward.world.dependencies import Dependency
from helmward.world.lens import Lens
from helmward.world.objects import Object


def wrong_calls(service: Object, world: Lens) -> Iterator[Finding]:
    """A finding on the Service if its own change took the port away, else one on each caller and port."""
    offered = {port.port for port in service.view.spec.ports}
    if not offered or service.view.spec.cluster_ip == "None" or service.view.spec.type == "ExternalName":
        return  # a headless Service hands out the pods' addresses, where any port may be called
    wrong = [need for need in _needs(service, world) if need.port is not None and need.port not in offered]
    if not wrong:
        return
    moved = [change for change in suspects.of_workload(world, service, None, r"^spec\.ports") if _took(change, wrong)]
    if moved or _all_agree(service, wrong, world):
        yield _of_service(service, wrong, moved, world)
        return
    for need in wrong:
        yield _of_caller(need, world)


def _all_agree(service: Object, wrong: list[Dependency], world: Lens) -> bool:
    """Several callers call one same port and nobody another: the Service is the odd one, if its pods listen there."""
    asked = {need.port for need in _needs(service, world)}
    callers = {(need.workload.kind.name, need.workload.name) for need in wrong}
    targets = {port.target_port for port in service.view.spec.ports}
    declared = {
        port.container_port
        for pod in world.pods_matching(service.namespace, service.view.spec.selector or {})
        for container in pod.view.spec.containers
        for port in container.ports
    }
    return len(callers) > 1 and len(asked) == 1 and bool(asked & (targets | declared))


def _needs(service: Object, world: Lens) -> Iterator[Dependency]:
    for user in world.needed_by(service):
        if user.kind.name in ("Deployment", "StatefulSet") and user.view.spec.replicas == 0:
            continue
        for need in world.needs(user):
            if (need.service.namespace, need.service.name) == (service.namespace, service.name):
                yield need


def _took(change: Change, wrong: list[Dependency]) -> bool:
    return any(f'"port":{need.port}' in (change.before or "") or change.before == str(need.port) for need in wrong)


def _of_service(service: Object, wrong: list[Dependency], moved: list[Change], world: Lens) -> Finding:
    callers = names(need.workload.name for need in wrong)
    called = ", ".join(map(str, sorted({need.port or 0 for need in wrong})))
    has = ", ".join(str(port.port) for port in service.view.spec.ports)
    lost = "no longer has" if moved else "does not have"
    message = f"{service.name}: it {lost} the port {called} that {callers} call (it has {has})"
    proof = [of_object(service, ".spec.ports", service.view.spec.ports), *map(of_change, moved[:1])]
    proof += [of_object(need.named_in, f"({need.place})", f"{service.name}:{need.port}") for need in wrong[:3]]
    command = f"kubectl -n {service.namespace} get service {service.name} -o yaml"
    remedy = Remedy(
        text=f"Give {service.name} its port {called} back, or let the callers use the new one.", command=command
    )
    return CALLER_PORT.finding(
        service,
        world,
        message,
        proof,
        changed=newest(moved),
        remedies=[remedy],
        since=moved[0].time or None if moved else None,
        certainty=0.97 if moved else 0.9,
    )


def _of_caller(need: Dependency, world: Lens) -> Finding:
    service, caller = need.service, need.workload
    offered = ", ".join(str(port.port) for port in service.view.spec.ports)
    changes = suspects.of_workload(world, caller, None, r"\.env|\.args|\.command")
    changes = changes or [
        change for change in suspects.of_configuration(world, caller, None) if str(need.port) in (change.after or "")
    ]
    calls = f"it calls {service.name}:{need.port} ({need.place}), but the Service has only {offered}"
    proof = [
        of_object(need.named_in, f"({need.place})", f"{service.name}:{need.port}"),
        of_object(service, ".spec.ports", service.view.spec.ports),
        *map(of_change, changes[:1]),
    ]
    place = f"{need.named_in.kind.name.lower()} {need.named_in.name}"
    remedy = Remedy(text=CALLER_PORT.fix, command=f"kubectl -n {caller.namespace} edit {place}")
    return CALLER_PORT.finding(
        caller, world, f"{caller.name}: {calls}", proof, changed=newest(changes), remedies=[remedy],
        since=changes[0].time if changes else None, key=f"{service.namespace}/{service.name}:{need.port}",
    )  # fmt: skip
