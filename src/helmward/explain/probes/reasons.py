"""How a probe fails: the kubelet's message beside what the spec says it probes."""

from __future__ import annotations

import re
from typing import NamedTuple

from helmward.explain.probes import codes as ways
from helmward.explain.probes.codes import Way
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Container, Probe

# Kubelet pkg/kubelet/prober/prober.go; pkg/probe/{http,tcp,grpc,exec}; Go net/http and net for what they wrap.
_STATUS = re.compile(r"HTTP probe failed with statuscode: (\d{3})")
_SCHEME = re.compile(
    r"server gave HTTP response to HTTPS client|malformed HTTP response|first record does not look like a TLS handshake"
)
_TIMEOUT = re.compile(r"context deadline exceeded|Client\.Timeout|i/o timeout|timed out|request canceled|^timeout: ")
_REFUSED = re.compile(r"connection refused|connection reset by peer|no route to host|: EOF$")
_NO_PORT = re.compile(r"strconv\.Atoi: parsing|invalid port number")  # pkg/probe/util.go, ResolveContainerPort
_GRPC = re.compile(r"service unhealthy \(responded with|grpc health protocol|health rpc|failed to connect service")
_AT = re.compile(r"dial tcp \S+?:(\d+): |failed to connect service \"[^\"]*:(\d+)\"")


class Failure(NamedTuple):
    """A way to fail, and what a sentence says of it."""

    way: Way
    says: str


def failure(message: str, probe: Probe, container: Container, pod: Object, world: Lens) -> Failure:
    """How a probe failed. `message` is the kubelet's, without its `Readiness probe failed: `."""
    status = _STATUS.search(message)
    if status is not None:
        return _by_status(int(status.group(1)), probe)
    if _SCHEME.search(message):
        scheme = probe.http_get.scheme if probe.http_get else "HTTP"
        return Failure(ways.SCHEME, f"speaks {scheme} to a port that does not{_at(probe)}")
    at = _AT.search(message)
    port = int(at.group(1) or at.group(2)) if at else port_of(probe)  # the kubelet's word counts before a manifest's
    if _NO_PORT.search(message) or (_REFUSED.search(message) and is_wrong_port(port, container, pod, world)):
        return Failure(ways.PORT, f"looks at port {port}, {instead(container)}")
    if _GRPC.search(message) and not _REFUSED.search(message) and not _TIMEOUT.search(message):
        return Failure(ways.GRPC, f"fails by gRPC{_at(probe)}")
    if _TIMEOUT.search(message):
        return Failure(ways.TIMEOUT, f"gets no answer within {probe.timeout_seconds} s{_at(probe)}")
    if _REFUSED.search(message):
        return Failure(ways.REFUSED, f"finds nobody listening on port {port or '(unknown)'}")
    if probe.exec is not None:
        return Failure(ways.EXEC, f"fails: its command {' '.join(probe.exec.command)[:80]!r} does not succeed")
    return Failure(ways.FAILING, f"fails{_at(probe)}")


def port_of(probe: Probe) -> int | str | None:
    """The port a probe looks at, by number or name; None for a command."""
    place = probe.http_get or probe.tcp_socket or probe.grpc
    return place.port if place is not None else None


def listening(container: Container) -> tuple[int, ...]:
    """The TCP ports a container declares."""
    return tuple(port.container_port for port in container.ports if port.protocol == "TCP")


def _by_status(status: int, probe: Probe) -> Failure:
    path = probe.http_get.path if probe.http_get else ""
    if status in (404, 405):
        return Failure(ways.PATH, f"asks for {path or 'a path'}, which the application does not serve (HTTP {status})")
    if status in (401, 403):
        return Failure(ways.UNAUTHORIZED, f"is not let in to {path or 'its path'} (HTTP {status})")
    if status == 400 and probe.http_get is not None and probe.http_get.scheme == "HTTP" and _looks_tls(probe):
        return Failure(ways.SCHEME, f"speaks HTTP to a port that wants HTTPS{_at(probe)} (HTTP 400)")
    if status >= 500:
        return Failure(ways.SERVER_ERROR, f"gets HTTP {status} from the application{_at(probe)}")
    return Failure(ways.FAILING, f"gets HTTP {status}{_at(probe)}")


def _looks_tls(probe: Probe) -> bool:
    return str(port_of(probe)) in ("443", "8443", "6443", "9443", "https")


def is_wrong_port(port: int | str | None, container: Container, pod: Object, world: Lens) -> bool:
    """The container declares ports, or Services send traffic to ports of the pod, and the probe's is none of them."""
    if isinstance(port, str) and not port.isdigit():
        return port not in {declared.name for declared in container.ports}
    known = set(listening(container)) or _targets(pod, world)
    return bool(known) and port is not None and int(port) not in known


def _targets(pod: Object, world: Lens) -> set[int]:
    labels = pod.meta.labels or {}
    found: set[int] = set()
    for service in world.all("Service", pod.namespace):
        selector = service.view.spec.selector
        if selector and all(labels.get(key) == value for key, value in selector.items()):
            targets = (port.target_port or port.port for port in service.view.spec.ports if port.target_port != 0)
            found |= {target for target in targets if isinstance(target, int)}
    return found


def instead(container: Container) -> str:
    ports = ", ".join(str(port) for port in listening(container))
    return f"but the container listens on {ports}" if ports else "which is not one the pod serves"


def _at(probe: Probe) -> str:
    if probe.http_get is not None:
        return f" at {probe.http_get.path} on port {probe.http_get.port}"
    port = port_of(probe)
    return f" on port {port}" if port is not None else ""
