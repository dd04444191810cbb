"""Serves `/containerLogs/{namespace}/{pod}/{container}` over TLS, as the kubelet does for `kubectl logs`."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helmward.core.times import parse_time
from helmward.lab.cast.process import Log
from helmward.lab.kubelet import words
from helmward.lab.kubelet.node_objects import ADDRESS
from helmward.lab.kubelet.pod import PodWorker
from helmward.lab.kubelet.records import Record

Line = tuple[datetime, str]


class LogServer:
    """One node's log server. With a `token` every request must carry it; without one, loopback is trusted."""

    def __init__(self, pod: Callable[[str, str], PodWorker | None], online: asyncio.Event, token: str | None) -> None:
        self._pod = pod
        self._online = online
        self._token = token
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen on a free port of the loopback address; the port."""
        app = web.Application()
        app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, ADDRESS, 0, ssl_context=_certificate())
        await site.start()
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Close the listener and what is open."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if not self._online.is_set() and request.transport is not None:
            request.transport.abort()
        given = request.headers.get("Authorization", "")
        if self._token is not None and not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return web.Response(status=401, text="Unauthorized")
        namespace, name, container = (request.match_info[key] for key in ("namespace", "pod", "container"))
        worker = self._pod(namespace, name)
        if worker is None:
            return web.Response(status=404, text=words.LOG_NO_POD.say(pod=name))
        record = worker.record(container)
        if record is None:
            return web.Response(status=404, text=words.LOG_NO_CONTAINER.say(container=container, pod=name))
        log = _log(record, name, previous=request.query.get("previous") == "true")
        if isinstance(log, str):
            return web.Response(status=400, text=log)
        return await _send(request, log)


async def _send(request: web.Request, log: Log) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    left = int(request.query.get("limitBytes", "-1"))
    async for line in _selected(request, log):
        data = line.encode()
        if left >= 0:
            data, left = data[:left], left - len(data)
        await response.write(data)
        if left == 0 or len(data) < len(line.encode()):
            break
    await response.write_eof()
    return response


async def _selected(request: web.Request, log: Log) -> AsyncIterator[str]:
    lines: list[Line] = list(log.lines)
    since = _since(request)
    if since is not None:
        lines = [line for line in lines if line[0] >= since]
    if "tailLines" in request.query:
        count = int(request.query["tailLines"])
        lines = lines[-count:] if count else []
    stamped = request.query.get("timestamps") == "true"
    for line in lines:
        yield _text(line, stamped)
    if request.query.get("follow") == "true":
        async for line in log.follow():
            yield _text(line, stamped)


def _since(request: web.Request) -> datetime | None:
    if "sinceSeconds" in request.query:
        return datetime.now(UTC) - timedelta(seconds=int(request.query["sinceSeconds"]))
    return parse_time(request.query.get("sinceTime"))


def _text(line: Line, stamped: bool) -> str:
    moment, text = line
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S.%fZ')} {text}\n" if stamped else f"{text}\n"


def _log(record: Record, pod: str, *, previous: bool) -> Log | str:
    """The log asked for, or the kubelet's word for why there is none (validateContainerLogStatus)."""
    ended_before = record.current if record.waiting is not None else record.previous
    attempt = ended_before if previous else record.current
    if attempt is not None:
        return attempt.process.box.log
    if previous:
        return words.LOG_NO_PREVIOUS.say(container=record.name, pod=pod)
    reason = record.waiting[0] if record.waiting else words.CREATING.reason
    told = {
        words.PULL_ERROR.reason: words.LOG_PULL_ERROR,
        words.PULL_BACK_OFF_WAITING.reason: words.LOG_PULL_BACK_OFF,
    }
    return words.LOG_WAITING.say(container=record.name, pod=pod, reason=told.get(reason, reason))


def _certificate() -> ssl.SSLContext:
    """A fresh self-signed certificate, as a kubelet makes that got none."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab-kubelet")])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(minutes=5))
        .not_valid_after(moment + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # The ssl module reads a key from a file alone.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kubelet.pem"
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(file)
    return context
