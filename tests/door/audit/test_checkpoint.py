"""A checkpoint that was kept elsewhere finds what neither the log nor the head beside the key can tell."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helmward.core.errors import UnreadableError
from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog, Entry, verify
from helmward.door.audit.checkpoint import checkpoint, missing

ALICE = Actor(name="alice", kind="user")


def audited(data: Path, keys: Path, count: int, segment_bytes: int = 1 << 20) -> None:
    log = AuditLog(
        data / "audit", keys, lambda: datetime.now(UTC), lambda _name, text: text, segment_bytes=segment_bytes
    )
    for number in range(count):
        log.append_now(Entry(actor=ALICE, action="token.create", target=f"t{number}"))
    log.close()


def folders(tmp_path: Path) -> tuple[Path, Path]:
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir()
    keys.mkdir()
    return data, keys


@pytest.mark.parametrize("segment_bytes", [600, 1 << 20])
def test_everything_rolled_back_at_once(tmp_path: Path, segment_bytes: int) -> None:
    data, keys = folders(tmp_path)
    audited(data, keys, 5, segment_bytes)
    early = checkpoint(data / "audit")
    shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-yesterday")
    audited(data, keys, 5, segment_bytes)
    late = checkpoint(data / "audit")
    assert missing(data / "audit", keys, early + b"\n") is None
    assert missing(data / "audit", keys, late) is None
    for place in (data, keys):
        shutil.rmtree(place)
        shutil.copytree(tmp_path.parent / f"{tmp_path.name}-yesterday" / place.name, place)
    assert verify(data / "audit", keys).complete  # by itself it cannot know
    assert missing(data / "audit", keys, early) is None
    assert "record 10" in str(missing(data / "audit", keys, late))


def test_what_is_no_checkpoint(tmp_path: Path) -> None:
    data, keys = folders(tmp_path)
    with pytest.raises(UnreadableError, match="no checkpoint"):
        checkpoint(data / "audit")
    audited(data, keys, 1)
    line = checkpoint(data / "audit")
    for forged in (b"", b"x", line.replace(b'"last":1', b'"last":2'), line[:-3] + b'0"}'):
        if forged != line:
            with pytest.raises(UnreadableError, match="signed with our key"):
                missing(data / "audit", keys, forged)
