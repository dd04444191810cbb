"""Appending: durable before it is acknowledged, in order, in groups, masked and bounded; and nothing when it cannot be."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from helmward.core.errors import UsageError
from helmward.door.audit import AuditError, AuditLog, page, tail, verify
from helmward.door.audit.durable import KillPoint
from helmward.door.audit.read import decode

from .logs import Place, entry, head_of


def records(place: Place) -> list[Any]:
    return [json.loads(line) for line in page(place.audit, 0, 100_000)]


async def test_a_record_says_who_did_what_when_and_why(place: Place) -> None:
    with place.log() as log:
        assert await log.append(entry(7, details={"role": "viewer", "for": [1, 2.5, None, True]})) == 1
    (record,) = records(place)
    assert len(record.pop("hash")) == 64
    assert record == {
        "sequence": 1, "time": "2026-01-31T12:00:00.000000Z", "actor": {"name": "dana", "kind": "user"},
        "action": "token.create", "target": "tok-7", "outcome": "done", "reason": "needed",
        "details": {"role": "viewer", "for": [1, 2.5, None, True]},
    }  # fmt: skip


async def test_thousands_of_callers_share_commits(place: Place) -> None:
    groups: list[KillPoint] = []
    with place.log(groups.append, segment_bytes=1_000_000) as log:
        numbers = await asyncio.gather(*(log.append(entry(number)) for number in range(3_000)))
    assert sorted(numbers) == list(range(1, 3_001))
    assert 1 <= groups.count(KillPoint.HEAD_WRITTEN) < 100
    assert {r["sequence"]: r["target"] for r in records(place)} == {n: f"tok-{i}" for i, n in enumerate(numbers)}
    assert verify(place.audit, place.keys).complete


def test_threads_append_too(place: Place) -> None:
    with place.log() as log:
        threads = [
            threading.Thread(target=lambda: [log.append_now(entry(number)) for number in range(20)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert log.sequence == 160
    assert len(place.files) > 3
    assert verify(place.audit, place.keys).records == 160


def test_a_log_goes_on_where_it_ended(place: Place) -> None:
    for number in range(12):
        with place.log() as log:
            assert log.append_now(entry(number)) == number + 1
    assert [record["sequence"] for record in records(place)] == list(range(1, 13))
    assert verify(place.audit, place.keys).complete


def test_the_time_is_utc_and_always_as_long(place: Place) -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    log = AuditLog(place.audit, place.keys, lambda: datetime(2026, 1, 1, 2, tzinfo=east), lambda _name, text: text)
    log.append_now(entry())
    log.close()
    assert records(place)[0]["time"] == "2025-12-31T20:30:00.000000Z"


def test_secrets_do_not_enter(place: Place) -> None:
    token, password = f"ghp_{secrets.token_hex(18)}", secrets.token_urlsafe(18)
    with place.log() as log:
        log.append_now(
            entry(
                reason=f"used {token}",
                target=f"https://x:{password}@h/",
                details={"a": [{"password": password}], token: 1},
            )
        )
    stored = b"".join(path.read_bytes() for path in place.files)
    assert token.encode() not in stored
    assert password.encode() not in stored
    assert b"[secrets/" in stored


def test_what_is_long_is_cut_and_what_is_too_much_refused(place: Place) -> None:
    with place.log() as log:
        log.append_now(entry(reason="word " * 10_000, target="t" * 10_000))
        for details in ({"x": "word " * 20_000}, {"x": object()}, {"x": [[[[[[[[[1]]]]]]]]]}, {"x": b""}):
            with pytest.raises(AuditError):
                log.append_now(entry(details=details))
        for action in ("", "create", "Token.create", "a.b\n", "a..b", "x" * 99 + ".y"):
            with pytest.raises(AuditError, match="no action"):
                log.append_now(entry(action=action))
        assert log.sequence == 1
    (record,) = records(place)
    assert (len(record["reason"]), len(record["target"])) == (1000, 500)


@pytest.mark.parametrize("text", ["\ud800", "a\nb", "\x00\x1b[31m", "\u202eevil", "\u2028", '"}\n{"commit":', "ü€😀"])
def test_hostile_text_stays_one_record(place: Place, text: str) -> None:
    with place.log() as log:
        log.append_now(entry(target=text, details={text: text}))
        log.append_now(entry())
    assert len(records(place)) == 2
    assert verify(place.audit, place.keys).complete


async def test_an_intent_stands_before_its_effect_and_its_end_after(place: Place) -> None:
    with place.log() as log:
        async with log.intent(entry(action="a.b")):
            assert decode(tail(place.audit, 1)[0]).outcome == "intended"
        with pytest.raises(UsageError), log.intent_now(entry(action="c.d")):
            raise UsageError("It was not to be.")
    assert [(r["action"], r["outcome"], r["details"]) for r in records(place)] == [
        ("a.b", "intended", {}), ("a.b", "done", {"intent": 1}),
        ("c.d", "intended", {}), ("c.d", "failed", {"intent": 3, "error": "It was not to be."}),
    ]  # fmt: skip


async def test_who_follows_is_woken(place: Place) -> None:
    with place.log() as log:
        waiting = asyncio.create_task(log.beyond(0))
        await asyncio.sleep(0)
        await log.append(entry())
        assert await asyncio.wait_for(waiting, 5) == 1
        assert await log.beyond(0) == 1
        waiting = asyncio.create_task(log.beyond(1))
        await asyncio.sleep(0)
    assert await asyncio.wait_for(waiting, 5) == 1


async def test_a_cancelled_caller_harms_nobody(place: Place) -> None:
    with place.log() as log:
        tasks = [asyncio.create_task(log.append(entry(number))) for number in range(50)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await log.append(entry()) == 51
    assert verify(place.audit, place.keys).records == 51


def test_a_closed_log_takes_nothing(place: Place) -> None:
    with place.log() as log:
        log.append_now(entry())
    with pytest.raises(AuditError, match="closed"):
        log.append_now(entry())


# ---- what must be on the disk, and when ----


def test_acknowledged_means_on_the_disk_in_this_order(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fsync is noted with the name of what it made durable; where the log ends follows a little later."""
    done: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        done.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))

    with place.log() as log:
        log.append_now(entry())
        monkeypatch.setattr(os, "fsync", noted)
        monkeypatch.setattr(os, "fdatasync", noted)
        log.append_now(entry())
        assert done[:1] == ["000000000001.jsonl"]
        assert head_of(place).sequence == 2
        deadline = time.monotonic() + 30
        while len(done) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert done == ["000000000001.jsonl", place.head.name]


