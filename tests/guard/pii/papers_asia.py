"""Made-up numbers of people in Asia, each with the check digits that its country prescribes."""

from __future__ import annotations

from tests.guard.pii.papers import UPPER, Source, birth, total_of
from tests.guard.pii.people import digits


def _rrn(source: Source, variant: str) -> str:
    number = birth(source) + source.choice("12") + digits(source, 5)
    number += str((11 - total_of(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10)
    return number if variant == "plain" else f"{number[:6]}-{number[6:]}"


def _kr_business(source: Source, _: str) -> str:
    number = digits(source, 9, "123456")
    total = total_of(number, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(number[8]) * 5 // 10
    return f"{number[:3]}-{number[3:5]}-{number[5:]}{-total % 10}"


def _aadhaar(source: Source, variant: str) -> str:
    number = digits(source, 11, "23456789")
    number = next(f"{number}{check}" for check in range(10) if _verhoeff(f"{number}{check}"))
    return number if variant == "plain" else f"{number[:4]} {number[4:8]} {number[8:]}"


def _verhoeff(number: str) -> bool:
    """By the dihedral group itself: rotations 0-4, reflections 5-9."""
    permuted = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    while len(permuted) < 8:
        permuted.append([permuted[-1][permuted[1][place]] for place in range(10)])
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = permuted[place % 8][int(digit)]
        turn = check % 5 + value % 5 if check < 5 else check % 5 - value % 5
        check = turn % 5 + (5 if (check < 5) != (value < 5) else 0)
    return check == 0


def _pan(source: Source, _: str) -> str:
    letters = "".join(source.choice(UPPER) for _ in range(3))
    return f"{letters}{source.choice('PCHF')}{source.choice(UPPER)}{digits(source, 4)}{source.choice(UPPER)}"


def _chinese(source: Source, _: str) -> str:
    number = f"{source.choice(['110101', '310104', '440305', '510107'])}19{birth(source)}{digits(source, 3)}"
    return number + "10X98765432"[total_of(number, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def _my_number(source: Source, _: str) -> str:
    number = digits(source, 11, "123456789")
    left = total_of(number[::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return f"{number}{0 if left <= 1 else 11 - left}"


def _nric(source: Source, _: str) -> str:
    first, number = source.choice("STFG"), digits(source, 7)
    total = total_of(number, (2, 7, 6, 5, 4, 3, 2)) + (4 if first in "TG" else 0)
    return first + number + ("JZIHGFEDCBA" if first in "ST" else "XWUTRQPNMLK")[total % 11]


ASIA = {
    "kr-rrn": _rrn,
    "kr-business-number": _kr_business,
    "in-aadhaar": _aadhaar,
    "in-pan": _pan,
    "cn-resident-id": _chinese,
    "jp-my-number": _my_number,
    "sg-nric": _nric,
}
