"""Check digits, by the names of their methods. Each takes the digits (or characters) alone, without separators."""

from __future__ import annotations

from collections.abc import Sequence

_DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)

# Of twice a digit, the sum of its digits.
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def digits(text: str) -> str:
    """The digits of `text`."""
    return "".join(filter(str.isdigit, text)) if not text.isdigit() else text


def plain(text: str) -> str:
    """The letters and digits of `text`, in upper case."""
    return "".join(filter(str.isalnum, text)).upper()


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: payment cards, IMEI, Canadian, Swedish and South African numbers."""
    data = number.encode("ascii")
    return (sum(data[::-2]) + sum(data[-2::-2].translate(_DOUBLED)) - ord("0") * len(data)) % 10 == 0


def verhoeff(number: str) -> bool:
    """Verhoeff's dihedral check: Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][int(digit)])])
    return check == 0


def mod_11_10(number: str) -> bool:
    """ISO/IEC 7064, MOD 11,10: German tax numbers, Croatian OIB."""
    check = 10
    for digit in number[:-1]:
        check = (check + int(digit)) % 10 or 10
        check = check * 2 % 11
    return (11 - check) % 10 == int(number[-1])


def mod_97(text: str) -> bool:
    """ISO/IEC 7064, MOD 97-10, as IBAN has it (ISO 13616): the first four characters go to the end."""
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def weighted(number: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def varied(number: str) -> bool:
    """Not one and the same digit throughout, as placeholders are."""
    return len(set(number)) > 1
