"""Puts the door together: the ledger from the proven log, the policy, the tools, the writers' factory, and the runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from helmward.adapters.clients.kubernetes.client import Cluster
from helmward.adapters.stores.state import State
from helmward.core.notices import NotificationEvent
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.core.settings_changes import ChangeSettings
from helmward.door.audit import AuditLog, Entry
from helmward.door.door import Door
from helmward.door.judge import Judge
from helmward.door.killswitch import KillSwitch
from helmward.door.ledger import Ledger
from helmward.door.limits import Limits
from helmward.door.means import Findings, Means
from helmward.door.places import any_changes
from helmward.door.points import Reached
from helmward.door.policy.engine import load_folder
from helmward.door.store import Store
from helmward.door.toolbox import Toolbox
from helmward.guard.secrets import mask
from helmward.house.auditing import HELMWARD
from helmward.world.store import World

_TRIED = "policy.tried"
"""In the key folder: the last policy that was tried and passed."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the composition root hands over."""

    settings: ChangeSettings
    data_dir: Path
    key_dir: Path
    audit: AuditLog
    ledger: Ledger
    state: State
    cluster: Cluster
    server: str
    world: World
    toolbox: Toolbox
    findings: Findings
    valid: Callable[[Actor], bool]
    reached: Reached
    tell: Callable[[Plan, NotificationEvent, str], None]


@asynccontextmanager
async def changing(given: Given) -> AsyncIterator[Door]:
    """The open door. Where no change is ever made, nothing is there that could run one."""
    policy = await asyncio.to_thread(load_folder, given.settings.policy, kept=given.key_dir / _TRIED)
    if given.ledger.policy != policy.hash:
        await given.ledger.record(
            Entry(actor=HELMWARD, action="policy.load", target="policy", details={"hash": policy.hash})
        )
    means = Means(
        audit=given.audit,
        ledger=given.ledger,
        store=Store(given.state, given.server),
        toolbox=given.toolbox,
        judge=Judge(policy, given.settings, given.ledger, given.server, _labels(given.world)),
        limits=Limits(given.ledger, given.settings.limits),
        kills=KillSwitch(given.ledger, given.data_dir),
        settings=given.settings,
        reader=given.cluster.reader,
        rehearse=given.cluster.rehearsal.rehearse,
        made=given.cluster.rehearsal.made,
        writer=given.cluster.writer,
        world=given.world,
        findings=given.findings,
        valid=given.valid,
        mask=mask,
        reached=given.reached,
        tell=given.tell,
    )
    if not any_changes(given.settings):
        yield Door(means, _nothing_runs)
        return
    from helmward.workflow.engine import Runs
    from helmward.workflow.takeup import take_up

    runs = Runs()
    door = Door(means, runs.run)
    async with runs.running(door, given.data_dir, HELMWARD):
        await take_up(door, runs)
        yield door


async def _nothing_runs(plan: Plan) -> None:
    raise AssertionError(f"{plan.id} was allowed where changes are off")


def _labels(world: World) -> Callable[[str], Mapping[str, str]]:
    def labels(namespace: str) -> Mapping[str, str]:
        found = world.get("Namespace", "", namespace)
        return (found.meta.labels or {}) if found else {}

    return labels
