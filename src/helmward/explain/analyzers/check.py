"""Connectivity checks that failed, on the Services that did not answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Finding
from helmward.explain.analyzer import analyzer
from helmward.explain.clues.phrases import look
from helmward.explain.codes import Code
from helmward.explain.crashes.log_hosts import unreached
from helmward.explain.evidence import clean, of_sign
from helmward.explain.signs.codes import CHECK
from helmward.explain.signs.names import names
from helmward.world.hosts import hosts_in
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.signs import Check

_STATUS = re.compile(
    r"HTTP/[\d.]+\"? (5\d\d)\b|\b(?:status|code|http_code)[\"']?[=: ]+(5\d\d)\b|\b(50[234]) (?:Bad|Ser|Gat)"
)
_FAILED = re.compile(
    r"\b(?:FAIL(?:ED|URE)?|unreachable|refused|timed out)\b|curl: \((?:6|7|28|52|56)\)|100% packet loss", re.I
)


@analyzer
class Checks:
    """Reads the connectivity checks of a bundle; a live cluster has none here."""

    watches: ClassVar[tuple[str, ...]] = ("Service",)
    reads: ClassVar[tuple[str, ...]] = ("Service",)
    codes: ClassVar[tuple[Code, ...]] = (CHECK,)

    def examine(self, service: Object, world: Lens) -> Iterator[Finding]:
        """One finding for a Service that some check did not reach."""
        checks = world.signs.checks
        others = [other.name for other in world.all("Service", service.namespace)] if checks else []
        for check in checks:
            line = next(
                (line for line in check.lines if _fails(line) and _is_about(line, check, service, others)), None
            )
            if line is not None:
                proof = [of_sign("flow", f"checks/{check.name}", line)]
                message = f'{service.name}: a connectivity check ({check.name}) failed: "{clean(line, 200)}"'
                yield CHECK.finding(service, world, message, proof, remedies=[look(service, CHECK.fix)])
                return


def _fails(line: str) -> bool:
    return unreached(line) is not None or _STATUS.search(line) is not None or _FAILED.search(line) is not None


def _is_about(line: str, check: Check, service: Object, others: list[str]) -> bool:
    """The line names the Service; one that names none is about what the check's name ends with, or its command names."""
    failure = unreached(line)
    if failure is not None and failure.host:
        host = next(iter(hosts_in("HOST", failure.host)), None)
        named = failure.host == service.view.spec.cluster_ip if failure.is_address else False
        return named or (host is not None and host.service == service.name)
    if any(names(line, other, others) for other in others):
        return names(line, service.name, others)
    target = re.split(r"[/_]|-to-|->", check.name)[-1]
    return names(target, service.name, others)
