"""A container's log, live: opened through the tool `pods_log` (policy, limits, audit), then asked for once a second.

It is asked for (`sinceTime`) rather than followed (`follow=true`): the read client gives whole answers, a followed log ends with
each run of its container, and a look each second also sees that a right, the pod or the API server is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from helmward.core.cluster import KubernetesError, NotFound
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line, stopped
from helmward.core.times import format_time, parse_time
from helmward.house.cluster.lines import Joint, Place, place_of, second_of
from helmward.house.cluster.runs import ended, names_of, restarts
from helmward.house.cluster.told import Told, end, lines_told
from helmward.house.house import House
from helmward.tools.kubernetes.objects import NoSuchObject
from helmward.world.objects import Object

MOST_A_SECOND = 200
"""Lines that are sent in a second; the newest, and how many were left out is said."""

MOST_AT_ONCE = 2000
"""Lines of the beginning, and of what came since a place in the log."""

_BYTES = 4 << 20  # of one answer
_LOOK_AGAIN = 15.0  # seconds after which policy is asked again
GONE = "The pod is gone."
"""Why a log ends whose pod was deleted, or replaced by another of its name."""


class LogWish(NamedTuple):
    """Which log: `container` may be left out of a pod of one; `after` is the place of the last line known (`Last-Event-ID`)."""

    namespace: str
    pod: str
    container: str | None = None
    tail: int = 200
    previous: bool = False
    after: str | None = None


async def open_log(house: House, actor: Actor, wish: LogWish) -> LogFollower:
    """A log that may be read and is there, or will be once its container starts.

    Raises NoSuchObject, DeniedError, UsageError, KubernetesError."""
    after = place_of(wish.after) if wish.after else None
    given = {"namespace": wish.namespace, "name": wish.pod, "previous": wish.previous, "tail_lines": 1}
    given |= {"container": wish.container} if wish.container else {}
    refused: KubernetesError | None = None
    try:
        await house.door.read(actor, "pods_log", given)
    except NotFound:
        raise NoSuchObject(f"There is no Pod {wish.pod} in {wish.namespace}.") from None
    except KubernetesError as error:
        if error.status != 400:
            raise
        refused = error
    pod = house.world.get("Pod", wish.namespace, wish.pod)
    if pod is None:
        raise NoSuchObject(f"There is no Pod {wish.pod} in {wish.namespace}.")
    names = names_of(pod)
    container = wish.container or names[0]
    if refused is not None and (wish.previous or container not in names):
        raise NoLog(stopped(one_line(refused.message or str(refused))))
    return LogFollower(house, actor, wish._replace(container=container), pod, Joint(after))


class NoLog(UsageError):
    """The container is not there, or has had no run before."""

    http_status = 404


class LogFollower:
    """One log for one listener. `clock` counts seconds."""

    def __init__(
        self,
        house: House,
        actor: Actor,
        wish: LogWish,
        pod: Object,
        joint: Joint,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house, self._actor, self._wish, self._joint, self._clock = house, actor, wish, joint, clock
        self._container = wish.container or names_of(pod)[0]
        self._uid, self._runs = pod.uid, restarts(pod, self._container)
        self._looked = self._read_at = clock()
        self._fresh = self._whole = True
        self._notice = ""

    async def poll(self) -> list[Told]:
        """What is new since the last call; the last of it is an end where nothing more will come."""
        ending = self._refused() or self._over()
        if ending == GONE:
            return [end(ending)]
        try:
            told = await self._read()
        except DeniedError as error:
            return [end(str(error))]
        except NotFound as error:
            told = self._noticed(str(error)) if self._pod() is not None else [end(GONE)]
        except KubernetesError as error:
            told = self._noticed(error.message if error.status == 400 and error.message else str(error))
        else:
            self._notice = ""
        return [*told, end(ending)] if ending and self._whole else told

    # ---- inside ----

    async def _read(self) -> list[Told]:
        joint, place = self._joint, self._joint.place
        text = await self._text(self._wish.previous)
        self._whole = len(text.encode()) < _BYTES
        text = await self._before(text) + text
        piece = await asyncio.to_thread(joint.read, text if text.endswith("\n") or not self._whole else f"{text}\n")
        allowed, self._read_at, self._fresh = self._allowed(), self._clock(), False
        lost = not piece.known and len(piece.lines) >= MOST_AT_ONCE - 1
        if not self._whole and not piece.lines and place is not None:
            joint.place, lost = _next_second(place), True
        return lines_told(piece.lines, allowed, lost)

    async def _before(self, text: str) -> str:
        """The end of the run before, where the container began again since the last look: it is not in the log of this run.
        That shows in the log sooner than in the pod's status."""
        place, again = self._joint.place, self._restarted()
        if self._wish.previous or place is None or place.time in text or not (again or text):
            return ""
        try:
            before = await self._text(previous=True)
        except KubernetesError as error:
            if error.status not in (400, 404):
                raise
            return ""
        return before if place.time in before else ""

    async def _text(self, previous: bool) -> str:
        wish, place = self._wish, self._joint.place
        return await self._house.door.means.reader.log(
            wish.namespace,
            wish.pod,
            self._container,
            previous=previous,
            tail_lines=MOST_AT_ONCE if place else wish.tail,
            limit_bytes=_BYTES,
            since_time=second_of(place) if place else None,
            timestamps=True,
        )

    def _allowed(self) -> int:
        if self._fresh:
            return MOST_AT_ONCE
        return int(MOST_A_SECOND * min(10.0, max(1.0, self._clock() - self._read_at)))

    def _restarted(self) -> bool:
        """Does the pod tell of another run than at the last look?"""
        pod = self._pod()
        known, self._runs = self._runs, restarts(pod, self._container) if pod is not None else self._runs
        return self._runs != known

    def _refused(self) -> str:
        """Why this may not be read any more; "" where it may."""
        if self._clock() - self._looked < _LOOK_AGAIN:
            return ""
        self._looked, means = self._clock(), self._house.door.means
        try:
            means.kills.check_reader(self._actor.name)
        except DeniedError as error:
            return str(error)
        decision = means.judge.call(self._actor, means.toolbox.reader("pods_log"), self._wish.namespace)
        return "" if decision.verdict == "allow" else f"pods_log is denied: {stopped(decision.reason)}"

    def _over(self) -> str:
        """Why nothing more will come after this look; "" where it may."""
        if self._wish.previous:
            return "This is all of the run before."
        pod = self._pod()
        if pod is None or pod.uid != self._uid:
            return GONE if self._house.world.coverage.knows("Pod") else ""
        return ended(pod, self._container)

    def _pod(self) -> Object | None:
        return self._house.world.get("Pod", self._wish.namespace, self._wish.pod)

    def _noticed(self, text: str) -> list[Told]:
        text = one_line(text)
        if text == self._notice:
            return []
        self._notice = text
        return [Told("notice", {"text": text})]


def _next_second(place: Place) -> Place:
    """Past a second that holds more than one answer does, and whose lines cannot be asked for apart."""
    when = parse_time(second_of(place))
    assert when is not None
    return Place(format_time(when + timedelta(seconds=1)), 0)