# ---- when it cannot be written ----


@contextmanager
def full_disk(place: Place) -> Iterator[None]:
    """No file grows beyond what the last segment has, plus a few bytes: a group is torn in the middle."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (place.files[-1].stat().st_size + 100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_stops_what_was_to_be_audited_until_there_is_room(place: Place) -> None:
    effects: list[str] = []
    with place.log(segment_bytes=100_000) as log:
        log.append_now(entry(1))
        with full_disk(place):
            for _ in range(3):
                with pytest.raises(AuditError, match="cannot be written"), log.intent_now(entry(2)):
                    effects.append("done")
            assert log.failure and "File too large" in log.failure
            assert len(records(place)) == 1
        assert log.append_now(entry(3)) == 2
        assert log.failure is None
    assert effects == []
    assert [record["target"] for record in records(place)] == ["tok-1", "tok-3"]
    assert verify(place.audit, place.keys).complete


def test_no_room_for_the_head_is_no_acknowledgement(place: Place) -> None:
    with place.log() as log:
        log.append_now(entry(1))
        heads = place.keys / "audit"
        heads.rename(place.keys / "away")
        heads.write_text("in its place")
        for _ in range(2):
            with pytest.raises(AuditError, match="cannot be written"):
                log.append_now(entry(2))
        heads.unlink()
        (place.keys / "away").rename(heads)
        log.append_now(entry(3))
    verdict = verify(place.audit, place.keys)
    assert verdict.complete, verdict
    with place.log() as log:
        log.append_now(entry(4))
    assert verify(place.audit, place.keys).complete


@pytest.mark.parametrize("deed", ["removed", "replaced", "longer", "shorter", "linked"])
def test_a_segment_that_somebody_touched_gets_no_more_signatures(place: Place, deed: str) -> None:
    with place.log() as log:
        log.append_now(entry())
        path = place.files[-1]
        data = path.read_bytes()
        if deed in ("removed", "replaced", "linked"):
            path.unlink()
        if deed == "replaced":
            path.write_bytes(data)
        elif deed == "linked":
            (place.data / "elsewhere").write_bytes(data)
            path.symlink_to(place.data / "elsewhere")
        elif deed in ("longer", "shorter"):
            path.write_bytes(data + b"x" if deed == "longer" else data[:-1])
        with pytest.raises(AuditError):
            log.append_now(entry())
        assert head_of(place).sequence == 1
    assert deed == "replaced" or not verify(place.audit, place.keys).ok


# ---- what is not opened ----


def refusal(place: Place) -> str:
    with pytest.raises(AuditError) as caught, place.log():
        pass
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_log_that_is_gone_is_not_begun_anew_in_silence(place: Place) -> None:
    place.fill(3, 3)
    for path in place.files:
        path.unlink()
    assert "is gone, though 6 records were acknowledged" in refusal(place)
    place.audit.rmdir()
    assert "is gone" in refusal(place)
    place.head.unlink()
    with place.log() as log:
        assert log.append_now(entry()) == 1


def test_a_log_without_a_head_is_not_taken_up(place: Place) -> None:
    place.fill(3)
    place.head.rename(place.keys / "audit" / "other.json")
    assert "has no head" in refusal(place)


def test_a_moved_data_folder_takes_its_head_along(place: Place, tmp_path: Any) -> None:
    place.fill(3)
    old = place.head
    place.data.rename(tmp_path / "moved")
    place.data, place.audit = tmp_path / "moved", tmp_path / "moved" / "audit"
    wanted = refusal(place).partition(" to ")[2].partition(";")[0]
    old.rename(old.with_name(wanted))
    with place.log() as log:
        assert log.append_now(entry()) == 4


def test_a_log_rolled_back_is_not_taken_up(place: Place) -> None:
    place.fill(3, 3)
    kept = [(path, path.read_bytes()) for path in place.files]
    place.fill(9, start=7)
    for path in place.files:
        path.unlink()
    for path, data in kept:
        path.write_bytes(data)
    assert "does not hold what was acknowledged" in refusal(place)


def test_a_lost_key_ends_the_log(place: Place) -> None:
    place.fill(3)
    (place.keys / "audit-signing.key").unlink()
    assert "helmward audit verify" in refusal(place)


def test_keys_in_the_data_folder_are_refused(place: Place) -> None:
    place.keys = place.data / "keys"
    place.keys.mkdir()
    assert "lies in the data folder" in refusal(place)


def test_a_link_for_a_log_is_refused(place: Place, tmp_path: Any) -> None:
    place.fill(3)
    place.audit.rename(tmp_path / "elsewhere")
    place.audit.symlink_to(tmp_path / "elsewhere")
    assert "is a link" in refusal(place)


def test_several_logs_share_a_key_folder(tmp_path: Any) -> None:
    one, other = Place(tmp_path / "a"), Place(tmp_path / "b")
    other.keys = one.keys
    one.fill(3)
    other.fill(5)
    assert (verify(one.audit, one.keys).records, verify(other.audit, one.keys).records) == (3, 5)
