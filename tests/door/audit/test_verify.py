"""Who can write anything in the data folder, and has nothing of the key folder, is found out. Each tampering by name."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helmward.core.errors import UnreadableError
from helmward.door.audit import AuditError, verify
from helmward.door.audit.head import head_path
from helmward.door.audit.lines import COMMIT, after_commit, genesis, group
from helmward.door.audit.record import encode
from helmward.guard.secrets import mask_value

from .logs import NOW, Place, entry, head_of

GROUPS = (3, 1, 4, 2, 5, 1, 3, 6)  # 25 records, in several segments


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A whole log; tests work on copies of it."""
    place = Place(tmp_path_factory.mktemp("original"))
    place.fill(*GROUPS, segment_bytes=1_300)
    assert len(place.files) >= 4
    return place


class Copy(Place):
    """The same log at the same place as the original's head says: the head is found by the folder's path."""

    def __init__(self, folder: Path, original: Place) -> None:
        super().__init__(folder)
        shutil.rmtree(self.data)
        shutil.copytree(original.data, self.data)
        shutil.copytree(original.keys, self.keys, dirs_exist_ok=True)
        self.head.rename(head_path(self.keys, self.audit))

    def lines(self) -> list[tuple[Path, list[bytes]]]:
        return [(path, path.read_bytes().splitlines(keepends=True)) for path in self.files]

    def put(self, change: Callable[[list[bytes]], object], segment: int = 1) -> None:
        """Change the lines of one segment."""
        path, lines = self.lines()[segment]
        change(lines)
        path.write_bytes(b"".join(lines))


@pytest.fixture
def copy(tmp_path: Path, original: Place) -> Copy:
    return Copy(tmp_path, original)


def test_an_untouched_log_holds(copy: Copy) -> None:
    verdict = verify(copy.audit, copy.keys, patience=0.0)
    assert (verdict.ok, verdict.complete, verdict.records, verdict.first_bad) == (True, True, 25, None)
    assert verdict.sentence == "25 records hold, and none is missing."


# ---- what an attacker does ----


def rehashed(copy: Copy, line: bytes, chain: bytes) -> tuple[bytes, bytes]:
    content = line[: line.rindex(b',"hash":"')]
    fresh = sha256(chain + content).digest()
    return b'%s,"hash":"%s"}\n' % (content, fresh.hex().encode()), fresh


def rewrite(copy: Copy, edit: Callable[[bytes], bytes], key: Ed25519PrivateKey | None = None) -> None:
    """The whole log anew, every record through `edit`, all hashes right; signed with `key`, else the old signatures."""
    log = head_of(copy).log
    chain = genesis(log)
    for path, lines in copy.lines():
        out = []
        for line in lines:
            if line.startswith(COMMIT):
                commit = json.loads(line)
                commit["commit"]["chain"] = chain.hex()
                said = json.dumps(commit["commit"], separators=(",", ":")).encode()
                signature = key.sign(b"helmward.dev/audit/v1\n" + said).hex() if key else commit["signature"]
                fresh = b'%s%s,"signature":"%s"}\n' % (COMMIT, said, signature.encode())
                chain = after_commit(chain, fresh[:-1])
            else:
                fresh, chain = rehashed(copy, edit(line), chain)
            out.append(fresh)
        path.write_bytes(b"".join(out))


def forged_group(copy: Copy, key: Ed25519PrivateKey, count: int = 1) -> bytes:
    """A group that fits at the end, signed with the attacker's key."""
    head = head_of(copy)
    body = encode(entry(99), mask_value)
    time = NOW.isoformat(timespec="microseconds")
    return group(head.log, head.sequence, bytes.fromhex(head.chain), time, [body] * count, key).data


def append(copy: Copy, data: bytes) -> None:
    with copy.files[-1].open("ab") as file:
        file.write(data)


def renumber(line: bytes, by: int) -> bytes:
    record = json.loads(line)
    return line.replace(b'"sequence":%d,' % record["sequence"], b'"sequence":%d,' % (record["sequence"] + by), 1)


def swap_files(copy: Copy, one: int, other: int) -> None:
    a, b = copy.files[one], copy.files[other]
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)


