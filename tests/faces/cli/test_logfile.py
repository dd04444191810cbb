"""The server's log is private, and bounded."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from helmward.faces.cli.logfile import KEPT, log_to

LARGEST = 1000


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """The root's handlers are put back as pytest had them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


def test_the_log_never_fills_the_disk_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path, umask = tmp_path / "server.log", os.umask(0)
    try:
        path.write_text("from an older version\n")
        path.chmod(0o644)
        log_to(path, LARGEST)
        for number in range(200):
            logging.getLogger("helmward").warning("line %d of many, which are longer than the file may be", number)
    finally:
        os.umask(umask)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["server.log", *(f"server.log.{number}" for number in range(1, KEPT + 1))]
    for name in files:
        found = (tmp_path / name).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_size <= LARGEST) == (0o600, True), name
    assert "line 199 of many" in path.read_text()


def test_a_link_to_the_standard_output_is_written_to(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    path = tmp_path / "server.log"
    path.symlink_to(f"/proc/self/fd/{writes}")
    log_to(path, 10)
    logging.getLogger("helmward").warning("said twice")
    logging.getLogger("helmward").warning("said twice")
    assert os.read(reads, 1000).count(b"said twice") == 2
    os.close(writes)
    os.close(reads)
    assert [file.name for file in tmp_path.iterdir()] == ["server.log"]
