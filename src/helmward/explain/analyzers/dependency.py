"""Containers that run but do not get what they need, as their own logs say: a database's consent, a name, an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Evidence, Finding, Remedy
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import culprits, suspects
from helmward.explain.clues.phrases import resource
from helmward.explain.clues.pods import containers, healthy, title
from helmward.explain.clues.settings import settings
from helmward.explain.codes import Code
from helmward.explain.crashes.crashes import crash_of
from helmward.explain.crashes.hosts import Target, target_of
from helmward.explain.crashes.log_hosts import Unreached
from helmward.explain.dependencies.codes import (
    ACCESS_DENIED,
    CODES,
    DNS,
    NO_DATABASE,
    READ_ONLY,
    TOO_MANY,
    UNKNOWN_HOST,
    UNREACHABLE,
)
from helmward.explain.dependencies.database_words import databases, is_database
from helmward.explain.dependencies.wants import Want, wants
from helmward.explain.evidence import clean, of_change, of_log, of_object
from helmward.explain.services.codes import CALLER_PORT
from helmward.world.lens import Lens
from helmward.world.logs import Log, LogRef
from helmward.world.objects import Object

_SAYS = {
    ACCESS_DENIED: "is not let in by {}",
    TOO_MANY: "is turned away by {}, which has too many connections",
    NO_DATABASE: "asks for a database that {} does not have",
    READ_ONLY: "cannot write to {}, which is read-only",
}
_RESOLVER = ("Service", "kube-system", "kube-dns")


@analyzer
class Dependencies:
    """Reads the logs of containers that run and are not ready; of ready ones only those that are here already."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Service", "Log", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (*CODES, CALLER_PORT)

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each thing that the containers of the pod want and do not get."""
        if (healthy(pod) and not world.holds_all_logs) or pod.meta.deletion_timestamp:
            return
        if pod.view.status.phase != "Running" or is_database(pod.view.spec):
            return
        told: set[tuple[str, str]] = set()
        for ref, log in _logs(pod, world):
            for want in wants(log):
                found = _judge(pod, ref, log, want, world)
                if found is not None and (found.code, found.message) not in told:
                    told.add((found.code, found.message))
                    yield found


def _logs(pod: Object, world: Lens) -> Iterator[tuple[LogRef, Log]]:
    """The present logs of the pod's containers that run; what a crash left behind is the crash's own matter."""
    crashing = {each.spec.name for each in containers(pod) if crash_of(pod, each, world) is not None}
    if world.holds_all_logs:
        for ref, log in sorted(world.logs_of(pod).items()):
            if not ref.previous and ref.container not in crashing and not log.failure:
                yield ref, log
        return
    for each in containers(pod):
        running = each.status.state is not None and each.status.state.running is not None
        if running and not each.status.ready and not each.init and each.spec.name not in crashing:
            ref = LogRef(pod.namespace, pod.name, each.spec.name, False, str(each.status.restart_count))
            if (found := world.log(ref)) is not None and not found.failure:
                yield ref, found


def _judge(pod: Object, ref: LogRef, log: Log, want: Want, world: Lens) -> Finding | None:
    if want.failure is None:
        return _of_database(pod, ref, log, want, world)
    failure = _named(pod, want.failure, world)
    target = target_of(failure, pod, world)
    line = f': "{clean(log.lines[want.number], 150)}"'
    proof = [of_log(ref, log, want.number), *target.evidence]
    if target.service is not None and failure.how == "unresolved":
        message = (
            f"{title(world, pod)}: the name of Service {target.service.name} is not resolved, though it exists{line}"
        )
        return DNS.finding(pod, world, message, proof, blames=[resource(*_RESOLVER)])
    if target.service is not None and _lacks_port(target.service, failure.port):
        return _wrong_port(pod, target.service, failure, proof, line, world)
    if target.service is not None:
        port = f" port {failure.port}" if failure.port else ""
        message = f"{title(world, pod)}: cannot reach Service {target.service.name}{port}{line}"
        return UNREACHABLE.finding(
            pod, world, message, proof, blames=[target.service.resource], key=target.service.name,
            remedies=[_look_behind(target.service)],
        )  # fmt: skip
    if failure.how == "unresolved" and failure.host and not failure.is_address and "outside" not in target.remark:
        return _unknown(pod, failure, target, proof, line, world)
    return None


def _lacks_port(service: Object, port: int | None) -> bool:
    spec = service.view.spec
    return bool(port and spec.ports and spec.cluster_ip != "None") and port not in {each.port for each in spec.ports}


def _wrong_port(
    pod: Object, service: Object, failure: Unreached, proof: list[Evidence], line: str, world: Lens
) -> Finding:
    offered = ", ".join(str(port.port) for port in service.view.spec.ports)
    said = f"it calls {service.name}:{failure.port}, but the Service has only {offered}"
    remedy = Remedy(text=CALLER_PORT.fix, command=f"kubectl -n {service.namespace} get service {service.name}")
    return CALLER_PORT.finding(
        pod, world, f"{title(world, pod)}: {said}{line}", proof, remedies=[remedy], key=f"{service.name}:{failure.port}"
    )


def _named(pod: Object, failure: Unreached, world: Lens) -> Unreached:
    """A line that names no host and speaks of a database means the one that the workload needs."""
    found = databases(world.owner(pod) or pod, world) if not failure.host else []
    return failure._replace(host=found[0].name) if len(found) == 1 else failure


def _unknown(pod: Object, failure: Unreached, target: Target, proof: list[Evidence], line: str, world: Lens) -> Finding:
    place, certainty = "", UNKNOWN_HOST.certainty - (0.0 if world.knows("Service") else 0.15)
    known = [each for spec in pod.view.spec.containers for each in settings(pod, spec, world)]
    holder = next((each for each in known if each.value and failure.host in each.value.lower()), None)
    change = None
    if holder is not None:
        place = f" ({holder.place})"
        proof.append(of_object(pod, f"({holder.place})", holder.value or ""))
        change = culprits.of_template(world, pod, None, rf"env\[{holder.name}\]") if holder.holder is None else None
    proof += [of_change(change)] if change else []
    message = (
        f"{title(world, pod)}: calls the host {failure.host}{place}, which no DNS server knows{target.remark}{line}"
    )
    command = f"kubectl -n {pod.namespace} get services"
    return UNKNOWN_HOST.finding(
        pod, world, message, proof, changed=change, key=failure.host,
        remedies=[Remedy(text=UNKNOWN_HOST.fix, command=command)],
        blames=[resource("Service", pod.namespace, failure.host)] if "." not in failure.host else [],
        certainty=min(0.97, certainty + (0.05 if change else 0.0)),
    )  # fmt: skip


def _of_database(pod: Object, ref: LogRef, log: Log, want: Want, world: Lens) -> Finding:
    found = databases(world.owner(pod) or pod, world)
    database = found[0] if len(found) == 1 else None
    name = f"its database {database.name}" if database is not None else "its database"
    change = culprits.of_container(world, pod, ref.container, None) or culprits.of_any_configuration(world, pod, None)
    message = f'{title(world, pod)}: {_SAYS[want.code].format(name)}: "{clean(log.lines[want.number], 150)}"'
    proof = [of_log(ref, log, want.number)]
    proof += [of_change(change)] if change else []
    proof += [of_object(database, ".spec.ports", database.view.spec.ports)] if database is not None else []
    return want.code.finding(
        pod, world, message, proof, changed=change, key=ref.container,
        remedies=[_look_behind(database)] if database is not None else [],
    )  # fmt: skip


def _look_behind(service: Object) -> Remedy:
    command = f"kubectl -n {service.namespace} get endpointslices -l kubernetes.io/service-name={service.name}"
    return Remedy(
        text=f"See whether pods are ready behind Service {service.name}, and mend what it names.", command=command
    )
