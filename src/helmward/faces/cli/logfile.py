"""The server's own log: a file that only its user reads, and that never fills a disk."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST = 10 * 1024 * 1024
"""Bytes of one file; a full one becomes `server.log.1`, that one `.2`, and so on."""
KEPT = 4
"""Full files that are kept: with the one that is written, 50 MiB at most."""

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class PrivateLog(RotatingFileHandler):
    """Each file is made readable by its user alone, whatever the umask says."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)  # noqa: SIM115 - logging closes it
        assert isinstance(file, TextIOWrapper)
        return file


def log_to(path: Path, largest: int = LARGEST) -> None:
    """All that is logged from now on goes into this file."""
    handler = PrivateLog(path, maxBytes=largest, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if Path(path).is_file():  # it may be a link to the standard output
        os.fchmod(descriptor, 0o600)
    return descriptor
