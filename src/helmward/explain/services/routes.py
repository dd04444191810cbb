"""Ingresses and HTTPRoutes whose backend Service, or that Service's port, does not exist."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from helmward.core.nouns import Finding, Remedy
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import newest, resource
from helmward.explain.evidence import of_change, of_object
from helmward.explain.services.codes import BACKEND, BACKEND_PORT, REROUTED
from helmward.world.lens import Lens
from helmward.world.objects import Object

_APPLIED = timedelta(seconds=10)


class _Backend(NamedTuple):
    path: str
    namespace: str
    name: str
    port: int | str | None
    absent: bool = False
    """It was looked for and is not there, whether or not Services were read."""


def wrong_backends(route: Object, world: Lens) -> Iterator[Finding]:
    """A finding for each backend of an Ingress or HTTPRoute that leads nowhere."""
    backends = _of_ingress(route) if route.kind.name == "Ingress" else _of_http_route(route)
    for backend in dict.fromkeys(backends):
        service = world.get("Service", backend.namespace, backend.name)
        if service is None and not backend.absent and not world.knows("Service"):
            continue
        if service is not None and _offers(service, backend.port):
            yield from _rerouted(route, backend, world)
            continue
        if world.elapsed(route.meta.creation_timestamp, _APPLIED):
            yield _finding(route, backend, service, world)


def _rerouted(route: Object, backend: _Backend, world: Lens) -> Iterator[Finding]:
    """It leads to a Service that is there, but not to the one that was deployed; a change that was made is no drift."""
    name = json.dumps(backend.name)
    for change in suspects.of_workload(world, route, None, r"backend\.service\.name$|backendRefs.*\.name$"):
        if change.after == name and change.before and not change.time:
            message = f"{route.name}: it leads to {backend.name}, its manifest to {json.loads(change.before)}"
            proof = [of_object(route, backend.path, f"{backend.name}:{backend.port}"), of_change(change)]
            command = f"kubectl -n {route.namespace} edit {route.kind.name.lower()} {route.name}"
            remedy = Remedy(text=REROUTED.fix, command=command)
            yield REROUTED.finding(route, world, message, proof, remedies=[remedy], key=backend.path)


def _of_ingress(route: Object) -> Iterator[_Backend]:
    spec = route.view.spec
    found = [(".spec.defaultBackend", spec.default_backend)] if spec.default_backend else []
    for number, rule in enumerate(spec.rules):
        for place, path in enumerate(rule.http.paths if rule.http else ()):
            found.append((f".spec.rules[{number}].http.paths[{place}].backend", path.backend))
    for where, backend in found:
        if backend.service is not None:
            port, name = backend.service.port, backend.service.name
            named = (port.number or port.name) if port else None
            yield _Backend(where, route.namespace, name, named, backend.service.not_found)


def _of_http_route(route: Object) -> Iterator[_Backend]:
    for number, rule in enumerate(route.view.spec.rules):
        for place, ref in enumerate(rule.backend_refs):
            if ref.kind == "Service":
                where = f".spec.rules[{number}].backendRefs[{place}]"
                yield _Backend(where, ref.namespace or route.namespace, ref.name, ref.port)


def _offers(service: Object, port: int | str | None) -> bool:
    if port is None or not service.view.spec.ports:
        return True
    return any(port in (offered.port, offered.name) for offered in service.view.spec.ports)


def _finding(route: Object, backend: _Backend, service: Object | None, world: Lens) -> Finding:
    changes = suspects.of_workload(world, route, None)
    proof = [of_object(route, backend.path, f"{backend.name}:{backend.port}")]
    if service is None:
        code, said = BACKEND, f"its backend Service {backend.namespace}/{backend.name} does not exist"
    else:
        code = BACKEND_PORT
        offered = ", ".join(
            f"{port.name}={port.port}" if port.name else str(port.port) for port in service.view.spec.ports
        )
        said = f"its backend Service {backend.name} has no port {backend.port} (it has {offered})"
        proof.append(of_object(service, ".spec.ports", service.view.spec.ports))
        changes = suspects.of_workload(world, service, None, r"^spec\.ports") or changes
    # A Service that is there is not to blame for a wrong port: whatever else is wrong with it is another matter.
    blames = [resource("Service", backend.namespace, backend.name)] if service is None else []
    kind = route.kind.name
    remedy = Remedy(text=code.fix, command=f"kubectl -n {route.namespace} edit {kind.lower()} {route.name}")
    return code.finding(
        route, world, f"{route.name}: {said}", [*proof, *map(of_change, changes[:1])], changed=newest(changes),
        remedies=[remedy], blames=blames,
        key=f"{backend.namespace}/{backend.name}:{backend.port}",
    )  # fmt: skip
