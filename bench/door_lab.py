"""On a lab in a process of its own: from approve() to the write, and from a fault to its verified fix in mode auto."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import child, loop_of_the_server, row
from bench.startup import lab

if TYPE_CHECKING:
    from helmward.house import House

_APPROVALS = 60
_FAULTS = 9
_WITHIN = 60.0
_ACTION = "helmward.dev/action"


def run() -> None:
    """Both on the embedded engine."""
    row("", "p50", "p95", "slowest", "CPU")
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder)) as kubeconfig:
        approved = child("bench.door_lab:approvals", folder, kubeconfig).said
        _row(f"the same patch by a bare client, {_APPROVALS} of them", approved["bare"], approved["bare cpu"])
        _row(f"approve → the write is seen (p95 ≤ 150 ms), {_APPROVALS} of them", approved["seen"], approved["cpu"])
        _row("approve → the call returns", approved["returned"])
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder)) as kubeconfig:
        healed = child("bench.door_lab:faults", folder, kubeconfig).said
        _row(f"fault → verified fix (median ≤ 5 s), {_FAULTS} of them", healed["verified"], healed["cpu"])
        _row("fault → the incident is open", healed["open"])
        _row("fault → the fix is written", healed["written"])


def _row(name: str, seconds: list[float], cpu: list[float] | None = None) -> None:
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    cells = [f"{value * 1000:.0f} ms" for value in (statistics.median(ranked), p95, ranked[-1])]
    row(name, *cells, *([f"{statistics.median(cpu) * 1000:.0f} ms"] if cpu else []))


def approvals(folder: str, kubeconfig: str) -> dict[str, list[float]]:
    """Restarts of three workloads in turn, each proposed, shown and approved. In seconds."""
    return loop_of_the_server(_approvals(Path(folder), kubeconfig))


async def _approvals(folder: Path, kubeconfig: str) -> dict[str, list[float]]:
    from helmward.core.nouns import Actor
    from helmward.door.propose import Wish
    from helmward.lab.cast.objects import NAMESPACE, deployments

    found: dict[str, list[float]] = {name: [] for name in ("bare", "bare cpu", "seen", "returned", "cpu")}
    settings = {"changes.mode": "ask", "changes.single_operator": True}
    async with _house(folder, kubeconfig, settings) as house, _watching(kubeconfig) as seen:
        await _bare(kubeconfig, seen, found)
        anna = house.identity.check(
            house.create_token(Actor(name="bench", kind="user"), "anna", "admin", None).text, house.clock()
        )
        names = deployments()
        last: dict[str, str] = {}
        for number in range(_APPROVALS):
            name = names[number % len(names)]
            if name in last:
                await _until(_ended(house, last[name]))
            plan = (
                await house.door.propose(anna, [Wish("rollout_restart", {"namespace": NAMESPACE, "name": name})])
            ).plan
            last[name] = plan.id
            await house.door.show(anna, plan.id)
            event = seen.setdefault(plan.action_id(0), asyncio.get_running_loop().create_future())
            begun, cpu = time.perf_counter(), time.process_time()
            await house.door.approve(anna, plan.id, plan.digest)
            found["returned"].append(time.perf_counter() - begun)
            found["seen"].append(await asyncio.wait_for(event, _WITHIN) - begun)
            found["cpu"].append(time.process_time() - cpu)
        for plan_id in last.values():
            await _until(_ended(house, plan_id))
        ends = list(house.door.means.ledger.closed.values())
        if set(ends) != {"done"}:
            raise SystemExit(f"Not every restart was done: {sorted(set(ends))}")
    return found


async def _bare(kubeconfig: str, seen: dict[str, asyncio.Future[float]], found: dict[str, list[float]]) -> None:
    """The write alone, by the lab's own client: an annotation, so that nothing rolls."""
    from helmward.lab.cast.objects import NAMESPACE, deployments
    from helmward.lab.client import Client, path_of

    hand = Client.from_kubeconfig(Path(kubeconfig), manager="bench")
    path = path_of("Deployment", NAMESPACE, deployments()[0])
    for number in range(_APPROVALS):
        event = seen.setdefault(f"bare-{number}", asyncio.get_running_loop().create_future())
        begun, cpu = time.perf_counter(), time.process_time()
        await hand.patch(path, {"metadata": {"annotations": {_ACTION: f"bare-{number}"}}})
        found["bare"].append(await asyncio.wait_for(event, _WITHIN) - begun)
        found["bare cpu"].append(time.process_time() - cpu)
    await hand.patch(path, {"metadata": {"annotations": {_ACTION: None}}})
    await hand.close()


