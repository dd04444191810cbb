"""The codes of what a workload needs and does not get (HW-DEP): its database's consent, a name, an answer."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import EFFECT, FAULT, GROUND, Code

# What a program says of another is nearer to the ground than a stuck rollout, but every fault of that other explains it.
_WANTING = EFFECT - 10


def _code(
    number: int, slug: str, why: str, fix: str, certainty: float, depth: int = FAULT, severity: Severity = Severity.HIGH
) -> Code:
    return Code(f"HW-DEP-{number:03}", slug, severity, why, fix, depth, certainty)


_DATABASE = "Every request that needs the database fails, though all pods may be ready."

ACCESS_DENIED = _code(
    1, "database-access-denied", _DATABASE,
    "Give the client the user and password that the database knows, then restart it.", 0.92,
)  # fmt: skip
TOO_MANY = _code(
    2, "database-too-many-connections", _DATABASE,
    "Raise the database's connection limit, or make its clients hold fewer connections (pool size, idle timeout).",
    0.92,
)  # fmt: skip
READ_ONLY = _code(
    3, "database-read-only", _DATABASE,
    "Make the database writable again (read_only, super_read_only), or let its clients write to the primary.", 0.92,
)  # fmt: skip
UNREACHABLE = _code(
    4, "dependency-unreachable",
    "The workload runs, but what it needs does not answer, so its own requests fail.",
    "Mend the Service that it cannot reach first.", 0.45, _WANTING, Severity.MEDIUM,
)  # fmt: skip
UNKNOWN_HOST = _code(
    5, "host-name-unresolved",
    "The workload runs, but calls a host name that no DNS server knows, so those calls fail.",
    "Correct the host name in the workload's configuration, or create the Service of that name.", 0.9,
)  # fmt: skip
DNS = _code(
    6, "cluster-dns-failing",
    "Names of Services that exist are not resolved, so calls by name fail for whoever asks that DNS server.",
    "See whether the pods of CoreDNS run and answer (kubectl -n kube-system get pods -l k8s-app=kube-dns).",
    0.85, GROUND,
)  # fmt: skip
NO_DATABASE = _code(
    7, "database-not-found", _DATABASE,
    "Correct the database's name in the client's configuration, or create the database and run its migrations.", 0.92,
)  # fmt: skip
CODES = (ACCESS_DENIED, TOO_MANY, READ_ONLY, UNREACHABLE, UNKNOWN_HOST, DNS, NO_DATABASE)
