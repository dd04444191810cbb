"""Where texts are cut: first and last cut are those that trying every place finds, and it takes no quadratic time."""

from __future__ import annotations

import time
from random import Random

import pytest

from helmward.guard.matching.prefixes import unfinished
from helmward.guard.windows import Cutter

PATTERNS = [r"\d(?:[ -]?\d){5,20}", r"card: ?\d+", r"이름은 ?[\xea-\xed][\x80-\xbf]{2}", "비밀번호는비밀"]
CUTTER = Cutter([pattern for one in PATTERNS if (pattern := unfinished(one)) is not None])
PIECES = ["7 ", "12 34 ", "card: ", "a ", "b c ", "이름은 ", "가나 ", "비밀", "번호", "는비밀", "\n", "card", "😀 "]


def _cut(text: str, place: int) -> bool:
    return CUTTER.last(text, 0, place, after=place - 1) == place


@pytest.mark.parametrize("seed", range(8))
def test_first_and_last_are_those_that_trying_finds(seed: int) -> None:
    random = Random(seed)
    text = "".join(random.choice(PIECES) for _ in range(60))
    cuts = [place for place in range(1, len(text) + 1) if _cut(text, place)]
    assert cuts
    for at in range(1, len(text)):
        assert CUTTER.first(text, 0, at, len(text)) == next((cut for cut in cuts if cut >= at), len(text))
        assert CUTTER.last(text, 0, at) == max((cut for cut in cuts if cut <= at), default=0)


def test_a_pattern_of_korean_alone_is_unfinished_between_its_syllables() -> None:
    text = "비밀번호는비밀"
    assert CUTTER.first(text, 0, 1, len(text)) == len(text)


@pytest.mark.parametrize("piece", ["7 ", "7 7 7 a ", "card: ", "이름은 "])
def test_no_quadratic_time(piece: str) -> None:
    """Eight times the text may cost forty times as much, not sixty-four."""
    costs = []
    for size in (4_000, 32_000):
        text = piece * (size // len(piece))
        begin = time.process_time()
        CUTTER.first(text, 0, 1, len(text))
        costs.append(time.process_time() - begin)
    assert costs[1] < 40 * max(costs[0], 0.001)
