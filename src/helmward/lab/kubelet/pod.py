"""Takes one pod through its life: volumes, address, init containers, containers, end (pkg/kubelet/pod_workers.go)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec

from helmward.lab.client import ApiError, Json, path_of
from helmward.lab.kubelet import words
from helmward.lab.kubelet.container import ContainerRunner, Surroundings
from helmward.lab.kubelet.environment import MountError, Sources
from helmward.lab.kubelet.node_client import NodeClient
from helmward.lab.kubelet.records import Record
from helmward.lab.kubelet.status import Addresses, initialized, pod_status
from helmward.lab.kubelet.times import now

# goroutinemap/exponentialbackoff: a failed mount is tried again after 0.5 s, doubling to 2 m 2 s.
_FIRST_MOUNT_DELAY = 0.5
_LONGEST_MOUNT_DELAY = 122.0
_RETRY_SECONDS = 0.2


class PodWorker:
    """One pod on one node. `address` hands out its IP when the sandbox is made."""

    def __init__(
        self, client: NodeClient, around: Surroundings, pod: Json, host: str, address: Callable[[], str]
    ) -> None:
        self.pod = pod
        self._client = client
        self._around = around
        self._host = host
        self._address = address
        self._ip: str | None = None
        self._begun = pod.get("status", {}).get("startTime") or now()
        spec = pod["spec"]
        self._init = [Record(each, init=True) for each in spec.get("initContainers") or []]
        self._containers = [Record(each) for each in spec["containers"]]
        self._runners = [
            ContainerRunner(around, pod, record, self._touch) for record in (*self._init, *self._containers)
        ]
        self._dirty = asyncio.Event()
        self._deleting = asyncio.Event()
        self._sent = b""
        self.update(pod)

    def update(self, pod: Json) -> None:
        """The API server's newer copy of the pod."""
        self.pod = pod
        if "deletionTimestamp" in pod["metadata"]:
            self._deleting.set()

    def resend(self) -> None:
        """Write the status again even if it did not change: someone else may have written it."""
        self._sent = b""
        self._touch()

    def record(self, container: str) -> Record | None:
        """What is known of a container, by name."""
        return next((each for each in (*self._init, *self._containers) if each.name == container), None)

    async def run(self) -> None:
        """Until the pod is deleted and every container has ended."""
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(self._write_statuses())]
        deleting = asyncio.create_task(self._deleting.wait())
        tasks.append(deleting)
        try:
            if self.pod.get("status", {}).get("phase") not in ("Succeeded", "Failed"):
                self._touch()
                life = asyncio.create_task(self._live())
                tasks.append(life)
                await asyncio.wait({life, deleting}, return_when=asyncio.FIRST_COMPLETED)
                if life.done():
                    life.result()
                await _cancel(life, unless=not self._deleting.is_set())
            await deleting
            await self._end()
        finally:
            for task in tasks:
                await _cancel(task)
            self._kill_all()

    def _kill_all(self) -> None:
        for record in (*self._init, *self._containers):
            if record.current is not None and record.current.running:
                record.finish(record.current.process.kill())
        if self._ip:
            self._around.network.detach(self._ip)

    async def _live(self) -> None:
        sources = Sources(self._client, self.pod["metadata"]["namespace"])
        files = await self._mount(sources)
        self._ip = self._address()
        self._around.network.attach(self._ip, self._containers, self._client.online.is_set)
        self._touch()
        for runner in self._runners[: len(self._init)]:
            await runner.run(sources, files, self._ip)
            if not initialized(runner.record):
                return
        rest = self._runners[len(self._init) :]
        await asyncio.gather(*(runner.run(sources, files, self._ip) for runner in rest))

    async def _mount(self, sources: Sources) -> dict[str, dict[str, str]]:
        delay = _FIRST_MOUNT_DELAY
        while True:
            try:
                return await sources.files(self.pod)
            except MountError as error:
                message = words.FAILED_MOUNT.say(volume=error.volume, error=error)
                self._around.events.pod(self.pod, "Warning", words.FAILED_MOUNT, message)
                await self._around.pace.pass_(delay)
                delay = min(delay * 2, _LONGEST_MOUNT_DELAY)
            except (ApiError, aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_RETRY_SECONDS)

    async def _end(self) -> None:
        grace = self.pod["metadata"].get("deletionGracePeriodSeconds", 30)
        await asyncio.gather(*(runner.stop(grace) for runner in self._runners))
        await self._send_status()
        metadata = self.pod["metadata"]
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}}
        while True:
            try:
                await self._client.delete(path_of("Pod", metadata["namespace"], metadata["name"]), options)
            except ApiError as error:
                if error.status == 409:  # another pod has the name now
                    return
                if not error.passing:
                    raise
                await asyncio.sleep(_RETRY_SECONDS)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _touch(self) -> None:
        self._dirty.set()

    async def _write_statuses(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._send_status()

    async def _send_status(self) -> None:
        addresses = Addresses(self._host, self._ip)
        status = pod_status(self.pod, self._init, self._containers, addresses, self._begun)
        body = msgspec.json.encode(_undated(status))
        if body == self._sent:
            return
        metadata = self.pod["metadata"]
        patch = {"metadata": {"uid": metadata["uid"]}, "status": status}
        try:
            answer = await self._client.patch(path_of("Pod", metadata["namespace"], metadata["name"], "status"), patch)
        except ApiError as error:
            if error.passing:
                await asyncio.sleep(_RETRY_SECONDS)
                self._touch()
            elif error.status not in (404, 409):
                raise
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(_RETRY_SECONDS)
            self._touch()
        else:
            self._sent = body
            self.pod = {**self.pod, "status": answer["status"]}


def _undated(status: Json) -> Json:
    """The status without the times that a newer copy of the pod only repeats."""
    conditions = [
        {key: value for key, value in condition.items() if key != "lastTransitionTime"}
        for condition in status["conditions"]
    ]
    return {**status, "conditions": conditions}


async def _cancel(task: asyncio.Task[Any], unless: bool = False) -> None:
    if unless or task.done():
        return
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
