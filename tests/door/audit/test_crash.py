"""A process killed at every named point of a commit: nothing that was acknowledged is missing, and the log goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helmward.door.audit import AuditError, page, verify
from helmward.door.audit.durable import KillPoint
from helmward.door.audit.head import head_path

from .logs import Place, entry

# Appends records, says each number that was acknowledged, and kills itself the second time it comes to a point.
_VICTIM = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog, Entry

folder, fatal, seen = Path(sys.argv[1]), sys.argv[2], []

def reached(point):
    seen.append(point.value)
    if seen.count(fatal) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

log = AuditLog(folder / "data/audit", folder / "keys", lambda: datetime.now(UTC), lambda _n, t: t, reached, 700)
for number in range(1, 20):
    actor = Actor(name="dana", kind="user")
    sequence = log.append_now(Entry(actor=actor, action="token.create", target=f"tok-{number}"))
    os.write(1, f"{sequence} tok-{number}\\n".encode())
"""


@pytest.mark.parametrize("point", KillPoint)
def test_killed_there_nothing_acknowledged_is_missing(place: Place, tmp_path: Path, point: KillPoint) -> None:
    victim = subprocess.run([sys.executable, "-c", _VICTIM, tmp_path, point], capture_output=True, timeout=30)
    assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()
    acknowledged = dict(line.split() for line in victim.stdout.decode().splitlines())
    assert acknowledged
    with place.log() as log:
        assert log.append_now(entry(99)) in (len(acknowledged) + 1, len(acknowledged) + 2)
        assert (log.recovered > 0) == (point in (KillPoint.HALF_GROUP,))
    kept = {str(record["sequence"]): record["target"] for record in map(json.loads, page(place.audit, 0, 1000))}
    assert kept.items() >= acknowledged.items()
    assert verify(place.audit, place.keys).complete


def test_wherever_a_group_is_torn(tmp_path: Path) -> None:
    """A power cut leaves any part of what was not yet synced: cut or zeroed from any byte after the last acknowledged one."""
    place = Place(tmp_path / "whole")
    place.fill(2, 3)
    size, head = place.files[-1].stat().st_size, place.head.read_bytes()
    place.fill(4, start=6)
    whole = place.files[-1].read_bytes()
    for cut in [*range(size, len(whole), 37), len(whole) - 1, len(whole)]:
        for rest in (b"", bytes(len(whole) - cut)):
            with_head(place, head)
            place.files[-1].write_bytes(whole[:cut] + rest)
            with place.log(segment_bytes=100_000) as log:
                assert log.append_now(entry(99)) == (10 if cut == len(whole) else 6), cut
            assert verify(place.audit, place.keys).complete


def test_what_was_acknowledged_is_never_cut_away(tmp_path: Path) -> None:
    place = Place(tmp_path / "whole")
    place.fill(2, 3)
    whole = place.files[-1].read_bytes()
    for cut in range(0, len(whole), 41):
        place.files[-1].write_bytes(whole[:cut])
        with pytest.raises(AuditError, match="does not hold what was acknowledged"), place.log():
            pass
        assert place.files[-1].read_bytes() == whole[:cut]
        assert not verify(place.audit, place.keys, patience=0.0).ok


def test_every_point_is_reached(place: Place) -> None:
    seen: list[KillPoint] = []
    with place.log(seen.append, segment_bytes=300) as log:
        for number in range(3):
            log.append_now(entry(number))
    assert set(seen) == set(KillPoint)
    assert seen[: len(KillPoint) - 1] == list(KillPoint)[1:]


def with_head(place: Place, head: bytes) -> None:
    path = head_path(place.keys, place.audit)
    path.write_bytes(head)
    shutil.copymode(path, path)
