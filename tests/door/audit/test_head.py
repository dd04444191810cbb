"""A record whose caller was told that it failed counts for nobody: not in the next group, and not after a restart."""

from __future__ import annotations

import errno

import pytest

from helmward.core.nouns import Actor
from helmward.door.audit import AuditError, Entry, verify
from helmward.door.audit.durable import KillPoint

from .logs import Place

ALICE = Actor(name="alice", kind="user")


def entry(name: str) -> Entry:
    return Entry(actor=ALICE, action="token.create", target=name)


@pytest.mark.parametrize(
    ("point", "counts"),
    [
        (KillPoint.HEAD_WRITTEN, False),
        (KillPoint.HEAD_SYNCED, False),
        # The new head stands, though it may not be durable: without the group the next start would refuse.
        (KillPoint.HEAD_REPLACED, True),
        (KillPoint.DURABLE, True),
    ],
)
def test_the_disk_fails_while_the_head_moves(place: Place, point: KillPoint, counts: bool) -> None:
    fails = [False]

    def reached(at: KillPoint) -> None:
        if fails[0] and at is point:
            fails[0] = False
            raise OSError(errno.ENOSPC, "No space left on device")

    with place.log(reached) as log:
        log.append_now(entry("before"))
        fails[0] = True
        with pytest.raises(AuditError):
            log.append_now(entry("failed"))
        log.append_now(entry("after"))
    with place.log() as log:
        assert log.sequence == (3 if counts else 2)
    assert verify(place.audit, place.keys).complete
    text = b"".join(file.read_bytes() for file in sorted(place.audit.iterdir()))
    assert (b'"failed"' in text.replace(b'"outcome":"failed"', b"")) is counts
