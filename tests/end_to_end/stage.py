"""A whole lab and the real house that watches it, on one event loop, and a person with kubectl beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tests.lab.faults.shop import Shop

from helmward.app import running_house
from helmward.core.bus import Subscription
from helmward.core.errors import UsageError
from helmward.core.settings import load
from helmward.house import House
from helmward.lab import breaking, description
from helmward.lab.client import Client
from helmward.lab.kube.assets import programs_folder
from helmward.lab.kube.waiting import eventually
from helmward.lab.runner import PERSON, Lab
from helmward.watch.cluster import utc_now
from helmward.world.book import Tracked, Transition

Answer = TypeVar("Answer")
_PATIENCE = 5.0  # seconds


@dataclass
class Seen:
    """A transition, when it came (monotonic seconds, and by the wall clock), and what its first cause was then."""

    at: float
    what: str
    tracked: Tracked
    wall: datetime = field(default_factory=utc_now)

    @property
    def code(self) -> str:
        """The code of the first cause."""
        first = self.tracked.incident.causes[0].finding
        return next(finding.code for finding in self.tracked.findings if finding.id == first)

    def __str__(self) -> str:
        clock = self.wall.strftime("%H:%M:%S.%f")[:-3]
        return f"{clock} {self.what} {self.tracked.id} {self.tracked.incident.severity} {self.tracked.incident.title}"

    @property
    def story(self) -> str:
        """Everything it rests on: each finding with its message, since when, and its evidence."""
        lines = [str(self)]
        for finding in self.tracked.findings:
            lines.append(f"    {finding.code} {finding.resource} since {finding.since}: {finding.message}")
            lines += [
                f"        {piece.source} {piece.ref} {piece.time or ''}: {piece.excerpt}" for piece in finding.evidence
            ]
        return "\n".join(lines)


@dataclass
class Stage:
    """What a test acts on and looks at."""

    lab: Lab
    house: House
    shop: Shop
    transitions: Subscription[Transition]
    seen: list[Seen] = field(default_factory=list)
    calmed: float = field(default_factory=time.monotonic)

    @property
    def engine(self) -> str:
        return self.lab.engine.name

    def saw(self, transition: Transition) -> None:
        """Note that it came now."""
        self.seen.append(Seen(time.monotonic(), transition.what, transition.tracked))

    @property
    def live(self) -> list[Tracked]:
        """The incidents that are not resolved."""
        return self.house.incidents()

    def since(self, moment: float, *whats: str) -> list[Seen]:
        """The transitions since `moment`, of some sorts or of all."""
        for transition in self.transitions.drain():
            self.saw(transition)
        return [each for each in self.seen if each.at >= moment and (not whats or each.what in whats)]

    def story(self, moment: float) -> str:
        """Every transition since `moment` with all that it rests on, for whoever reads a failure."""
        return "\n" + "\n".join(each.story for each in self.since(moment))

    async def until(self, ask: Callable[[], Answer], what: str, seconds: float) -> Answer:
        """The first true answer of `ask`; fails naming `what` and the incidents there are."""

        async def answer() -> Answer:
            return ask()

        try:
            return await eventually(answer, what, seconds)
        except Exception as error:
            error.add_note("Seen:\n" + "\n".join(each.story for each in self.seen[-20:]))
            raise

    async def mended(self) -> None:
        """Mend everything, and wait until the shop is healthy and every incident resolved by itself."""
        await breaking.mend(self.lab.folder)
        await self.shop.until_healthy()
        await self.until(lambda: not self.live, "every incident resolved", 30)
        self.calmed = time.monotonic()

    async def calm(self) -> None:
        """Healthy, and nothing opened since the last fault was mended: what comes late is a false alarm too."""
        await self.shop.until_healthy()
        late, story = self.since(self.calmed, "opened", "reopened"), self.story(self.calmed)
        self.calmed = time.monotonic()
        assert late == [], story

    async def kubectl(self, command: str) -> str:
        """Run a `kubectl …` command line as the lab's person; what it prints."""
        words = shlex.split(command)
        assert words[0] == "kubectl", command
        person = description.read(self.lab.folder).users[PERSON]
        deadline = time.monotonic() + _PATIENCE
        while True:
            code, out, error = await _run([str(programs_folder() / "kubectl"), "--kubeconfig", person, *words[1:]])
            if code == 0:
                return out
            # `rollout restart` twice in one second is refused; the person who reads this tries again.
            assert "please wait" in error and time.monotonic() < deadline, f"{command}: {error}"


def has_kubectl() -> bool:
    """Whether the control plane's programs are here."""
    try:
        programs_folder()
    except UsageError:
        return False
    return True


async def _run(command: Sequence[str]) -> tuple[int, str, str]:
    # kubectl must not read the home of whoever runs the tests, nor leave a cache there.
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "KUBECACHEDIR": str(Path(command[2]).with_suffix(".cache"))},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    return process.returncode or 0, out.decode(), error.decode()


@contextlib.asynccontextmanager
async def opened(folder: Path, engine: str) -> AsyncIterator[Stage]:
    """A healthy lab in `folder`, watched by the house."""
    lab = Lab(folder / "lab", engine)  # type: ignore[arg-type]
    await lab.start()
    client = Client.from_kubeconfig(lab.kubeconfig)
    try:
        loaded = load(None, {}, {"kubernetes.kubeconfig": str(lab.kubeconfig)})
        for name in ("data", "keys"):
            (folder / name).mkdir(mode=0o700)
        async with running_house(loaded, folder / "data", folder / "keys") as house:
            stage = Stage(lab, house, Shop(client, lab.folder), house.bus.subscribe(10_000))
            async with _following(stage):
                yield stage
    finally:
        await client.close()
        await lab.stop()


@contextlib.asynccontextmanager
async def _following(stage: Stage) -> AsyncIterator[None]:
    async def follow() -> None:
        while True:
            stage.saw(await stage.transitions.get())

    task = asyncio.create_task(follow())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        stage.transitions.close()
