"""The payment service: Go, a YAML file and environment settings, a database password, structured `log/slog` lines."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import yaml

from helmward.lab.cast.process import Box, Crash
from helmward.lab.cast.service import ConnectionFailed, WebService

CONFIG_FILE = "/etc/payment/config.yaml"
_REQUIRED = ("DATABASE_URL", "DATABASE_PASSWORD", "PROVIDER_TOKEN")


class PaymentService(WebService):
    """Needs DATABASE_URL, DATABASE_PASSWORD, PROVIDER_TOKEN, PAYMENT_TIMEOUT (seconds) and its config file."""

    memory = 96

    def greet(self, box: Box) -> None:
        self._print(box, "INFO", "starting payment-service", go="go1.25.3", pid=1)

    def configure(self, box: Box) -> None:
        for name in _REQUIRED:
            if not box.env.get(name):
                box.print(f"panic: missing required setting {name}\n\ngoroutine 1 [running]:")
                box.print("main.mustEnv(...)\n\t/src/cmd/payment-service/config.go:41 +0x1d8")
                raise Crash(2)
        self._timeout(box)
        self._file(box)

    def _timeout(self, box: Box) -> None:
        value = box.env.get("PAYMENT_TIMEOUT", "5")
        if not value.isdigit():
            wrong = f'strconv.Atoi: parsing "{value}": invalid syntax'
            box.print(f'{_stamp()} FATAL config: invalid value for PAYMENT_TIMEOUT: "{value}": {wrong}')
            raise Crash(1)

    def _file(self, box: Box) -> None:
        if CONFIG_FILE not in box.files:
            box.print(f"{_stamp()} FATAL config: open {CONFIG_FILE}: no such file or directory")
            raise Crash(1)
        try:
            config = yaml.safe_load(box.files[CONFIG_FILE])
        except yaml.YAMLError as error:
            line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
            box.print(f"{_stamp()} FATAL config: {CONFIG_FILE}: yaml: line {line}: could not find expected ':'")
            raise Crash(1) from error
        if not isinstance(config, dict) or len(str(config.get("currency", ""))) != 3:
            currency = config.get("currency") if isinstance(config, dict) else None
            box.print(f'{_stamp()} FATAL config: {CONFIG_FILE}: currency: "{currency}" is not an ISO 4217 code')
            raise Crash(1)

    def warmed_up(self, box: Box) -> bool:
        if box.env.get("WAIT_FOR_MIGRATION") != "true":
            return True
        self._print(box, "WARN", "not ready: waiting for the migration lock", table="ledger_migrations")
        return False

    def listening(self, box: Box) -> None:
        database = urlsplit(box.env["DATABASE_URL"]).hostname
        self._print(box, "INFO", "connected to database", host=database)
        self._print(box, "INFO", "listening", addr=f":{self.port}")

    def called(self, box: Box, url: str, status: int) -> None:
        self._print(box, "INFO", "called", url=url, status=status)

    def call_failed(self, box: Box, url: str, failure: ConnectionFailed) -> None:
        self._print(box, "ERROR", "call failed", url=url, err=failure.code)

    def goodbye(self, box: Box) -> int:
        self._print(box, "INFO", "shutdown complete", signal="terminated")
        return 0

    def _print(self, box: Box, level: str, message: str, **fields: object) -> None:
        pairs = "".join(f" {key}={value}" for key, value in fields.items())
        box.print(f'time={_stamp()} level={level} msg="{message}"{pairs}')


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
