"""One engine on one folder: a second would take the first one's sockets away."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from helmward.core.errors import UsageError


def lock(folder: Path) -> IO[str]:
    """Make and hold `folder` until the returned file is closed or this process ends.

    Raises UsageError when another process holds it or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        holder = (folder / "lock").open("w")
    except OSError as error:
        raise UsageError(f"The lab cannot write its folder {folder}: {error.strerror}.") from error
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder.close()
        raise UsageError(f"Another lab runs on {folder}: stop it, or choose another folder.") from error
    return holder
