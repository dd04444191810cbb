"""Runs one probe of one container on its schedule (pkg/kubelet/prober) and tells what it found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from helmward.lab.cast.process import HANG, Box
from helmward.lab.client import Json
from helmward.lab.kubelet import words
from helmward.lab.kubelet.pace import Pace

Kind = Literal["readiness", "liveness", "startup"]


class Probe:
    """A probe of the container in `box` at `address`; `report` is told of every result that passed its threshold."""

    def __init__(self, kind: Kind, container: Json, box: Box, address: str, pace: Pace) -> None:
        self.kind = kind
        self._spec: Json = container[f"{kind}Probe"]
        self._container = container
        self._box = box
        self._address = address
        self._pace = pace

    async def run(self, report: Callable[[Kind, bool], None], complain: Callable[[str], None]) -> None:
        """Probe for ever; `complain` gets the message of each failure."""
        await self._pace.pass_(self._spec.get("initialDelaySeconds", 0))
        last, run = None, 0
        while True:
            failure = await self.once()
            healthy = failure is None
            if failure is not None:
                complain(words.UNHEALTHY.say(probe=self.kind.capitalize(), output=failure))
            last, run = healthy, run + 1 if healthy is last else 1
            if run >= self._spec.get("successThreshold" if healthy else "failureThreshold", 1 if healthy else 3):
                report(self.kind, healthy)
            await self._pace.pass_(self._spec.get("periodSeconds", 10))

    async def once(self) -> str | None:
        """None when it passed, else the kubelet's output."""
        if "httpGet" in self._spec:
            return await self._http(self._spec["httpGet"])
        if "tcpSocket" in self._spec:
            port = self._port(self._spec["tcpSocket"]["port"])
            return None if port in self._box.ports else words.REFUSED.say(address=f"{self._address}:{port}")
        return None

    async def _http(self, action: Json) -> str | None:
        port, path = self._port(action["port"]), action.get("path", "/")
        url = f"{action.get('scheme', 'HTTP').lower()}://{self._address}:{port}{path}"
        answer = self._box.ports.get(port)
        if answer is None:
            return words.HTTP_FAILED.say(url=url, error=words.REFUSED.say(address=f"{self._address}:{port}"))
        status = answer(path)
        if status == HANG:
            await self._pace.pass_(self._spec.get("timeoutSeconds", 1))
            return words.HTTP_FAILED.say(url=url, error=words.TIMED_OUT.say())
        return None if 200 <= status < 400 else words.HTTP_STATUS.say(code=status)

    def _port(self, port: int | str) -> int:
        if isinstance(port, int):
            return port
        named = {each.get("name"): each["containerPort"] for each in self._container.get("ports") or []}
        number: int = named[port]
        return number
