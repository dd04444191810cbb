"""Codes: every kind of finding has one, with a severity, a why and a fix. A code is never reused or renamed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from helmward.core.nouns import Change, Evidence, Finding, Owner, Remedy, Resource, Severity, short_id
from helmward.explain.evidence import clean, describe
from helmward.world.lens import Lens
from helmward.world.objects import Object

_ID = re.compile(r"HW-[A-Z]{2,5}-\d{3}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_LONGEST = 400  # characters of a message without its change

# The depths, from the first cause to what merely suffers: on one workload the smaller explains the larger.
GROUND = 5  # what workloads stand on: a node, a quota, a volume
FAULT = 10  # an intrinsic fault: a wrong image, a missing key, a crash with its own reason
EFFECT = 50  # what follows on the same workload: a stuck rollout
SUFFERS = 80  # what merely suffers: a Service without ready endpoints, a caller


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    `why` says in a sentence why it matters, `fix` what to do about it in general. `depth` is one of the depths above,
    `certainty` (0..1) how surely a finding of this code is a first cause if nothing below explains it.
    """

    id: str
    slug: str
    severity: Severity
    why: str
    fix: str
    depth: int = FAULT
    certainty: float = 0.9

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or not _SLUG.fullmatch(self.slug):
            raise ValueError(f"{self.id} {self.slug}: a code is HW-AREA-000, a slug kebab-case")

    def finding(
        self,
        item: Object,
        world: Lens,
        message: str,
        evidence: Iterable[Evidence],
        *,
        changed: Change | None = None,
        remedies: Iterable[Remedy] = (),
        blames: Iterable[Resource] = (),
        since: str | None = None,
        severity: Severity | None = None,
        certainty: float | None = None,
        remedy: str | None = None,
        key: str = "",
        owner: Owner | None = None,
    ) -> Finding:
        """A finding of this code about `item`. `message` ends with `changed`, the change that is news here, if there is one;
        `key` tells two findings of one code on one object apart."""
        proof = {piece.id: piece for piece in evidence}
        remedies = tuple(remedies)
        brief = clean(message, _LONGEST)
        return Finding(
            id=short_id("fnd", self.id, item.resource, key),
            code=self.id,
            slug=self.slug,
            severity=severity or self.severity,
            resource=item.resource,
            owner=owner or world.workload(item),
            message=f"{brief} (changed: {clean(describe(changed))})" if changed else brief,
            brief=brief,
            why=self.why,
            remedy=remedy or (remedies[0].text if remedies else self.fix),
            evidence=tuple(proof.values()),
            remedies=remedies,
            depth=self.depth,
            certainty=self.certainty if certainty is None else certainty,
            blames=tuple(blames),
            since=since,
        )
