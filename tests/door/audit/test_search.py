"""Searching backwards gives what a naive filter over all records gives: across segments, in bounded steps, while it grows."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from helmward.core.nouns import Actor
from helmward.door.audit import page, verify
from helmward.door.audit.blocks import forwards, pieces
from helmward.door.audit.filter import Filter
from helmward.door.audit.head import public_key
from helmward.door.audit.journal import Journal
from helmward.door.audit.lines import COMMIT, after_commit, read_commit
from helmward.door.audit.record import encode, time_text
from helmward.door.audit.search import Budget, choices, matching, search
from helmward.door.audit.segments import segments
from helmward.door.audit.walk import Position, Walker
from helmward.guard.secrets import mask_value

from .logs import NOW, Place, entry

NAMES = ("dana", "Dana", "Jörg", "k8s-bot", 'says "hi"', "dan")
KINDS = ("user", "agent", "service")
ACTIONS = ("plan.create", "plan.approve", "planner.run", "token.create", "model.call")
TARGETS = ("Pod/shop/web-1", "pod/SHOP/web-2", "tok-1", "back\\slash", "Größe", "")
OUTCOMES = ("intended", "done", "failed", "denied")
REASONS = ("", "needed", "NEEDED now", "ÜBER die Größe", 'he said "no"', "line\nbreak", '"action":"plan.create"')
ALL = 400


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A log of many small segments, a second between its groups."""
    place, chance, now = Place(tmp_path_factory.mktemp("mixed")), random.Random(7), [NOW]
    journal = Journal(place.audit, place.keys, lambda: now[0], segment_bytes=6_000)
    while journal.position.sequence < ALL:
        size = min(chance.choice((1, 1, 2, 5, 30)), ALL - journal.position.sequence)
        journal.commit([encode(_any(chance), mask_value) for _ in range(size)])
        now[0] += timedelta(seconds=1)
    journal.close()
    assert len(place.files) > 10
    return place


def _any(chance: random.Random) -> Any:
    return entry(
        actor=Actor(name=chance.choice(NAMES), kind=chance.choice(KINDS)),
        action=chance.choice(ACTIONS),
        target=chance.choice(TARGETS),
        outcome=chance.choice(OUTCOMES),
        reason=chance.choice(REASONS),
        details={"name": chance.choice(NAMES), "outcome": chance.choice(OUTCOMES), "n": chance.randrange(50)},
    )


def naive(place: Place, wanted: Filter) -> list[bytes]:
    """What fits, newest first, as the documentation says it."""
    return [line for line in reversed(page(place.audit, 0, 1 << 30)) if fits(json.loads(line), line, wanted)]


def fits(record: Any, line: bytes, wanted: Filter) -> bool:
    action = record["action"]
    return (
        (wanted.actor == "" or record["actor"]["name"] == wanted.actor)
        and (wanted.kind == "" or record["actor"]["kind"] == wanted.kind)
        and (wanted.outcome == "" or record["outcome"] == wanted.outcome)
        and (action.startswith(wanted.action[:-1]) if wanted.action[-1:] == "*" else wanted.action in ("", action))
        and wanted.target.casefold() in record["target"].casefold()
        and json.dumps(wanted.text, ensure_ascii=False)[1:-1].casefold() in line.decode().casefold()
        and (wanted.since == "" or record["time"] >= wanted.since)
        and (wanted.until == "" or record["time"] < wanted.until)
    )


def paged(place: Place, wanted: Filter, limit: int, budget: Budget) -> Iterator[bytes]:
    before, scanned = None, 0
    while True:
        found = search(place.audit, wanted, before, limit, budget)
        assert len(found.records) <= limit
        yield from found.records
        scanned += found.scanned
        if found.next is None:
            assert scanned <= ALL
            return
        assert before is None or found.next < before
        before = found.next


