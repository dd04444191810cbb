"""What reading files gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from helmward.watch.files.alerts import Alert
from helmward.watch.files.metrics import Table
from helmward.world.objects import Object
from helmward.world.store import World


@dataclass(frozen=True)
class Read:
    """Everything that files held. `now` is their clock, `sources` the files that were read, as they are shown.

    `desired` are the objects of `manifests/`, in the world or not; `checks` the connectivity checks by name, masked.
    """

    world: World
    now: datetime
    question: str | None = None
    alerts: list[Alert] = field(default_factory=list)
    metrics: Mapping[str, Table] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    desired: tuple[Object, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
