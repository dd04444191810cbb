"""Telephone numbers: as the ITU's E.164 writes them, as countries do, and whatever is called one."""

from __future__ import annotations

import re

from helmward.guard.pii.checksums import digits, varied

# Digits of a national number by country code (ITU-T E.164 and the national plans); three-digit codes have 6 to 10.
_LENGTHS = {
    "1": (10, 10), "7": (10, 10), "20": (8, 10), "27": (9, 9), "30": (10, 10), "31": (9, 9), "32": (8, 9), "33": (9, 9),
    "34": (9, 9), "36": (8, 9), "39": (8, 11), "40": (9, 9), "41": (9, 9), "43": (7, 12), "44": (9, 10), "45": (8, 8),
    "46": (7, 9), "47": (8, 8), "48": (9, 9), "49": (7, 11), "51": (8, 9), "52": (10, 11), "53": (8, 8), "54": (10, 11),
    "55": (10, 11), "56": (9, 9), "57": (8, 10), "58": (10, 10), "60": (8, 10), "61": (9, 9), "62": (8, 12), "63": (8, 10),
    "64": (8, 10), "65": (8, 8), "66": (8, 9), "81": (9, 10), "82": (8, 10), "84": (9, 10), "86": (10, 11), "90": (10, 10),
    "91": (10, 10), "92": (9, 10), "93": (9, 9), "94": (9, 9), "95": (7, 10), "98": (10, 10),
}  # fmt: skip
_THREE = re.compile(r"2[1-69]|3[578]|42|5[09]|6[789]|8[05-8]|9[679]")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ]?[01][0-9][-./ ]?[0-3][0-9]")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


def international(text: str) -> float:
    """`+` and a country code, with as many digits as that country has."""
    number = digits(text.replace("(0)", ""))
    if len(number) < 10 and text[1:].isdigit():
        return 0.0  # so few digits in one run: also lines added, sums, offsets
    for size in (1, 2):
        if (lengths := _LENGTHS.get(number[:size])) is not None:
            break
    else:
        size, lengths = 3, (6, 10)
        if not _THREE.match(number):
            return 0.0
    national = number[size:]
    if not lengths[0] <= len(national) <= lengths[1] or not varied(national):
        return 0.0
    return 0.0 if number[0] == "1" and (national[0] in "01" or national[3] in "01") else 0.9


def domestic(text: str) -> float:
    """A country's own way of writing it: the pattern has said so."""
    return 0.75 if varied(digits(text)) else 0.0


def french(text: str) -> float:
    """Pairs, as versions and dumps of bytes are too; those have low ones throughout, or go on."""
    pairs = [text[at : at + 2] for at in range(0, 14, 3)]
    return 0.75 if max(pairs) > "24" and len(set(pairs)) > 2 else 0.0


def spoken(text: str) -> float:
    """Named as one: it only must not be something else."""
    number = digits(text)
    if not 7 <= len(number) <= 15 or not varied(number) or _DATE.match(text) or _ADDRESS.fullmatch(text):
        return 0.0
    return 0.85
