"""The nouns of the house, frozen. Everything that crosses a room boundary is one of these.

Times are RFC 3339 strings in UTC, as Kubernetes writes them. Field names are snake_case here and camelCase in JSON.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from enum import StrEnum
from typing import Any, Literal

import msgspec


class Severity(StrEnum):
    """How bad, in the words of the diagnosis report (CONTRACTS: critical, high, medium, low, info)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the most severe."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}

Source = Literal["object", "event", "log", "metric", "trace", "flow", "spec", "policy", "change"]
IncidentState = Literal["open", "acting", "resolved", "suppressed"]


class Noun(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=False):
    """Base of all nouns: immutable, encodable."""


class Resource(Noun, frozen=True, kw_only=True, order=True):
    """One object of an outside system. `namespace` is "" for cluster-scoped objects."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}" if self.namespace else f"{self.kind}/{self.name}"


class Owner(Noun, frozen=True, kw_only=True, order=True):
    """The workload a resource belongs to: the top of its owner references."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}"


class Scope(Noun, frozen=True, kw_only=True):
    """Where somebody may act, each by patterns (`team-*`) of which one must match; empty: no limit of that sort."""

    namespaces: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


class Actor(Noun, frozen=True, kw_only=True):
    """Who asks: a person, a service or an agent. `roles` decide what they may do, `scope` where (empty: everywhere),
    `token` is the id of the credential they came with ("" for the house itself)."""

    name: str
    kind: Literal["user", "service", "agent"]
    roles: tuple[str, ...] = ()
    token: str = ""
    scope: Scope = Scope()


class Evidence(Noun, frozen=True, kw_only=True):
    """One piece of proof. `ref` names where it stands, `excerpt` is what stands there (already masked)."""

    id: str
    source: Source
    ref: str
    excerpt: str
    file: str | None = None
    line: int | None = None
    time: str | None = None


class Remedy(Noun, frozen=True, kw_only=True):
    """What a person can do: a sentence, the native command, and the tool that would do it (None: no tool does)."""

    text: str
    command: str = ""
    tool: str | None = None
    arguments: dict[str, Any] = {}


class Finding(Noun, frozen=True, kw_only=True):
    """One thing that is wrong with one object, with its proof.

    `code` is stable (HW-POD-004), `slug` its plain name. `depth` orders findings on one workload: the smaller, the
    nearer to the first cause (10 intrinsic fault, 50 what follows from it, 90 what merely suffers). `blames` names
    other objects the evidence points at: the join walks along it to the first cause. `since` is when it began.
    `brief` is the message without the change that it may end with, for where that is told already.
    `reason` says why the analyzer is sure; `certainty` (0..1) how sure it is that this is what is wrong.
    """

    id: str
    code: str
    slug: str
    severity: Severity
    resource: Resource
    owner: Owner | None
    message: str
    brief: str = ""
    why: str
    remedy: str
    evidence: tuple[Evidence, ...]
    remedies: tuple[Remedy, ...] = ()
    depth: int = 10
    certainty: float = 0.9
    blames: tuple[Resource, ...] = ()
    since: str | None = None


class Cause(Noun, frozen=True, kw_only=True):
    """A finding held to be a first cause, with how sure we are (0..1) and why it ranks here."""

    finding: str
    confidence: float
    reason: str = ""


class Moment(Noun, frozen=True, kw_only=True):
    """One line of a timeline; `evidence` is an Evidence id."""

    time: str
    text: str
    evidence: str


class Incident(Noun, frozen=True, kw_only=True):
    """Findings joined to what a person calls one problem."""

    id: str
    severity: Severity
    title: str
    resource: Resource
    owner: Owner | None
    causes: tuple[Cause, ...]
    findings: tuple[str, ...]
    symptoms: tuple[str, ...]
    impact: str
    timeline: tuple[Moment, ...]
    remedies: tuple[Remedy, ...]


class Change(Noun, frozen=True, kw_only=True):
    """A value of an object's desired state that changed. `before`/`after` are JSON texts, masked when shown."""

    time: str
    resource: Resource
    path: str
    before: str | None
    after: str | None
    manager: str | None = None


def short_id(prefix: str, *parts: object) -> str:
    """A short, typed, stable id such as `fnd-k3m2q7ab`: the first 40 bits of SHA-256 over the parts, in base32."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).digest()
    return f"{prefix}-{b32encode(digest[:5]).decode().lower()}"
