"""Runs one container of a pod: pull, configure, start, probe, restart with back-off (pkg/kubelet/kuberuntime)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from helmward.lab.cast.network import Network
from helmward.lab.cast.process import Box, Exit, Process
from helmward.lab.cast.registry import Image
from helmward.lab.client import ApiError, Json
from helmward.lab.kubelet import words
from helmward.lab.kubelet.backoff import BackOff
from helmward.lab.kubelet.environment import ConfigError, Sources
from helmward.lab.kubelet.events import Recorder
from helmward.lab.kubelet.images import ImageError, ImageStore, Puller
from helmward.lab.kubelet.pace import Pace, go_duration
from helmward.lab.kubelet.probes import Kind, Probe
from helmward.lab.kubelet.qos import quantity
from helmward.lab.kubelet.records import Attempt, Record

# A failed sync is tried again after about ten seconds (pkg/kubelet/kubelet.go: backOffPeriod); the status change that a
# failed pull makes brings the next one sooner.
_RESYNC = 10.0
_SOON = 2.0


@dataclass(frozen=True)
class Surroundings:
    """What every container of a node works with."""

    images: ImageStore
    events: Recorder
    network: Network
    pace: Pace


class ContainerRunner:
    """Keeps one container of `pod` running as its restart policy says; `changed` is called when its state changes."""

    def __init__(self, around: Surroundings, pod: Json, record: Record, changed: Callable[[], None]) -> None:
        self.record = record
        self._around = around
        self._pod = pod
        self._changed = changed
        self._puller = Puller(around.pace)
        self._back_off = BackOff(around.pace)

    async def run(self, sources: Sources, files: dict[str, dict[str, str]], ip: str) -> Exit:
        """Until the container ended and is not to be restarted; how it ended."""
        while True:
            process = await self._start(sources, files, ip)
            how = await self._oversee(process, ip)
            self.record.finish(how)
            self._changed()
            if not self._restarts(how):
                return how
            await self._wait_out_back_off()

    async def stop(self, grace: float) -> None:
        """End the container because its pod is deleted; `grace` in Kubernetes' seconds."""
        attempt = self.record.current
        if attempt is None or not attempt.running:
            return
        self._tell("Normal", words.STOPPING, words.STOPPING.say(container=self.record.name))
        how = await attempt.process.stop(self._around.pace.seconds(grace))
        self.record.finish(how)
        self._changed()

    async def _start(self, sources: Sources, files: dict[str, dict[str, str]], ip: str) -> Process:
        spec = self.record.spec
        while True:
            try:
                image = await self._around.images.ensure(self._pod, spec, self.record.field, self._puller)
                environment = await sources.environment(self._pod, spec, ip)
            except ImageError as error:
                await self._failed(error.reason, str(error), error.reason)
            except ConfigError as error:
                await self._failed(words.CONFIG_ERROR.reason, str(error), str(error))
            except (ApiError, aiohttp.ClientError, TimeoutError):
                await self._around.pace.pass_(_SOON)
            else:
                return self._create(image, environment, files)

    async def _failed(self, reason: str, message: str, told: str) -> None:
        self._tell("Warning", words.CONTAINER_FAILED, words.CONTAINER_FAILED.say(error=told))
        self.record.waiting = (reason, message)
        self._changed()
        await self._around.pace.pass_(_SOON if reason == words.PULL_ERROR.reason else _RESYNC)

    def _create(self, image: Image, environment: dict[str, str], files: dict[str, dict[str, str]]) -> Process:
        spec, pod = self.record.spec, self._pod
        limit = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
        box = Box(
            hostname=pod["metadata"]["name"],
            env=environment,
            args=spec.get("args") or [],
            files=_mounted(spec, files),
            memory_limit=None if limit is None else int(quantity(limit)),
            call=lambda url: self._around.network.call(url, pod["metadata"]["namespace"]),
            pause=self._around.pace.pass_,
        )
        self._tell("Normal", words.CREATED, words.CREATED.say(container=self.record.name))
        process = Process(image.program(), box)
        self._tell("Normal", words.STARTED, words.STARTED.say(container=self.record.name))
        self.record.begin(Attempt(image, process))
        self._changed()
        return process

    async def _oversee(self, process: Process, ip: str) -> Exit:
        """Probe the process until it ends or has to be killed."""
        condemned: asyncio.Future[Kind] = asyncio.get_running_loop().create_future()
        probes = [asyncio.create_task(self._probe(kind, process, ip, condemned)) for kind in self._probes()]
        ended = asyncio.create_task(process.wait())
        try:
            either: set[asyncio.Future[Any]] = {ended, condemned}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return ended.result()
            return await self._kill(process, condemned.result())
        finally:
            for task in (*probes, ended):
                task.cancel()

    def _probes(self) -> list[Kind]:
        kinds: tuple[Kind, ...] = ("startup", "readiness", "liveness")
        return [kind for kind in kinds if f"{kind}Probe" in self.record.spec]

    async def _probe(self, kind: Kind, process: Process, ip: str, condemned: asyncio.Future[Kind]) -> None:
        probe = Probe(kind, self.record.spec, process.box, ip, self._around.pace)
        while kind != "startup" and not self.record.started:
            await self._around.pace.pass_(1.0)

        def report(kind: Kind, healthy: bool) -> None:
            self._probed(kind, healthy, condemned)

        await probe.run(report, lambda message: self._tell("Warning", words.UNHEALTHY, message))

    def _probed(self, kind: Kind, healthy: bool, condemned: asyncio.Future[Kind]) -> None:
        record = self.record
        before = (record.started, record.ready)
        if kind == "readiness":
            record.ready = healthy
        elif healthy and kind == "startup":
            record.started = True
            record.ready = record.ready or "readinessProbe" not in record.spec
        elif not healthy and not condemned.done():
            condemned.set_result(kind)
        if before != (record.started, record.ready):
            self._changed()

    async def _kill(self, process: Process, kind: Kind) -> Exit:
        word = words.KILLED_BY_LIVENESS if kind == "liveness" else words.KILLED_BY_STARTUP
        self._tell("Normal", word, word.say(container=self.record.name))
        grace = self._pod["spec"].get("terminationGracePeriodSeconds", 30)
        return await process.stop(self._around.pace.seconds(grace))

    def _restarts(self, how: Exit) -> bool:
        policy = self._pod["spec"].get("restartPolicy", "Always")
        if self.record.init and how.code == 0:
            return False
        if policy == "Always":
            return True
        return bool(policy == "OnFailure" and how.code)

    async def _wait_out_back_off(self) -> None:
        """doBackOff of kuberuntime_manager.go: the first restart is immediate."""
        finished = time.monotonic()
        metadata = self._pod["metadata"]
        name = words.POD.say(name=metadata["name"], namespace=metadata["namespace"], uid=metadata["uid"])
        while left := self._back_off.remaining(finished):
            delay = go_duration(self._back_off.delay)
            waiting = words.CRASH_LOOP.say(delay=delay, container=self.record.name, pod=name)
            self._tell(
                "Warning",
                words.RESTART_BACK_OFF,
                words.RESTART_BACK_OFF.say(container=self.record.name, pod=name),
            )
            self.record.waiting = (words.CRASH_LOOP.reason, waiting)
            self._changed()
            await asyncio.sleep(min(left, self._around.pace.seconds(_RESYNC)))
        self._back_off.next()

    def _tell(self, kind: Literal["Normal", "Warning"], word: words.Word, message: str) -> None:
        self._around.events.pod(self._pod, kind, word, message, self.record.field)


def _mounted(container: Json, files: dict[str, dict[str, str]]) -> dict[str, str]:
    """The container's files by absolute path."""
    found = {}
    for mount in container.get("volumeMounts") or []:
        folder = mount["mountPath"].rstrip("/")
        for path, content in files.get(mount["name"], {}).items():
            if "subPath" not in mount:
                found[f"{folder}/{path}"] = content
            elif mount["subPath"] == path:
                found[folder] = content
    return found
