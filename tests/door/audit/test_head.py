"""A record whose caller was told that it failed counts for nobody: not in the next group, and not after a restart."""

from __future__ import annotations

import errno

import pytest

from helmward.core.nouns import Actor
from helmward.door.audit import AuditError, Entry, verify
from helmward.door.audit.durable import KillPoint
from helmward.door.audit.head import SLOT

from .logs import Place, head_of

ALICE = Actor(name="alice", kind="user")


def entry(name: str) -> Entry:
    return Entry(actor=ALICE, action="token.create", target=name)


@pytest.mark.parametrize(
    ("point", "counts"),
    [
        (KillPoint.HALF_HEAD, False),
        # The new head stands, though it may not be durable: without the group the next start would refuse.
        (KillPoint.HEAD_WRITTEN, True),
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


def test_whatever_tears_the_head_the_one_before_it_stands(place: Place) -> None:
    place.fill(2)
    before = head_of(place)
    whole = place.head.read_bytes()
    with place.log() as log:
        log.append_now(entry("third"))
    after = place.head.read_bytes()
    slot = next(at for at in (0, SLOT) if after[at : at + SLOT] != whole[at : at + SLOT])
    for size in range(0, 400, 7):
        torn = after[slot : slot + size] + bytes(SLOT - size)
        place.head.write_bytes(after[:slot] + torn + after[slot + SLOT :])
        assert head_of(place) == before
    with place.log() as log:
        assert log.sequence == 3
    place.head.write_bytes(bytes(2 * SLOT))
    with pytest.raises(AuditError, match="no slot of it is whole"), place.log():
        pass
