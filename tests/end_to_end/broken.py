"""A fault in place on a stage, and how long it took to be seen."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from tests.lab.faults.signs import SIGNS

from helmward.core.nouns import Finding
from helmward.lab import breaking
from helmward.lab.kube.waiting import eventually
from helmward.world.book import Tracked

from .expected import EXPECTED, complaint
from .stage import Seen, Stage

LONGEST = 60.0
"""Seconds until a fault's own signs must be there."""


@dataclass
class Broken:
    """The fault `name`, put in place at `began`; its Kubernetes signs were there at `shown`, its cause was named at `named`
    (monotonic seconds)."""

    stage: Stage
    name: str
    began: float
    shown: float
    named: float

    @property
    def opened(self) -> list[Seen]:
        return self.stage.since(self.began, "opened", "reopened")

    @property
    def incident(self) -> Tracked:
        """The one live incident."""
        (found,) = self.stage.live
        return found

    @property
    def first(self) -> Finding:
        return first_cause(self.incident)


def first_cause(entry: Tracked) -> Finding:
    """The finding that is an incident's first cause."""
    return next(finding for finding in entry.findings if finding.id == entry.incident.causes[0].finding)


@contextlib.asynccontextmanager
async def breaking_one(stage: Stage, name: str) -> AsyncIterator[Broken]:
    """A calm stage, then the fault; mended and calm again at the end."""
    await stage.calm()
    began = time.monotonic()
    await breaking.break_(stage.lab.folder, [name])
    try:
        named = asyncio.create_task(_named(stage, name, began))
        yield Broken(stage, name, began, await shown(stage, name), await named)
    finally:
        await stage.mended()


async def shown(stage: Stage, name: str) -> float:
    """The monotonic second at which Kubernetes' own signs of the fault were there."""
    await eventually(lambda: SIGNS[name](stage.shop), f"the signs of {name}", LONGEST, 0.1)
    return time.monotonic()


async def _named(stage: Stage, name: str, began: float) -> float:
    last = ["nothing is found"]

    def right() -> bool:
        found = [complaint(name, first_cause(entry)) for entry in stage.live]
        last[:] = found or last
        return any(not each for each in found)

    try:
        await stage.until(right, f"the first cause of {name}", LONGEST + EXPECTED[name].deadline)
    except Exception as error:
        error.add_note(f"Last: {last}; seen: {[str(each) for each in stage.since(began)]}")
        raise
    return time.monotonic()
