"""The user service: Python behind uvicorn, settings from arguments and environment, tracebacks when it fails."""

from __future__ import annotations

from datetime import UTC, datetime

from helmward.lab.cast.process import HANG, Box, Crash
from helmward.lab.cast.service import ConnectionFailed, WebService


class UserService(WebService):
    """Needs SESSION_KEY; takes `--workers=N`."""

    memory = 120

    def __init__(self) -> None:
        super().__init__()
        self._workers = 1

    def greet(self, box: Box) -> None:
        _print(box, "INFO", "user_service.main", f"starting user-service on Python 3.13.7 ({box.hostname})")

    def configure(self, box: Box) -> None:
        if not box.env.get("SESSION_KEY"):
            _traceback(box, 31, "load_settings", 'key = os.environ["SESSION_KEY"]', "KeyError: 'SESSION_KEY'")
        for argument in box.args:
            name, _, value = argument.partition("=")
            if name == "--workers" and not value.isdigit():
                wrong = f"ValueError: invalid literal for int() with base 10: '{value}'"
                _traceback(box, 38, "parse_workers", 'return int(options["workers"])', wrong)
            if name == "--workers":
                self._workers = int(value)

    def answer(self, path: str) -> int:
        # Without a worker the socket takes connections that nobody reads.
        return super().answer(path) if self._workers else HANG

    def listening(self, box: Box) -> None:
        _print(box, "INFO", "uvicorn.error", f"Uvicorn running on http://0.0.0.0:{self.port} (Press CTRL+C to quit)")

    def called(self, box: Box, url: str, status: int) -> None:
        _print(box, "INFO", "user_service.calls", f"GET {url} {status}")

    def call_failed(self, box: Box, url: str, failure: ConnectionFailed) -> None:
        _print(box, "ERROR", "user_service.calls", f"GET {url} failed: {failure.code}")

    def goodbye(self, box: Box) -> int:
        _print(box, "INFO", "uvicorn.error", "Finished server process [1]")
        return 0


def _print(box: Box, level: str, logger: str, message: str) -> None:
    box.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S,%f}"[:23] + f" {level} {logger}: {message}")


def _traceback(box: Box, line: int, function: str, code: str, error: str) -> None:
    box.print(
        "Traceback (most recent call last):\n"
        '  File "/app/user_service/__main__.py", line 12, in <module>\n    settings = load_settings()\n'
        f'  File "/app/user_service/settings.py", line {line}, in {function}\n    {code}\n{error}'
    )
    raise Crash(1)
