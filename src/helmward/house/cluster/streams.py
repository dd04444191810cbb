"""A container's log, live: opened through the tool `pods_log` (policy, limits, audit), then asked for once a second.

It is asked for (`sinceTime`) rather than followed (`follow=true`): the read client gives whole answers, a followed log ends with
each run of its container, and a look each second also sees that a right, the pod or the API server is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from helmward.core.cluster import KubernetesError, NotFound
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line, stopped
from helmward.core.times import format_time, parse_time
from helmward.house.cluster.lines import Joint, Line, Place, bounded, place_of, second_of
from helmward.house.house import House
from helmward.tools.kubernetes.objects import NoSuchObject
from helmward.world.objects import Object
from helmward.world.views import ContainerStatus

MOST_A_SECOND = 200
"""Lines that are sent in a second; the newest, and how many were left out is said."""

MOST_AT_ONCE = 2000
"""Lines of the beginning, and of what came since a place in the log."""

_BYTES = 4 << 20  # of one answer
_LOOK_AGAIN = 15.0  # seconds after which policy is asked again
_ENDED = frozenset({"Succeeded", "Failed"})
_GONE = "The pod is gone."


class LogWish(NamedTuple):
    """Which log: `container` may be left out of a pod of one; `after` is the place of the last line known (`Last-Event-ID`)."""

    namespace: str
    pod: str
    container: str | None = None
    tail: int = 200
    previous: bool = False
    after: str | None = None


class Told(NamedTuple):
    """Something to tell: a line; that lines were left out; a notice; the end. `place` is where one may go on from."""

    what: Literal["line", "dropped", "notice", "end"]
    data: dict[str, Any]
    place: str = ""


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
    names = [one.name for one in (*pod.view.spec.containers, *pod.view.spec.init_containers)]
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
        self._uid, self._runs = pod.uid, _restarts(pod, wish.container)
        self._looked = self._read_at = clock()
        self._fresh = True
        self._notice = ""

    async def poll(self) -> list[Told]:
        """What is new since the last call; the last of it is an end where nothing more will come."""
        ending = self._refused() or self._over()
        if ending == _GONE:
            return [_end(ending)]
        try:
            told = await self._read()
        except NotFound:
            return [_end(_GONE)]
        except DeniedError as error:
            return [_end(str(error))]
        except KubernetesError as error:
            told = self._noticed(error.message if error.status == 400 and error.message else str(error))
        else:
            self._notice = ""
        return [*told, _end(ending)] if ending else told

    # ---- inside ----

    async def _read(self) -> list[Told]:
        joint, again = self._joint, self._restarted()
        text, whole = "", True
        for previous in (True, False) if again else (self._wish.previous,):
            part = await self._text(previous)
            whole = len(part.encode()) < _BYTES
            text += part if not part or part.endswith("\n") or not whole else part + "\n"
        place = joint.place
        piece = await asyncio.to_thread(joint.read, text)
        allowed, self._read_at = self._allowed(), self._clock()
        self._fresh = False
        lost = not piece.known and len(piece.lines) >= MOST_AT_ONCE - 1
        if not whole and not piece.lines and place is not None:
            joint.place, lost = _next_second(place), True
        return _told(piece.lines, allowed, lost)

    async def _text(self, previous: bool) -> str:
        wish, place = self._wish, self._joint.place
        assert wish.container is not None
        return await self._house.door.means.reader.log(
            wish.namespace,
            wish.pod,
            wish.container,
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
        """Runs again since the last look: the end of the run before is not in the log of this one."""
        pod = self._pod()
        status = _status(pod, self._wish.container) if pod is not None else None
        if status is None or status.state is None or status.state.running is None or status.restart_count == self._runs:
            return False
        self._runs = status.restart_count
        return not self._wish.previous and self._joint.place is not None

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
            return _GONE if self._house.world.coverage.knows("Pod") else ""
        status = _status(pod, self._wish.container)
        ended = status.state.terminated if status and status.state else None
        policy = pod.view.spec.restart_policy
        final = policy == "Never" or (ended is not None and ended.exit_code == 0 and _stays(pod, status))
        if pod.view.status.phase in _ENDED or (ended is not None and final):
            code = f" with exit code {ended.exit_code}" if ended else ""
            return f"The container has ended{code}; nothing more will come."
        return ""

    def _pod(self) -> Object | None:
        return self._house.world.get("Pod", self._wish.namespace, self._wish.pod)

    def _noticed(self, text: str) -> list[Told]:
        text = one_line(text)
        if text == self._notice:
            return []
        self._notice = text
        return [Told("notice", {"text": text})]


def _told(lines: tuple[Line, ...], allowed: int, lost: bool) -> list[Told]:
    kept, left = lines[-allowed:], lines[:-allowed]
    told = []
    if left or lost:
        dropped = {"lines": len(left), "more": lost}
        told.append(Told("dropped", dropped, str(left[-1].place) if left else ""))
    for line in kept:
        text, cut = bounded(line.text)
        data: dict[str, Any] = {"time": line.time or None, "text": text, **({"cut": True} if cut else {})}
        told.append(Told("line", data, str(line.place) if line.time else ""))
    return told


def _end(reason: str) -> Told:
    return Told("end", {"reason": reason})


def _next_second(place: Place) -> Place:
    """Past a second that holds more than one answer does, and whose lines cannot be asked for apart."""
    when = parse_time(second_of(place))
    assert when is not None
    return Place(format_time(when + timedelta(seconds=1)), 0)


def _status(pod: Object, container: str | None) -> ContainerStatus | None:
    status = pod.view.status
    found = (one for one in (*status.container_statuses, *status.init_container_statuses) if one.name == container)
    return next(found, None)


def _restarts(pod: Object, container: str | None) -> int:
    status = _status(pod, container)
    return status.restart_count if status is not None else 0


def _stays(pod: Object, status: ContainerStatus | None) -> bool:
    """A container that ended well and is not started again: an init container, or one of a pod that restarts failures alone."""
    initial = status is not None and status.name in {one.name for one in pod.view.spec.init_containers}
    return initial or pod.view.spec.restart_policy == "OnFailure"