def last_group_cut(copy: Copy) -> None:
    def cut(lines: list[bytes]) -> None:
        lines.pop()
        while lines and not lines[-1].startswith(COMMIT):
            lines.pop()

    copy.put(cut, -1)


def other_log(copy: Copy, same_key: bool) -> None:
    """Another log's records in the place of these; signed with our own key, where both share it."""
    other = Place(copy.data.parent / "other")
    if same_key:
        shutil.copy(copy.keys / "audit-signing.key", other.keys)
    other.fill(*GROUPS)
    shutil.rmtree(copy.audit)
    shutil.copytree(other.audit, copy.audit)


def commits(lines: list[bytes]) -> list[int]:
    return [number for number, line in enumerate(lines) if line.startswith(COMMIT)]


def swap(lines: list[bytes], one: int, other: int) -> None:
    lines[one], lines[other] = lines[other], lines[one]


def edit(lines: list[bytes], number: int, old: bytes, new: bytes) -> None:
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new, 1)


def cut_to(copy: Copy, size: int) -> None:
    data = copy.files[-1].read_bytes()
    copy.files[-1].write_bytes(data[:size])


def link(path: Path, elsewhere: Path) -> None:
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def sign_as(lines: list[bytes], other: bytes) -> None:
    """The last commit with the end of another line: its signature."""
    lines[-1] = lines[-1][:-131] + other[-131:]


