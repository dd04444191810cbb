"""What the shop's images run while a bundle is recorded: servers that dial what they need and log as their kind does."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from tests.end_to_end.bundles.shop import HOST, SERVICES, SETTING

from helmward.lab.cast.process import HANG, Box, Crash
from helmward.lab.cast.registry import Registry, Repository
from helmward.lab.cast.service import ConnectionFailed

_NEEDED = {
    "frontend": ("PRODUCT_CATALOG_SERVICE_ADDR", "CART_SERVICE_ADDR", "CHECKOUT_SERVICE_ADDR", "ORDER_SERVICE_ADDR"),
    "checkoutservice": ("PRODUCT_CATALOG_SERVICE_ADDR", "CART_SERVICE_ADDR", "PAYMENT_SERVICE_ADDR"),
    "cartservice": ("REDIS_ADDR",),
    "orderservice": ("MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_PASSWORD"),
    "mysql": ("MYSQL_ROOT_PASSWORD",),
}
_WORDS = {"ENOTFOUND": "no such host", "ECONNREFUSED": "connect: connection refused", "ETIMEDOUT": "i/o timeout"}
_MEMORY = {"mysql": 220, "orderservice": 180}
_EVERY = 8.0


class Server:
    """One service. Behaviours: slow, denied, port-in-use, no-dns, hang, full (connections), read-only."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._behaviour = ""
        self._password = ""

    async def main(self, box: Box) -> int:
        self._behaviour = box.env.get(SETTING, "")
        self._password = box.env.get("MYSQL_ROOT_PASSWORD", "")
        self._start(box)
        if self._behaviour == "slow":
            _log(self.name, box, "INFO", "warming up caches before the listener starts")
            await box.pause(900)
        box.use_memory(_MEMORY.get(self.name, 60))
        box.listen(self._port(box), self.answer)
        _log(self.name, box, "INFO", f"starting to listen on port {self._port(box)}")
        while not box.stopping.is_set():
            for call in self._calls(box):
                await self._call(box, call)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(box.stopping.wait(), _EVERY / 10)
        return 0

    def answer(self, path: str) -> int:
        if self._behaviour == "hang":
            return HANG
        if path.startswith("/login/"):
            if self._behaviour in ("full", "read-only"):
                return 429 if self._behaviour == "full" else 405
            return 200 if path.removeprefix("/login/") == self._password else 401
        return 200 if path in ("/", "/_healthz", "/actuator/health") else 404

    def _port(self, box: Box) -> int:
        own = 3306 if self.name == "mysql" else SERVICES[self.name][0]
        return int(box.env.get("PORT", own))

    def _start(self, box: Box) -> None:
        if self._behaviour == "denied":
            for line in _DENIED[self.name]:
                box.print(line)
            raise Crash(1)
        if self._behaviour == "port-in-use":
            _log(self.name, box, "FATAL", f"listen tcp :{self._port(box)}: bind: address already in use")
            raise Crash(1)
        for variable in _NEEDED.get(self.name, ()):
            if not box.env.get(variable):
                _unset(self.name, box, variable)
                raise Crash(2 if self.name != "mysql" else 1)

    def _calls(self, box: Box) -> Iterator[str]:
        if self.name == "orderservice":
            yield f"{box.env['MYSQL_HOST']}:{box.env['MYSQL_PORT']}"
        elif self.name != "mysql":
            yield from (box.env[variable] for variable in _NEEDED.get(self.name, ()))

    async def _call(self, box: Box, address: str) -> None:
        path = f"/login/{box.env['MYSQL_PASSWORD']}" if self.name == "orderservice" else "/"
        host = address.partition(":")[0]
        try:
            if self._behaviour == "no-dns":
                raise ConnectionFailed("EAI_AGAIN", host, address)
            status = await box.call(f"http://{address}{path}")
        except ConnectionFailed as failure:
            for line in _FAILED[_dialect(self.name)](address, failure):
                _log(self.name, box, "ERROR", line)
        else:
            self._answered(box, address, status)

    def _answered(self, box: Box, address: str, status: int) -> None:
        said = _DATABASE.get(status)
        if self.name == "orderservice" and said:
            _log(self.name, box, "ERROR", said.format(host=box.hostname, address=address))
        else:
            _log(self.name, box, "INFO", f"request to {address} complete")


def registry() -> Registry:
    """The registry of the shop; `vault/` wants credentials."""
    host: dict[str, Repository] = {"library/mysql": _repository("mysql", "8.0.39")}
    for name in SERVICES:
        host[f"boutique/{name}"] = _repository(name, "7.2.5" if name == "redis-cart" else "v0.10.2")
        host[f"vault/{name}"] = _repository(name, "v0.10.2", private=True)
    return Registry({HOST: host}, {HOST: "shop:opens"})


