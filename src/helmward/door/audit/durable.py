"""Writing so that it is still there after the power fails, and the points where a test cuts it."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path


class KillPoint(StrEnum):
    """Before and after each write of a commit, in their order. Between HEAD_WRITTEN and the answer nothing is left."""

    SEGMENT_MADE = "a new segment is made"
    BEFORE_GROUP = "a group is about to be written"
    HALF_GROUP = "half of a group is written"
    GROUP_WRITTEN = "a group is written"
    GROUP_SYNCED = "a group is on the disk"
    HALF_HEAD = "a part of the new head is written"
    HEAD_WRITTEN = "the new head stands"


Reached = Callable[[KillPoint], None]


def nothing(_point: KillPoint) -> None:
    """What happens at the points outside of tests."""


def sync_folder(folder: Path) -> None:
    """fsync of a folder: the names in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, data: bytes) -> None:
    """Put `data` in the place of a file: after a crash there is the old one or the new one, whole."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    sync_folder(path.parent)


def write_all(descriptor: int, data: bytes) -> None:
    """os.write may take only a part."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
