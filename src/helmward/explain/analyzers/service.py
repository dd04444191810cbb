"""Services that lead nowhere: selector, readiness, target port, protocol, callers and routes, told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Finding
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.codes import Code
from helmward.explain.services.callers import wrong_calls
from helmward.explain.services.codes import CODES
from helmward.explain.services.endpoints import none_ready
from helmward.explain.services.ports import wrong_ports, wrong_template_ports
from helmward.explain.services.routes import wrong_backends
from helmward.explain.services.selector import without_pods
from helmward.world.lens import Lens
from helmward.world.objects import Object


@analyzer
class Service:
    """Follows each Service to its pods and their ports, and to who calls it; each route to its Services."""

    watches: ClassVar[tuple[str, ...]] = ("Service", "Ingress", "HTTPRoute")
    reads: ClassVar[tuple[str, ...]] = ("Service", "Pod", "EndpointSlice", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """Why calls to a Service, or through a route, get no answer."""
        if item.meta.deletion_timestamp:
            return
        if item.kind.name != "Service":
            yield from wrong_backends(item, world)
            return
        yield from wrong_calls(item, world)
        selector = item.view.spec.selector
        if not selector or item.view.spec.type == "ExternalName":
            return
        matching = world.pods_matching(item.namespace, selector)
        pods = [pod for pod in matching if _lives(pod)]
        if pods:
            yield from wrong_ports(item, pods, world)
            yield from none_ready(item, pods, world)
            return
        yield from wrong_template_ports(item, world)
        if not any(pod.meta.deletion_timestamp for pod in matching):  # terminating pods make room for the next ones
            yield from without_pods(item, world)


def _lives(pod: Object) -> bool:
    return not pod.meta.deletion_timestamp and pod.view.status.phase not in ("Succeeded", "Failed")