@asynccontextmanager
async def _watching(kubeconfig: str) -> AsyncIterator[dict[str, asyncio.Future[float]]]:
    """When the API server told of each action id, by a watch of our own."""
    from helmward.lab.cast.objects import NAMESPACE
    from helmward.lab.client import Client, path_of

    seen: dict[str, asyncio.Future[float]] = {}
    hand = Client.from_kubeconfig(Path(kubeconfig), manager="bench")

    async def watch() -> None:
        async for _, item in hand.follow(path_of("Deployment", NAMESPACE)):
            annotations = item.get("metadata", {}).get("annotations") or {}
            event = seen.get(annotations.get(_ACTION, ""))
            if event is not None and not event.done():
                event.set_result(time.perf_counter())

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await hand.close()


def faults(folder: str, kubeconfig: str) -> dict[str, list[float]]:
    """A bad image rolled out again and again; each is rolled back by itself. In seconds."""
    return loop_of_the_server(_faults(Path(folder), kubeconfig))


async def _faults(folder: Path, kubeconfig: str) -> dict[str, list[float]]:
    from helmward.lab import breaking

    found: dict[str, list[float]] = {name: [] for name in ("open", "written", "verified", "cpu")}
    settings = {"changes.mode": "auto", "changes.heal.cooldown_seconds": 0, "changes.heal.attempts": 10}
    async with _house(folder, kubeconfig, settings) as house:
        ledger = house.door.means.ledger
        for number in range(_FAULTS):
            begun, cpu = time.perf_counter(), time.process_time()
            await breaking.break_(folder / "lab", ["image"])
            await _until(lambda: house.incidents("open"))
            found["open"].append(time.perf_counter() - begun)
            await _until(_more(number, lambda: sum(one.outcome == "done" for one in ledger.intents.values())))
            found["written"].append(time.perf_counter() - begun)
            await _until(_more(number, lambda: len(ledger.verdicts)))
            found["verified"].append(time.perf_counter() - begun)
            found["cpu"].append(time.process_time() - cpu)
            await _until(lambda: not house.incidents("live"))
            await breaking.mend(folder / "lab", ["image"])
        if set(ledger.verdicts.values()) != {"done"}:
            raise SystemExit(f"Not every fix was verified: {ledger.verdicts}")
    return found


@asynccontextmanager
async def _house(folder: Path, kubeconfig: str, settings: dict[str, Any]) -> AsyncIterator[House]:
    from helmward.app import running_house
    from helmward.core.settings import load

    for name in ("data", "keys"):
        (folder / name).mkdir(exist_ok=True)
    loaded = load(None, {**os.environ, "HOME": str(folder)}, {"kubernetes.kubeconfig": kubeconfig, **settings})
    async with running_house(loaded, folder / "data", folder / "keys") as house:
        yield house


def _ended(house: House, plan: str) -> Callable[[], bool]:
    return lambda: plan in house.door.means.ledger.closed


def _more(than: int, count: Callable[[], int]) -> Callable[[], bool]:
    return lambda: count() > than


async def _until(true: Callable[[], object]) -> None:
    deadline = time.perf_counter() + _WITHIN
    while not true():
        if time.perf_counter() > deadline:
            raise SystemExit("What is measured did not happen within a minute.")
        await asyncio.sleep(0.002)
