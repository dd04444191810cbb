"""Addresses in a workload's settings that lead astray: to a Service that does not exist, or to one that is not meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import ClassVar, NamedTuple

from helmward.core.nouns import Change, Finding, Remedy, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import culprits, suspects
from helmward.explain.clues.phrases import resource
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.services.codes import ADDRESS, NOT_FOUND
from helmward.world.hosts import Host, hosts_in
from helmward.world.indexes import pod_spec
from helmward.world.lens import Lens
from helmward.world.objects import Object

# What names of variables add to what they are about: PAYMENT_SERVICE_ADDR is about payment.
_FRILLS = re.compile(
    r"[_.-]?(?:SERVICE|SVC|HOST|HOSTNAME|ADDR|ADDRESS|URL|URI|ENDPOINT|SERVER|UPSTREAM|BACKEND|API|GRPC|HTTP|BASE)"
    r"(?=[_.-]|$)",
    re.I,
)
_SHORTEST = 4
_ALIKE = 0.93


class _Named(NamedTuple):
    """`variable` of `container` names `host`; `about` is what the variable's name says it is about."""

    container: str
    variable: str
    value: str
    host: Host
    about: str


@analyzer
class Address:
    """Compares the hosts in a template's environment with the Services of the namespace."""

    watches: ClassVar[tuple[str, ...]] = ("Deployment", "StatefulSet", "DaemonSet")
    reads: ClassVar[tuple[str, ...]] = ("Service", "Pod", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (NOT_FOUND, ADDRESS)

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each variable that leads astray."""
        named = [each for each in _named(item) if each.host.namespace in ("", item.namespace)]
        if item.view.spec.replicas == 0:
            return
        for each in named:
            if world.get("Service", item.namespace, each.host.service) is not None:
                yield from _not_meant(item, each, named, world)
            elif world.knows("Service"):
                yield from _not_found(item, each, world)


def _named(item: Object) -> Iterator[_Named]:
    spec = pod_spec(item)
    for container in spec.containers if spec is not None else ():
        for variable in container.env:
            for host in hosts_in(variable.name, variable.value or "")[:1]:
                about = _FRILLS.sub("", variable.name).replace("_", "").replace("-", "").lower()
                yield _Named(container.name, variable.name, variable.value or "", host, about)


def _not_found(item: Object, each: _Named, world: Lens) -> Iterator[Finding]:
    """The name is all but that of a Service; other names may be of things that are optional or elsewhere."""
    wanted = _plain(each.host.service)
    near = [
        service.name
        for service in world.all("Service", item.namespace)
        if SequenceMatcher(None, wanted, _plain(service.name)).ratio() >= _ALIKE
    ]
    if near:
        said = f"names the Service {each.host.service}, which does not exist; did you mean {near[0]}?"
        yield _finding(NOT_FOUND, item, each, said, _change(item, each, world), None, world)


def _not_meant(item: Object, each: _Named, named: list[_Named], world: Lens) -> Iterator[Finding]:
    """PAYMENT_SERVICE_ADDR leads to the catalog, though there is a payment service that nothing here names."""
    here = _plain(each.host.service)
    if len(each.about) < _SHORTEST or each.about in here or here in each.about:
        return
    change = _change(item, each, world)
    twice = any(other.host.service == each.host.service and other.about in here for other in named if other != each)
    if not twice and change is None:
        return
    taken = {other.host.service for other in named}
    meant = [
        service.name
        for service in world.all("Service", item.namespace)
        if each.about in _plain(service.name) and service.name not in taken
    ]
    if len(meant) == 1:
        said = f"leads to {each.host.service}, though there is a Service {meant[0]} that nothing here names"
        yield _finding(ADDRESS, item, each, said, change, 0.9 if change else 0.6, world)


def _plain(name: str) -> str:
    return name.replace("-", "").lower()


def _change(item: Object, each: _Named, world: Lens) -> Change | None:
    container, variable = re.escape(each.container), re.escape(each.variable)
    return culprits.of_template(world, item, None, rf"ontainers\[{container}\]\.env\[{variable}\]")


def _finding(
    code: Code, item: Object, each: _Named, said: str, change: Change | None, certainty: float | None, world: Lens
) -> Finding:
    proof = [of_object(item, f".spec.template.spec.containers[{each.container}].env[{each.variable}]", each.value)]
    proof += [of_change(change)] if change else []
    command = f"kubectl -n {item.namespace} edit {item.kind.name.lower()} {item.name}"
    return code.finding(
        item, world, f"{item.name}: {each.variable}={each.value} {said}", proof,
        changed=change, remedies=[Remedy(text=code.fix, command=command)], since=change.time or None if change else None,
        blames=[resource("Service", item.namespace, each.host.service)] if code is NOT_FOUND else [],
        severity=Severity.HIGH if change or code is NOT_FOUND else Severity.MEDIUM, certainty=certainty,
        key=f"{each.container}/{each.variable}",
    )  # fmt: skip
