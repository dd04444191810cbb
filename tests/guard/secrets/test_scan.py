"""The engine fails closed: no verdict, or a kind that breaks, and the whole text is secret."""

import time

from helmward.guard.matching import Kind, Scanner
from helmward.guard.secrets import mask
from helmward.guard.secrets.masking import find


def _broken(text: str) -> float:
    raise ValueError("a kind that breaks")


def test_a_kind_that_breaks_masks_everything() -> None:
    engine = Scanner("secrets", [Kind("broken", "abc", _broken)])
    assert mask("x", engine) == "x"
    assert mask("x abc y", engine) == "[secrets/unreadable]"
    assert find("x abc y", engine)[0].rule == "secrets/unreadable"


class _Mute:
    """RE2's Set out of memory: it says "no match", as it does of a clean text."""

    def Match(self, data: bytes) -> None:
        return None


def test_an_engine_without_a_verdict_masks_everything() -> None:
    engine = Scanner("secrets", [Kind("never", "abc")])
    assert mask("a clean text", engine) == "a clean text"
    engine._set = _Mute()
    assert mask("a clean text", engine) == "[secrets/unreadable]"


def test_the_surest_name_wins_where_kinds_overlap() -> None:
    engine = Scanner("secrets", [Kind("vague", "abc[a-z]+", lambda _: 0.5), Kind("exact", "cde", lambda _: 0.9)])
    assert mask("1 abcdef 2", engine) == "1 [secrets/exact] 2"


def test_what_a_mask_uncovers_is_masked_too() -> None:
    engine = Scanner("secrets", [Kind("first", "aaa"), Kind("second", r"\bbbb\b")])
    masked = mask("aaabbb", engine)
    assert masked == "[secrets/first][secrets/second]"
    assert mask(masked, engine) == masked


def test_hostile_texts_do_not_take_quadratic_time() -> None:
    """Eight times the text may cost forty times as much, not sixty-four: what this guards against took 38 seconds."""
    for piece in (
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "password=",
        "://a:b",
        "token: \\\\",
        "ghp_",
        "a" * 63,
        "<secret>",
        "[secrets/",
    ):
        costs = []
        for size in (20_000, 160_000):
            text = piece * (size // len(piece))
            costs.append(min(_seconds(text) for _ in range(2)))
        assert costs[1] < 40 * max(costs[0], 0.001), piece


def _seconds(text: str) -> float:
    begin = time.process_time()
    mask(text)
    return time.process_time() - begin
