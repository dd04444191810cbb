"""Made-up cards and accounts, with right check digits."""

from __future__ import annotations

import random

from tests.guard.pii.people import digits

_CARDS = {"visa": ("4", 16), "mastercard": ("5" + "3", 16), "mastercard2": ("2360", 16), "amex": ("37", 15), "discover": ("6011", 16), "jcb": ("3540", 16), "diners": ("36", 14), "unionpay": ("6225", 16)}  # noqa: E501  # fmt: skip
_BBAN = {"DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "ES": "n20", "NL": "a4n10", "CH": "n17", "BE": "n12", "PL": "n24", "SE": "n20", "IT": "a1n22", "NO": "n11"}  # noqa: E501  # fmt: skip


def luhn_digit(number: str) -> str:
    """The digit that ISO/IEC 7812 puts after `number`."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _card(source: random.Random, variant: str) -> str:
    issuer, _, form = variant.partition("-")
    prefix, size = _CARDS[issuer] if issuer in _CARDS else source.choice(list(_CARDS.values()))
    number = prefix + digits(source, size - len(prefix) - 1)
    number += luhn_digit(number)
    form = form or (issuer if issuer in ("plain", "spaced", "hyphen") else source.choice(["plain", "spaced", "hyphen"]))
    if form == "plain":
        return number
    cuts = (4, 10) if size < 16 else (4, 8, 12)
    groups = [number[a:b] for a, b in zip((0, *cuts), (*cuts, size), strict=True)]
    return (" " if form == "spaced" else "-").join(groups)


def _iban(source: random.Random, variant: str) -> str:
    country = variant.upper()[:2] if variant.upper()[:2] in _BBAN else source.choice(list(_BBAN))
    bban, layout = "", _BBAN[country]
    while layout:
        kind, size, layout = layout[0], *_size(layout[1:])
        alphabet = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOP"}[kind]
        bban += "".join(source.choice(alphabet) for _ in range(size))
    value = int("".join(str(int(letter, 36)) for letter in f"{bban}{country}00"))
    text = f"{country}{98 - value % 97:02}{bban}"
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4)) if variant.endswith("spaced") else text


def _size(layout: str) -> tuple[int, str]:
    size = "".join(layout[: next((at for at, letter in enumerate(layout) if not letter.isdigit()), len(layout))])
    return int(size), layout[len(size) :]


def _account(source: random.Random, variant: str) -> str:
    return f"{digits(source, 3, '123456789')}-{digits(source, 3)}-{digits(source, 6)}" if variant == "ko" else digits(source, 10, "123456789")  # noqa: E501  # fmt: skip


MONEY = {"credit-card": _card, "iban": _iban, "bank-account": _account}
