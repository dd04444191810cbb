"""The frontend: Node.js, it calls the user service and the payment service and logs JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from helmward.lab.cast.process import Box, Crash
from helmward.lab.cast.service import ConnectionFailed, WebService

_SYSCALLS = {"ENOTFOUND": "getaddrinfo ENOTFOUND {host}", "EAI_AGAIN": "getaddrinfo EAI_AGAIN {host}"}


class Frontend(WebService):
    """Needs USER_SERVICE_URL, PAYMENT_SERVICE_URL and CHECKOUT (`on` or `off`)."""

    memory = 80
    dependencies = {"USER_SERVICE_URL": "/api/users/me", "PAYMENT_SERVICE_URL": "/api/payments/methods"}  # noqa: RUF012

    def greet(self, box: Box) -> None:
        _print(box, "info", "frontend 3.8.0 starting", node="v22.20.0")

    def configure(self, box: Box) -> None:
        for name in self.dependencies:
            if not box.env.get(name):
                box.print(f"/app/config.js:17\n    throw new Error('{name} is not set');\n    ^\n")
                box.print(f"Error: {name} is not set\n    at required (/app/config.js:17:11)\n\nNode.js v22.20.0")
                raise Crash(1)

    def listening(self, box: Box) -> None:
        _print(box, "info", f"listening on port {self.port}", checkout=box.env.get("CHECKOUT", "off"))

    def called(self, box: Box, url: str, status: int) -> None:
        _print(box, "info" if status < 500 else "error", "upstream answered", url=url, status=status)

    def call_failed(self, box: Box, url: str, failure: ConnectionFailed) -> None:
        template = _SYSCALLS.get(failure.code, "connect {code} {address}")
        error = template.format(host=failure.host, code=failure.code, address=failure.address)
        _print(box, "error", "upstream request failed", url=url, err=f"Error: {error}")

    def goodbye(self, box: Box) -> int:
        _print(box, "info", "SIGTERM received, closing server")
        return 0


def _print(box: Box, level: str, message: str, **fields: object) -> None:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    box.print(json.dumps({"level": level, "time": time, "msg": message, **fields}))
