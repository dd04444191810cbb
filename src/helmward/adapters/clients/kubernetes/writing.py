"""What can write to an API server: a `Rehearsal` (dry runs alone), and a `Writer` for exactly one write of one action."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from helmward.adapters.clients.kubernetes.patching import Operation, check, is_done, operations
from helmward.adapters.clients.kubernetes.transport import Call, Transport
from helmward.core.cluster import Interrupted, KubernetesError, NotFound, Unavailable
from helmward.core.errors import HelmwardError
from helmward.core.mandate import DisruptionRefused, Drifted, Mandate, SpentMandate, Written
from helmward.core.pointers import value_at

TRIES = 6
"""How often a write is tried while others change the object, or the server does not answer."""

_PATCH = "application/json-patch+json"
_PAUSE = 0.05  # seconds before the second try; doubled each time


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Rehearsal:
    """Plans' client: it can do nothing but `dryRun=All`."""

    def __init__(self, transport: Transport, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._transport, self._sleep = transport, sleep

    async def rehearse(self, mandate: Mandate) -> dict[str, Any]:
        """The object as it would be after the write (as it is, for an eviction or a delete).

        Raises Drifted, and KubernetesError where the server or its admission would refuse."""
        try:
            return await self._rehearsed(mandate)
        except _Gone:
            raise Drifted(f"{mandate.resource} is not there any more; make a new plan.") from None

    async def _rehearsed(self, mandate: Mandate) -> dict[str, Any]:
        refused_at = ""
        for attempt in range(TRIES):
            document = await _read(self._transport, mandate)
            check(document, mandate)
            try:
                body = await _sent(self._transport, _call(document, mandate, {"dryRun": "All"}), mandate)
            except KubernetesError as error:
                version = str(value_at(document, "/metadata/resourceVersion"))
                if error.status not in (409, 422) or refused_at == version:
                    raise
                refused_at = version
                await self._sleep(_PAUSE * 2**attempt)
                continue
            return _decoded(body, mandate) if mandate.verb == "patch" else document
        raise Drifted(f"{mandate.resource} changed all the while; it was tried {TRIES} times.")

    async def made(self, mandate: Mandate) -> bool:
        """Was the write of this mandate made? Only looks."""
        try:
            document = await _read(self._transport, mandate)
        except (_Gone, Drifted):
            return mandate.verb != "patch"
        return mandate.verb == "patch" and is_done(document, mandate)


class Writer:
    """One write, then it is dead. The door mints its mandate; `sending` is asked right before each sending, and raises where
    nothing may be sent any more."""

    def __init__(
        self,
        transport: Transport,
        mandate: Mandate,
        sending: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport, self._mandate, self._sending = transport, mandate, sending
        self._clock, self._sleep, self._spent = clock, sleep, False

    def revoke(self) -> None:
        """Whatever it was for, it writes no more."""
        self._spent = True

    async def write(self) -> Written:
        """Make the write, or find that it was made. Raises Drifted where the object is not as planned, DisruptionRefused,
        SpentMandate, and KubernetesError where the server refuses or does not answer."""
        mandate = self._mandate
        failure: HelmwardError = Drifted(f"{mandate.resource} changed all the while; it was tried {TRIES} times.")
        document: dict[str, Any] = {}
        refused_at = ""
        for attempt in range(TRIES):
            if attempt:
                await self._sleep(_PAUSE * 2**attempt)
            self._alive()
            try:
                document = await _read(self._transport, mandate)
                if mandate.verb == "patch" and is_done(document, mandate):
                    return self._done(document, repeated=True)
                check(document, mandate)
                call = _call(document, mandate, {})
                self._alive()
                self._sending()
                body = await _sent(self._transport, call, mandate)
                return self._done(_decoded(body, mandate) if mandate.verb == "patch" else {}, repeated=False)
            except _Gone:
                return self._done({}, repeated=True)
            except (Unavailable, Interrupted) as error:
                failure = error
            except KubernetesError as error:
                version = str(value_at(document, "/metadata/resourceVersion"))
                # The same version refused twice is no race: the server does not want this change.
                if error.status not in (409, 422) or refused_at == version:
                    raise
                refused_at = version
        raise failure

    def _alive(self) -> None:
        if self._spent:
            raise SpentMandate(f"The writer of {self._mandate.action} was used or taken back; it writes no more.")

    def _done(self, document: dict[str, Any], repeated: bool) -> Written:
        self._spent = True
        return Written(version=str(value_at(document, "/metadata/resourceVersion") or ""), repeated=repeated)


class _Gone(Exception):
    """What was to be removed is not there any more."""


async def _read(transport: Transport, mandate: Mandate) -> dict[str, Any]:
    try:
        document = _decoded(await _exchanged(transport, Call(path=mandate.api_path)), mandate)
    except NotFound:
        if mandate.verb == "patch":
            raise Drifted(f"{mandate.resource} is not there any more; make a new plan.") from None
        raise _Gone from None
    if mandate.verb != "patch" and value_at(document, "/metadata/uid") != mandate.uid:
        raise _Gone
    return document


def _call(document: dict[str, Any], mandate: Mandate, params: dict[str, str]) -> Call:
    if mandate.verb == "patch":
        patch: list[Operation] = operations(document, mandate, utc_now())
        return Call(
            path=mandate.api_path,
            method="PATCH",
            params=params,
            body=msgspec.json.encode(patch),
            content_type=_PATCH,
            audit_id=mandate.action,
        )
    options: dict[str, Any] = {"preconditions": {"uid": mandate.uid}}
    if params:
        options["dryRun"] = ["All"]
    if mandate.verb == "delete":
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", **options}
        return _post(mandate, mandate.api_path, "DELETE", body, params)
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": mandate.resource.name, "namespace": mandate.resource.namespace},
        "deleteOptions": options,
    }
    return _post(mandate, mandate.api_path + "/eviction", "POST", eviction, params)


def _post(mandate: Mandate, path: str, method: str, body: dict[str, Any], params: dict[str, str]) -> Call:
    return Call(path=path, method=method, params=params, body=msgspec.json.encode(body), audit_id=mandate.action)


async def _sent(transport: Transport, call: Call, mandate: Mandate) -> bytes:
    try:
        return await _exchanged(transport, call)
    except NotFound:
        if mandate.verb == "patch":
            raise
        raise _Gone from None
    except Unavailable as error:
        if mandate.verb == "evict" and error.status == 429:
            raise DisruptionRefused(
                f"{mandate.resource} may not be evicted now: a PodDisruptionBudget does not allow it."
            ) from None
        raise


async def _exchanged(transport: Transport, call: Call) -> bytes:
    """One exchange, never repeated by the transport: whether a broken one took effect is looked up first."""
    async with transport.exchange(call) as response:
        return await response.read()


def _decoded(body: bytes, mandate: Mandate) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Interrupted(
            f"The API server answers {mandate.api_path} with something that is no object ({error})."
        ) from None
