"""An audit log that cannot be written: the folder of its head is out of reach, so nothing can be acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .stand import Stand


def kill_audit(stand: Stand) -> Callable[[], None]:
    """From now on nothing can be recorded; call what is returned to mend it."""
    heads, away = stand.folder / "keys" / "audit", stand.folder / "keys" / "away"
    heads.rename(away)
    heads.write_text("not a folder")

    def mend() -> None:
        heads.unlink()
        away.rename(heads)

    return mend


@contextmanager
def dead_audit(stand: Stand) -> Iterator[None]:
    """Nothing can be recorded inside."""
    mend = kill_audit(stand)
    try:
        yield
    finally:
        mend()