def _wanted(chance: random.Random) -> Filter:
    def maybe(choices: tuple[str, ...], odds: float = 0.3) -> str:
        return chance.choice(choices) if chance.random() < odds else ""

    moments = tuple(time_text(NOW + timedelta(seconds=second)) for second in range(0, 90, 7))
    return Filter(
        actor=maybe((*NAMES, "nobody")),
        kind=maybe(KINDS),
        action=maybe((*ACTIONS, "plan.*", "plan*", "*", "p*", "plan.", "nothing.*")),
        target=maybe(("shop", "SHOP/web", "größe", "GRÖSSE", "\\", "tok", "web-1")),
        outcome=maybe(OUTCOMES),
        text=maybe(
            ("needed", "über", '"no"', "\n", '"action":"plan.create"', "said", "jörg", "commit", "sequence", "49")
        ),
        since=maybe(moments, 0.2),
        until=maybe(moments, 0.2),
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_a_naive_filter_finds(mixed: Place, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        wanted = _wanted(chance)
        budget = Budget(chance.choice((1, 50, 1_000)), 60, chance.choice((300, 700, 2_000, 1 << 20)))
        expected = naive(mixed, wanted)
        assert list(paged(mixed, wanted, chance.choice((1, 3, 500)), budget)) == expected, wanted
        after = chance.randrange(ALL)
        before = chance.randrange(after, ALL + 10)
        between = [line for line in reversed(expected) if after < json.loads(line)["sequence"] < before]
        found = matching(mixed.audit, wanted, after, before)
        assert [line for lines in found for line in lines] == between, wanted


def test_a_search_ends_within_its_budget_and_says_where_to_go_on(mixed: Place) -> None:
    found = search(mixed.audit, Filter(actor="nobody"), None, 100, Budget(1, 60, 1_000))
    assert (found.records, found.next) == ([], ALL + 1 - found.scanned)
    assert 1 <= found.scanned < ALL
    late = search(mixed.audit, Filter(actor="nobody"), None, 100, Budget(1 << 30, -1.0, 1_000))
    assert late == found
    assert search(mixed.audit, Filter(actor="nobody"), None, 100) == ([], None, ALL)


def test_what_lies_before_the_time_asked_for_is_not_read_to_the_end(tmp_path: Path) -> None:
    place, now = Place(tmp_path), [NOW]
    journal = Journal(place.audit, place.keys, lambda: now[0], segment_bytes=2_000)
    for number in range(200):
        journal.commit([encode(entry(number), mask_value)])
        now[0] += timedelta(minutes=10)
    journal.close()
    recent = search(place.audit, Filter(since=time_text(now[0] - timedelta(hours=1))), None, 500)
    assert (len(recent.records), recent.next) == (6, None)
    assert recent.scanned < 30
    old = search(place.audit, Filter(until=time_text(NOW + timedelta(hours=1))), None, 500)
    assert len(old.records) == 6
    assert old.scanned < 30


def test_a_clock_that_was_set_back_hides_nothing(tmp_path: Path) -> None:
    place, now = Place(tmp_path), [NOW + timedelta(minutes=50)]
    journal = Journal(place.audit, place.keys, lambda: now[0], segment_bytes=2_000)
    for number in range(60):
        journal.commit([encode(entry(number), mask_value)])
        now[0] = NOW if number == 29 else now[0] + timedelta(seconds=1)
    journal.close()
    middle = time_text(NOW + timedelta(minutes=30))
    budget = Budget(1_000, 60, 700)
    later = search(place.audit, Filter(since=middle), None, 500, budget)
    assert [json.loads(line)["sequence"] for line in later.records] == list(range(30, 0, -1))
    earlier = search(place.audit, Filter(until=middle), 55, 500, budget)
    assert [json.loads(line)["sequence"] for line in earlier.records] == list(range(54, 30, -1))


def test_what_is_not_committed_is_not_found(place: Place) -> None:
    place.fill(3, 2)
    with place.files[-1].open("ab") as file:
        file.write(page(place.audit, 0, 1)[0].replace(b'"sequence":1', b'"sequence":6') + b'\n{"commit":{"log"')
    assert [json.loads(line)["sequence"] for line in search(place.audit, Filter(), None, 10).records] == [5, 4, 3, 2, 1]
    assert b"".join(b"".join(forwards(piece)) for piece in pieces(place.audit, 0)).count(b'{"sequence":') == 5


def test_an_empty_log(place: Place) -> None:
    assert search(place.audit, Filter(), None, 10) == ([], None, 0)
    assert pieces(place.audit, 0) == []
    assert choices(place.audit, 10) == ([], [], [])


def test_pages_hold_while_the_log_grows(place: Place) -> None:
    with place.log(segment_bytes=3_000) as log:
        for number in range(60):
            log.append_now(entry(number))
        writer = threading.Thread(target=lambda: [log.append_now(entry(number)) for number in range(300)])
        writer.start()
        seen, before = [], 61
        while before is not None:
            found = search(place.audit, Filter(actor="dana"), before, 7)
            seen += [json.loads(line)["sequence"] for line in found.records]
            newest = search(place.audit, Filter(), None, 5).records
            numbers = [json.loads(line)["sequence"] for line in newest]
            assert numbers == list(range(numbers[0], numbers[0] - 5, -1))
            before = found.next
        writer.join()
    assert seen == list(range(60, 0, -1))


def test_the_choices_of_the_last_records(mixed: Place) -> None:
    lines = [json.loads(line) for line in page(mixed.audit, 0, 1 << 30)]
    found = choices(mixed.audit, ALL)
    assert found.actors == sorted({one["actor"]["name"] for one in lines})
    assert found.actions == sorted(ACTIONS)
    assert found.outcomes == sorted(OUTCOMES)
    assert choices(mixed.audit, 1).actions == [lines[-1]["action"]]


def test_a_whole_copy_verifies_with_the_public_key_alone(mixed: Place, tmp_path: Path) -> None:
    copy = Place(tmp_path)
    copy.audit.mkdir()
    (copy.keys / "audit-signing.pub").write_bytes((mixed.keys / "audit-signing.pub").read_bytes())
    data = b"".join(b"".join(forwards(piece, 500)) for piece in pieces(mixed.audit, 0))
    (copy.audit / "000000000001.jsonl").write_bytes(data)
    verdict = verify(copy.audit, copy.keys)
    assert (verdict.ok, verdict.complete, verdict.records) == (True, False, ALL)
    (copy.audit / "000000000001.jsonl").write_bytes(data.replace(b"needed", b"wanted", 1))
    assert not verify(copy.audit, copy.keys).ok


def test_a_part_begins_with_the_commit_it_is_chained_to(mixed: Place) -> None:
    log = json.loads(mixed.head.read_bytes()[:4096].partition(b" ")[2])["log"]
    walker = Walker(log, public_key(mixed.keys))
    firsts = [one.first for one in segments(mixed.audit)]
    for after in (40, 200, firsts[3] - 1, firsts[3], firsts[3] - 2, ALL - 1, ALL, ALL + 5):
        data = b"".join(b"".join(forwards(piece)) for piece in pieces(mixed.audit, after))
        first, _, rest = data.partition(b"\n")
        signed = read_commit(first)
        assert signed is not None
        following = next((read_commit(line) for line in rest.splitlines() if line.startswith(COMMIT)), None)
        assert signed.commit.last <= after
        assert following is None or following.commit.last > after
        assert signed.holds(public_key(mixed.keys))
        start = Position(signed.commit.last, after_commit(bytes.fromhex(signed.commit.chain), first))
        walked = walker.walk(rest, start)
        assert (walked.fault, walked.position.sequence) == (None, ALL)
        assert rest.startswith(b'{"sequence":%d,' % (signed.commit.last + 1)) or signed.commit.last == ALL