EVIL = Ed25519PrivateKey.generate()
TAMPERINGS: dict[str, Callable[[Copy], object]] = {
    "a word of a record edited": lambda c: c.put(lambda lines: edit(lines, 0, b"needed", b"wanted")),
    "a record's actor edited": lambda c: c.put(lambda lines: edit(lines, 0, b"dana", b"evan")),
    "a record's time edited": lambda c: c.put(lambda lines: edit(lines, 0, b"2026-01", b"2025-01")),
    "a record's outcome edited": lambda c: c.put(lambda lines: edit(lines, 0, b'"done"', b'"denied"')),
    "a record's number edited": lambda c: c.put(lambda lines: lines.__setitem__(0, renumber(lines[0], 1))),
    "a record's hash edited": lambda c: c.put(lambda lines: edit(lines, 0, b'"hash":"', b'"hash":"0')),
    "a record's hash exchanged": lambda c: c.put(lambda lines: lines.__setitem__(0, lines[0][:-67] + lines[1][-67:])),
    "a space put into a record": lambda c: c.put(lambda lines: edit(lines, 0, b'":"', b'": "')),
    "a line broken in two": lambda c: c.put(lambda lines: edit(lines, 0, b",", b",\n")),
    "two lines made one": lambda c: c.put(lambda lines: lines.__setitem__(0, lines[0].rstrip(b"\n"))),
    "an empty line put in": lambda c: c.put(lambda lines: lines.insert(0, b"\n")),
    "carriage returns": lambda c: c.put(lambda lines: lines.__setitem__(0, lines[0][:-1] + b"\r\n")),
    "a byte order mark": lambda c: c.put(lambda lines: lines.insert(0, b"\xef\xbb\xbf"), 0),
    "zeros at the end": lambda c: append(c, bytes(512)),
    "a newline at the end": lambda c: append(c, b"\n"),
    "a record edited, its hash made right": lambda c: c.put(
        lambda lines: lines.__setitem__(0, rehashed(c, lines[0].replace(b"needed", b"wanted"), bytes(32))[0])
    ),
    "the first record edited, all hashes made right": lambda c: rewrite(
        c, lambda lines: lines.replace(b'"tok-1"', b'"tok-X"')
    ),
    "the last record edited, all hashes made right": lambda c: rewrite(
        c, lambda lines: lines.replace(b'"tok-25"', b'"tok-X"')
    ),
    "all rewritten and signed with another key": lambda c: rewrite(c, lambda lines: lines.replace(b"dana", b"evan"), EVIL),
    "nothing edited, all signed with another key": lambda c: rewrite(c, lambda lines: lines, EVIL),
    "a record removed": lambda c: c.put(lambda lines: lines.pop(0)),
    "the first record removed": lambda c: c.put(lambda lines: lines.pop(0), 0),
    "a record removed, the others renumbered": lambda c: c.put(
        lambda lines: lines.__setitem__(slice(0, 2), [renumber(lines[1], -1)]), 0
    ),
    "a group removed": lambda c: c.put(lambda lines: lines.__delitem__(slice(0, commits(lines)[0] + 1)), 0),
    "a commit removed": lambda c: c.put(lambda lines: lines.pop(commits(lines)[0]), 0),
    "every commit removed": lambda c: c.put(lambda lines: [lines.pop(n) for n in reversed(commits(lines))], 0),
    "the last commit removed": lambda c: c.put(lambda lines: lines.pop(), -1),
    "a record doubled": lambda c: c.put(lambda lines: lines.insert(0, lines[0])),
    "a commit doubled": lambda c: c.put(lambda lines: lines.insert(commits(lines)[0], lines[commits(lines)[0]])),
    "a group doubled": lambda c: c.put(lambda lines: lines.extend(lines[: commits(lines)[0] + 1])),
    "two records swapped": lambda c: c.put(lambda lines: swap(lines, 0, 1), 0),
    "two commits swapped": lambda c: c.put(lambda lines: swap(lines, commits(lines)[0], commits(lines)[1]), 0),
    "a commit moved": lambda c: c.put(lambda lines: swap(lines, commits(lines)[0], commits(lines)[0] - 1), 0),
    "a record of another segment put in": lambda c: c.put(lambda lines: lines.insert(0, c.lines()[0][1][0])),
    "two segments swapped": lambda c: swap_files(c, 0, 1),
    "the last segments swapped": lambda c: swap_files(c, -1, -2),
    "the first segment removed": lambda c: c.files[0].unlink(),
    "a segment in the middle removed": lambda c: c.files[1].unlink(),
    "the last segment removed": lambda c: c.files[-1].unlink(),
    "a segment emptied": lambda c: c.files[1].write_bytes(b""),
    "the last segment emptied": lambda c: c.files[-1].write_bytes(b""),
    "every segment removed": lambda c: [path.unlink() for path in c.files],
    "the folder removed": lambda c: shutil.rmtree(c.audit),
    "a segment renamed": lambda c: c.files[1].rename(c.audit / "000000000099.jsonl"),
    "a segment copied": lambda c: shutil.copy(c.files[1], c.audit / "000000000099.jsonl"),
    "a segment hidden": lambda c: c.files[-1].rename(c.audit / "old.jsonl"),
    "a file put in": lambda c: (c.audit / "notes.txt").write_text("x"),
    "a link put in a segment's place": lambda c: link(c.files[1], c.data / "x"),
    "the last group cut off": last_group_cut,
    "the last byte cut off": lambda c: cut_to(c, -1),
    "the end cut in the middle of a line": lambda c: cut_to(c, -100),
    "a forged group added": lambda c: append(c, forged_group(c, EVIL)),
    "many forged records added": lambda c: append(c, forged_group(c, EVIL, 20)),
    "a forged record added, not signed": lambda c: append(c, forged_group(c, EVIL).splitlines(keepends=True)[0]),
    "half a forged record added": lambda c: append(c, forged_group(c, EVIL)[:100]),
    "a forged group in a segment of its own": lambda c: (c.audit / "000000000026.jsonl").write_bytes(
        forged_group(c, EVIL)
    ),
    "a signature of zeros": lambda c: c.put(
        lambda lines: lines.__setitem__(-1, lines[-1][: lines[-1].index(b'"signature":"') + 13] + b"0" * 128 + b'"}\n'), -1
    ),
    "a signature of another commit": lambda c: c.put(lambda lines: sign_as(lines, lines[commits(lines)[0]]), 0),
    "a signature in capitals": lambda c: c.put(lambda lines: sign_as(lines, lines[-1].upper()), -1),
    "a commit for another log": lambda c: c.put(lambda lines: edit(lines, -1, b'"log":"', b'"log":"0'), -1),
    "a commit that begins earlier": lambda c: c.put(
        lambda lines: edit(lines, -1, b'"first":', b'"first":1'), -1
    ),
    "another log signed with the same key": lambda c: other_log(c, same_key=True),
    "another log with a key of its own": lambda c: other_log(c, same_key=False),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found(copy: Copy, name: str) -> None:
    TAMPERINGS[name](copy)
    verdict = verify(copy.audit, copy.keys, patience=0.0)
    assert not verdict.ok, name
    assert not verdict.complete
    assert verdict.first_bad is not None and 1 <= verdict.first_bad <= 26
    assert f"does not hold from record {verdict.first_bad} on: " in verdict.sentence
    assert verdict.sentence.endswith(".") and "\n" not in verdict.sentence


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_at_the_end_is_not_built_upon(copy: Copy, name: str) -> None:
    """A server started on it either refuses, or throws away what was never acknowledged; nothing forged gets signed."""
    TAMPERINGS[name](copy)
    try:
        with copy.log() as log:
            log.append_now(entry())
    except AuditError:
        return
    assert b"tok-99" not in b"".join(path.read_bytes() for path in copy.files)
    verdict = verify(copy.audit, copy.keys, patience=0.0)
    assert verdict.records == 26 if verdict.ok else verdict.first_bad


@pytest.mark.parametrize("number", range(1, 26))
def test_the_first_bad_record_is_named(copy: Copy, number: int) -> None:
    for path, lines in copy.lines():
        path.write_bytes(b"".join(line.replace(b'"tok-%d"' % number, b'"tok-X"') for line in lines))
    verdict = verify(copy.audit, copy.keys, patience=0.0)
    assert (verdict.first_bad, verdict.records < number) == (number, True)
    assert f"record {number} was changed" in verdict.sentence


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_changed_anywhere_is_found(copy: Copy, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(copy.files))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    try:
        assert not verify(copy.audit, copy.keys, patience=0.0).ok
    finally:
        path.write_bytes(whole)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_piece_taken_out_or_put_in_is_found(copy: Copy, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(copy.files))
    whole = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    piece = data.draw(st.sampled_from([b"", b"\n", b"{}\n", whole[:end], whole[start:]]) | st.binary(max_size=300))
    fresh = whole[:start] + piece + whole[end:]
    path.write_bytes(fresh)
    try:
        assert verify(copy.audit, copy.keys, patience=0.0).ok == (fresh == whole)
    finally:
        path.write_bytes(whole)


# ---- without the head, without the key, without a log ----


def test_without_the_head_a_cut_cannot_be_excluded(copy: Copy) -> None:
    copy.head.unlink()
    last_group_cut(copy)
    verdict = verify(copy.audit, copy.keys)
    assert (verdict.ok, verdict.complete, verdict.records) == (True, False, 19)
    assert "cut off after record 19 cannot be excluded" in verdict.sentence


def test_without_the_head_everything_else_is_found(copy: Copy) -> None:
    rewrite(copy, lambda line: line.replace(b'"tok-7"', b'"tok-X"'))
    copy.head.unlink()
    verdict = verify(copy.audit, copy.keys)
    assert (verdict.ok, verdict.first_bad) == (False, 5)  # record 7 is in the group of 5 to 8
    assert "records 5 to 8 are not signed with our key" in verdict.sentence


def test_the_public_half_is_enough_to_verify(copy: Copy) -> None:
    (copy.keys / "audit-signing.key").unlink()
    assert verify(copy.audit, copy.keys).complete
    (copy.keys / "audit-signing.pub").unlink()
    with pytest.raises(AuditError, match="no key"):
        verify(copy.audit, copy.keys)
    assert not (copy.keys / "audit-signing.key").exists()


def test_where_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="There is no audit log"):
        verify(tmp_path / "nowhere" / "audit", tmp_path)


def test_while_it_is_written(place: Place) -> None:
    """Commits come all the time; what is half written is not held for a forgery."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            log.append_now(entry())

    with place.log() as log:
        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        try:
            seen = [verify(place.audit, place.keys)]
            deadline = time.monotonic() + 30
            while (len(seen) < 15 or seen[-1].records <= seen[0].records) and time.monotonic() < deadline:
                seen.append(verify(place.audit, place.keys))
        finally:
            stop.set()
            for writer in writers:
                writer.join()
    assert [verdict.sentence for verdict in seen if not verdict.complete] == []
    assert seen[-1].records > seen[0].records