def _repository(name: str, tag: str, private: bool = False) -> Repository:
    return Repository(frozenset({tag}), lambda: Server(name), 40, private)


def _dialect(name: str) -> str:
    return {"orderservice": "java", "cartservice": "dotnet"}.get(name, "go")


def _go(address: str, failure: ConnectionFailed) -> list[str]:
    host = address.partition(":")[0]
    dialled = {
        "ENOTFOUND": f"dial tcp: lookup {host} on 10.96.0.10:53: no such host",
        "EAI_AGAIN": f"dial tcp: lookup {host}: Temporary failure in name resolution",
        "ECONNREFUSED": f"dial tcp {failure.address}: connect: connection refused",
        "ETIMEDOUT": f"dial tcp {failure.address}: i/o timeout",
    }[failure.code]
    error = f'connection error: desc = "transport: Error while dialing: {dialled}"'
    return [f"request to {address} failed: rpc error: code = Unavailable desc = {error}"]


def _dotnet(address: str, failure: ConnectionFailed) -> list[str]:
    return [
        "StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis server(s). "
        f"Error connecting right now. UnableToConnect on {address}/Interactive, Initializing/NotStarted, "
        f"last: NONE, origin: BeginConnectAsync ({_WORDS.get(failure.code, failure.code)})"
    ]


def _java(address: str, failure: ConnectionFailed) -> list[str]:
    host = address.partition(":")[0]
    cause = {
        "ENOTFOUND": f"java.net.UnknownHostException: {host}: Name or service not known",
        "EAI_AGAIN": f"java.net.UnknownHostException: {host}: Temporary failure in name resolution",
        "ECONNREFUSED": "java.net.ConnectException: Connection refused",
        "ETIMEDOUT": "java.net.SocketTimeoutException: connect timed out",
    }[failure.code]
    return [
        "HikariPool-1 - Exception during pool initialization.",
        f"com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure ({address})",
        f"Caused by: {cause}",
    ]


_FAILED: dict[str, Callable[[str, ConnectionFailed], list[str]]] = {"go": _go, "dotnet": _dotnet, "java": _java}
_DATABASE = {
    401: "java.sql.SQLException: Access denied for user 'orders'@'10.244.1.9' (using password: YES)",
    429: "com.mysql.cj.exceptions.CJException: Data source rejected establishment of connection,  message from "
    'server: "Too many connections"',
    405: "java.sql.SQLException: The MySQL server is running with the --super-read-only option so it cannot execute "
    "this statement",
}
_DENIED = {
    "redis-cart": (
        "1:C 14 Jul 2025 09:12:44.120 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
        "1:M 14 Jul 2025 09:12:44.131 # Can't open or create append-only dir appendonlydir: Permission denied",
    ),
    "mysql": (
        "[ERROR] [MY-010187] [Server] Could not open file '/var/lib/mysql/binlog.index' for error logging: Permission denied",
        "mkdir: cannot create directory '/var/lib/mysql/#innodb_redo': Permission denied",
    ),
}


def _unset(name: str, box: Box, variable: str) -> None:
    match _dialect(name):
        case "java":
            _log(name, box, "ERROR", "Application run failed")
            box.print(
                f"java.lang.IllegalArgumentException: Could not resolve placeholder '{variable}' in value \"${{{variable}}}\""
            )
        case "dotnet":
            box.print(f"Unhandled exception. System.ArgumentNullException: {variable} environment variable not set")
        case _:
            box.print(f'panic: environment variable "{variable}" not set\n\ngoroutine 1 [running]:')


def _log(name: str, box: Box, level: str, message: str) -> None:
    stamp = datetime.now(UTC)
    match _dialect(name):
        case "java":
            box.print(
                f"{stamp:%Y-%m-%d %H:%M:%S}.{stamp:%f}"[:23]
                + f" {level:>5} 1 --- [main] o.s.OrderApplication : {message}"
            )
        case "dotnet":
            box.print(
                f"{'fail' if level == 'ERROR' else 'info'}: cartservice.Startup[0] {stamp:%Y-%m-%dT%H:%M:%S}Z {message}"
            )
        case _:
            severity = level.lower()
            box.print(
                json.dumps({"severity": severity, "timestamp": f"{stamp:%Y-%m-%dT%H:%M:%S.%f}Z", "message": message})
            )
