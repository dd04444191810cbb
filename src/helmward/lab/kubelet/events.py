"""Writes Events as client-go's recorder does: repeats raise a count, and a pod that shouts is throttled."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.kubelet.pace import Pace
from helmward.lab.kubelet.times import now
from helmward.lab.kubelet.words import Word

# client-go tools/record/events_cache.go: 25 events of one source about one object, then one in five minutes.
_BURST = 25
_REFILL_SECONDS = 300.0


@dataclass
class _Bucket:
    tokens: float
    filled: float


class Recorder:
    """Events of one component on one node, written in order behind the caller's back."""

    def __init__(self, client: Client, node: str, pace: Pace) -> None:
        self._client = client
        self._node = node
        self._refill = pace.seconds(_REFILL_SECONDS)
        self._seen: dict[tuple[Any, ...], Json] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._queue: asyncio.Queue[Json] = asyncio.Queue()

    def pod(self, pod: Json, kind: Literal["Normal", "Warning"], word: Word, message: str, field: str = "") -> None:
        """An Event about a pod; `field` is the container's path (`spec.containers{name}`)."""
        metadata = pod["metadata"]
        involved = {
            "kind": "Pod",
            "apiVersion": "v1",
            "namespace": metadata["namespace"],
            "name": metadata["name"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
        }
        self._record(involved | ({"fieldPath": field} if field else {}), kind, word.reason, message)

    def node(self, kind: Literal["Normal", "Warning"], reason: str, message: str) -> None:
        """An Event about the node itself; the kubelet gives the node's name as its uid."""
        self._record({"kind": "Node", "name": self._node, "uid": self._node}, kind, reason, message)

    async def run(self) -> None:
        """Write what was recorded, for ever."""
        while True:
            event = await self._queue.get()
            try:
                await self._write(event)
            except (ApiError, aiohttp.ClientError, TimeoutError):
                # As client-go: an Event that cannot be written is dropped (its namespace may be going).
                continue

    def _record(self, involved: Json, kind: str, reason: str, message: str) -> None:
        if not self._may_write(involved["uid"] + kind):
            return
        self._queue.put_nowait({"involvedObject": involved, "type": kind, "reason": reason, "message": message})

    def _may_write(self, key: str) -> bool:
        moment = time.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(_BURST, moment))
        bucket.tokens = min(_BURST, bucket.tokens + (moment - bucket.filled) / self._refill)
        bucket.filled = moment
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    async def _write(self, event: Json) -> None:
        involved = event["involvedObject"]
        key = (involved["uid"], involved.get("fieldPath", ""), event["type"], event["reason"], event["message"])
        known = self._seen.get(key)
        moment = now()
        if known is not None:
            known["count"] += 1
            path = path_of("Event", known["metadata"]["namespace"], known["metadata"]["name"])
            try:
                await self._client.patch(path, {"count": known["count"], "lastTimestamp": moment})
            except ApiError as error:
                if error.status != 404:
                    raise
            else:
                return
        namespace = involved.get("namespace", "default")
        name = f"{involved['name']}.{time.time_ns():x}"
        self._seen[key] = await self._client.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "source": {"component": "kubelet", "host": self._node},
                "reportingComponent": "kubelet",
                "reportingInstance": self._node,
                "firstTimestamp": moment,
                "lastTimestamp": moment,
                "count": 1,
                **event,
            }
        )
