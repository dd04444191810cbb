"""A door on real parts: a real audit log, ledger, state, policy and API server; a clock that tests set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from helmward.adapters.clients.kubernetes.client import Client, Cluster
from helmward.adapters.clients.kubernetes.config import find
from helmward.adapters.stores.state import State
from helmward.core.nouns import Actor, Finding, Resource, Scope
from helmward.core.plans import Action, Plan
from helmward.core.settings_changes import ChangeSettings, EnvironmentSettings
from helmward.door.audit import AuditLog
from helmward.door.audit.replay import replay
from helmward.door.door import Door
from helmward.door.judge import Judge
from helmward.door.killswitch import KillSwitch
from helmward.door.ledger import ROOMS, Ledger
from helmward.door.limits import Limits
from helmward.door.means import Means
from helmward.door.points import KillPoint
from helmward.door.policy.engine import Policy
from helmward.door.propose import About, Wish
from helmward.door.store import Store, Stored
from helmward.door.toolbox import Toolbox
from helmward.guard.secrets import mask, mask_value
from helmward.lab.client import Client as Hand
from helmward.lab.client import path_of
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.workflow.procedure import carry_out
from helmward.workflow.steps import DoorSteps
from helmward.world.store import World

from .tools import DropKey, KeepWriter, SetKey, ShowKeys, WriteTwice

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ANYWHERE = Scope()
NOTHING_MORE = About()
HELMWARD = Actor(name="helmward", kind="service")
HEAL = Actor(name="heal", kind="service", roles=("requester",))


def person(name: str, *roles: str, token: str = "", scope: Scope = ANYWHERE) -> Actor:
    return Actor(name=name, kind="user", roles=roles, token=token or f"tok-{name}", scope=scope)


RITA = person("rita", "requester")
ANNA = person("anna", "approver")
ADA = person("ada", "admin")
OTTO = person("otto", "oncall")
BOT = Actor(name="bot", kind="agent", roles=("requester",), token="tok-bot")


class Around:
    """What is wrong, as the test says."""

    def __init__(self) -> None:
        self.found: dict[str, Finding] = {}

    def around(self, resource: Resource) -> Mapping[str, Finding]:
        return {key: finding for key, finding in self.found.items() if finding.resource == resource}

    def standing(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(identity for identity in identities if identity in self.found)


class Stand:
    """`clock`, `revoked` (ids of tokens), `around`, `policy` and `at` (called at each kill point) may be set."""

    def __init__(self, folder: Path, client: Client, hand: Hand, policy: Policy, settings: ChangeSettings) -> None:
        self.folder, self.hand, self.settings = folder, hand, settings
        self.clock = NOON
        self.revoked: set[str] = set()
        self.around = Around()
        self.at: dict[KillPoint, Any] = {}
        self.started: list[str] = []
        self.told: list[tuple[str, str, str]] = []
        self.runs_go = False
        self._tasks: list[asyncio.Task[str]] = []
        self.cluster = Cluster(client)
        self.tool, self.burn, self.twice, self.keep = SetKey(), DropKey(), WriteTwice(), KeepWriter()
        self.open(policy)

    def open(self, policy: Policy) -> None:
        """The door, from what is in the folders now."""
        data, keys = self.folder / "data", self.folder / "keys"
        for one in (data, keys):
            one.mkdir(exist_ok=True)
        self.audit = AuditLog(data / "audit", keys, lambda: self.clock, mask_value)
        self.ledger = Ledger(self.audit, lambda: self.clock, replay(data / "audit", keys, ROOMS))
        self.state = State(data / "state.db")
        judge = Judge(policy, self.settings, self.ledger, "https://cluster", lambda namespace: {})
        self.means = Means(
            audit=self.audit, ledger=self.ledger, store=Store(self.state, "https://cluster"),
            toolbox=Toolbox([self.tool, self.burn, self.twice, self.keep, ShowKeys()]), judge=judge,
            limits=Limits(self.ledger, self.settings.limits), kills=KillSwitch(self.ledger, data), settings=self.settings,
            reader=self.cluster.reader, rehearse=self.cluster.rehearsal.rehearse, made=self.cluster.rehearsal.made,
            writer=self.cluster.writer, world=World(), findings=self.around,
            valid=lambda actor: actor.token not in self.revoked, mask=mask, reached=self._reached,
            tell=lambda plan, event, text: self.told.append((plan.id, event, text)),
        )  # fmt: skip
        self.door = Door(self.means, self._run)

    def close(self) -> None:
        self.audit.close()
        self.state.close()

    def reopen(self) -> None:
        """As after a stop and a start."""
        policy = self.means.judge.policy
        self.close()
        self.open(policy)  # type: ignore[arg-type]

    def _reached(self, point: KillPoint) -> None:
        if point in self.at:
            self.at.pop(point)()

    async def _run(self, plan: Plan) -> None:
        self.started.append(plan.id)
        if self.runs_go:
            steps = DoorSteps(self.door, asyncio.get_running_loop(), HELMWARD)
            self._tasks.append(asyncio.create_task(asyncio.to_thread(carry_out, plan.id, steps)))

    async def ended(self) -> list[str]:
        """How the runs ended that were begun."""
        tasks, self._tasks = self._tasks, []
        return [await asyncio.wait_for(task, 60) for task in tasks]

    # ---- what people do ----

    async def proposed(
        self, by: Actor = RITA, value: str = "new", *, about: About = NOTHING_MORE, **names: Any
    ) -> Stored:
        wish = Wish(names.pop("tool", "config_set"), {"namespace": "shop", "name": "app", "value": value, **names})
        return await self.door.propose(by, [wish], about)

    async def approved(self, by: Actor = ANNA, of: Actor = RITA, value: str = "new", **names: Any) -> Stored:
        found = await self.proposed(of, value, **names)
        return await self.yes(by, found)

    async def yes(self, by: Actor, found: Stored, **more: Any) -> Stored:
        await self.door.show(by, found.plan.id)
        return await self.door.approve(by, found.plan.id, found.plan.digest, **more)

    async def done(self, **names: Any) -> tuple[Plan, Action]:
        """A change that was made and verified."""
        plan = (await self.approved(**names)).plan
        await self.door.act(plan, 0)
        action = await self.door.check(plan, 0)
        assert action.state == "done", action.text
        await self.door.ended(plan, "done", action.text)
        return plan, action

    async def value(self, name: str = "app", key: str = "mode") -> str | None:
        """What stands in the cluster."""
        data = (await self.hand.get(path_of("ConfigMap", "shop", name))).get("data") or {}
        found: str | None = data.get(key)
        return found

    async def meddle(self, value: str, name: str = "app") -> None:
        """Somebody else sets it."""
        await self.hand.patch(path_of("ConfigMap", "shop", name), {"data": {"mode": value}})

    def later(self, **span: float) -> None:
        self.clock += timedelta(**span)

    def records(self, action: str = "") -> list[dict[str, Any]]:
        """What was audited, oldest first."""
        lines = [
            line
            for path in sorted(self.audit.folder.glob("*.jsonl"))
            for line in path.read_text().splitlines()
            if line.startswith('{"sequence"')
        ]
        return [one for one in map(json.loads, lines) if one["action"].startswith(action)]

    def forge(self, statement: str, *values: Any) -> None:
        """Write anything into the state, as who has the disk."""
        with self.state.begin() as connection:
            connection.exec_driver_sql(statement, values)

    def forge_plan(self, plan: Plan, **changed: Any) -> Plan:
        """Edit a plan's row."""
        forged = msgspec.structs.replace(plan, **changed)
        self.forge("UPDATE plans SET data = ? WHERE id = ?", msgspec.json.encode(forged), plan.id)
        return forged


def asking(**more: Any) -> ChangeSettings:
    """Changes are asked for; the namespaces dev-* are staging."""
    staging = EnvironmentSettings(name="staging", namespaces=("dev-*",))
    return ChangeSettings(mode="ask", environments=(staging,), **more)


@asynccontextmanager
async def standing(folder: Path, policy: Policy, settings: ChangeSettings | None = None) -> AsyncIterator[Stand]:
    """A door before an API server that has the ConfigMaps app and other in shop and in dev-shop."""
    engine = EmbeddedEngine(folder / "engine")
    await engine.start()
    hand = Hand.from_kubeconfig(engine.kubeconfig, manager="kubectl-edit")
    try:
        for namespace in ("shop", "dev-shop"):
            await hand.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
            for name in ("app", "other"):
                metadata = {"name": name, "namespace": namespace}
                await hand.create(
                    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"mode": "old"}}
                )
        async with Client(find(None, engine.kubeconfig), b"k" * 32) as client:
            stand = Stand(folder, client, hand, policy, settings or asking())
            yield stand
            stand.close()
    finally:
        await hand.close()
        await engine.stop()
