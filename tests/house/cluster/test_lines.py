"""Pieces of a log join without a repetition or a gap, and what is secret in them is masked across their seams."""

from __future__ import annotations

import pytest

from helmward.core.errors import UsageError
from helmward.house.cluster.lines import LONGEST, Joint, Place, bounded, place_of, second_of

T1, T2, T3 = "2026-01-01T10:00:00.1Z", "2026-01-01T10:00:00.123456789Z", "2026-01-01T10:00:01Z"


def text(*lines: tuple[str, str]) -> str:
    return "".join(f"{time} {words}\n" for time, words in lines)


def words(joint: Joint, *lines: tuple[str, str]) -> list[str]:
    return [line.text for line in joint.read(text(*lines)).lines]


def test_pieces_that_overlap() -> None:
    joint = Joint(None)
    assert words(joint, (T1, "a"), (T2, "b"), (T2, "c")) == ["a", "b", "c"]
    assert words(joint, (T1, "a"), (T2, "b"), (T2, "c")) == []
    assert words(joint, (T1, "a"), (T2, "b"), (T2, "c"), (T2, "c"), (T3, "d")) == ["c", "d"]


def test_a_place_leads_back_into_the_log() -> None:
    for kept in range(4):
        lines = [(T1, "a"), (T2, "b"), (T2, "c"), (T3, "d")]
        place = Joint(None).read(text(*lines)).lines[kept].place
        assert words(Joint(place_of(str(place))), *lines) == ["a", "b", "c", "d"][kept + 1 :]


def test_a_time_alone_is_a_place() -> None:
    assert words(Joint(place_of(T2)), (T1, "a"), (T2, "b"), (T2, "c"), (T3, "d")) == ["d"]


def test_lines_of_two_streams_are_taken_in_the_order_of_the_log() -> None:
    joint = Joint(None)
    assert words(joint, (T2, "b")) == ["b"]
    assert words(joint, (T2, "b"), (T1, "late")) == ["late"]


def test_times_of_another_precision_or_zone_compare() -> None:
    """As texts, `.1Z` sorts behind `.123456789Z`."""
    joint = Joint(Place("2026-01-01T12:00:00.11+02:00", 1))
    piece = joint.read(text((T1, "a"), (T2, "b")))
    assert ([line.text for line in piece.lines], piece.known) == (["b"], False)
    assert second_of(Place("2026-01-01T12:00:00.11+02:00", 1)) == "2026-01-01T10:00:00Z"


def test_half_a_line_waits() -> None:
    joint = Joint(None)
    assert [line.text for line in joint.read(f"{T1} a\n{T2} ha").lines] == ["a"]
    assert words(joint, (T1, "a"), (T2, "half")) == ["half"]


def test_a_secret_across_a_seam_is_masked() -> None:
    begin, end = "-----BEGIN " + "PRIVATE KEY-----", "-----END " + "PRIVATE KEY-----"
    body = ["MIIE" + "vQIBADANBgkqhkiG9w0BAQEFAASC" * 2] * 3
    joint = Joint(None)
    first = joint.read(text((T1, "starting"), (T2, begin), (T2, body[0])))
    rest = joint.read(text((T2, body[0]), (T3, body[1]), (T3, body[2]), (T3, end), (T3, "done")))
    told = [line.text for line in (*first.lines, *rest.lines)]
    assert not [line for line in told if "MIIE" in line], told
    assert (told[0], told[-1]) == ("starting", "done")


def test_what_is_hostile_is_shown_as_data() -> None:
    assert words(Joint(None), (T1, "\x1b[2Jgone \u202eflip")) == ["\\x1b[2Jgone \\u202eflip"]


def test_long_lines_are_cut_by_bytes() -> None:
    assert bounded("x" * LONGEST) == ("x" * LONGEST, False)
    cut, was = bounded("ü" * LONGEST)
    assert (len(cut), was) == (LONGEST // 2 + 1, True)


@pytest.mark.parametrize("given", ["", "yesterday", "2026-01-01", "2026-13-01T00:00:00Z", f"{T1}+x", f"{T1}+1+2"])
def test_what_is_no_place(given: str) -> None:
    with pytest.raises(UsageError, match="no place in a log"):
        place_of(given)
