"""Numbers of people in Asia and Australia."""

from __future__ import annotations

from helmward.guard.matching.rows import alone, named
from helmward.guard.pii.checksums import digits, luhn, plain, varied, verhoeff, weighted
from helmward.guard.pii.dates import is_day

_TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def _rrn(text: str) -> float:
    """The resident registration number's check digit, which those given since October 2020 do not have."""
    number = digits(text)
    if not is_day(number[2:4], number[4:6]):
        return 0.0
    right = (11 - weighted(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 == int(number[12])
    return 0.95 if right else 0.0


def _named_rrn(text: str) -> float:
    number = digits(text)
    return 0.9 if is_day(number[2:4], number[4:6]) else 0.0


def _kr_business(text: str) -> float:
    """National Tax Service: weights 1, 3, 7; the ninth digit counts once more."""
    number = digits(text)
    total = weighted(number, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(number[8]) * 5 // 10
    return 0.8 if -total % 10 == int(number[9]) and varied(number) else 0.0


def _aadhaar(text: str) -> float:
    """UIDAI: Verhoeff."""
    number = digits(text)
    return 0.95 if verhoeff(number) and varied(number) else 0.0


def _pan(_: str) -> float:
    """Income Tax Department: the fourth letter is the holder's kind, as the pattern says."""
    return 0.8


def _tfn(text: str) -> float:
    number = digits(text)
    return 0.9 if weighted(number, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0 and varied(number) else 0.0


def _medicare(text: str) -> float:
    number = digits(text)
    return 0.9 if weighted(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8]) else 0.0


def _chinese(text: str) -> float:
    """GB 11643-1999: ISO 7064 MOD 11-2, and a day."""
    right = (
        "10X98765432"[weighted(text[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]
        == text[17].upper()
    )
    return 0.95 if right and is_day(text[10:12], text[12:14]) else 0.0


def _my_number(text: str) -> float:
    number = digits(text)
    left = weighted(number[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return 0.9 if int(number[11]) == (0 if left <= 1 else 11 - left) and varied(number) else 0.0


def _nric(text: str) -> float:
    """Modulo 11; T and G add 4, M adds 3."""
    first, last = text[0], text[-1]
    total = weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = "JZIHGFEDCBA" if first in "ST" else "XWUTRQPNMLK" if first in "FG" else "XWUTRQPNJLK"
    return 0.9 if letters[total % 11] == last else 0.0


def _hong_kong(text: str) -> float:
    """Modulo 11; a letter counts from 10, a missing one 36, A in brackets 10."""
    letters, number = plain(text)[:-7], plain(text)[-7:]
    values = [36, *(int(letter, 36) for letter in letters)][-2:]
    total = 9 * values[0] + 8 * values[1] + weighted(number[:6], range(7, 1, -1)) + int(number[6], 16)
    return 0.9 if total % 11 == 0 else 0.0


def _taiwanese(text: str) -> float:
    code = _TAIWAN[text[0]]
    total = code // 10 + code % 10 * 9 + weighted(text[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))
    return 0.85 if total % 10 == 0 and varied(text[1:]) else 0.0


def _thai(text: str) -> float:
    number = digits(text)
    return 0.95 if (11 - weighted(number[:12], range(13, 1, -1)) % 11) % 10 == int(number[12]) else 0.0


def _imei(text: str) -> float:
    number = digits(text)
    return 0.9 if luhn(number) and varied(number) else 0.0


_TWELVE = r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{4}"
_RRN = "rrn|resident registration|registration number|주민등록번호|주민번호|주민등록|외국인등록번호"

KINDS = (
    alone("kr-rrn", r"\b[0-9]{2}[01][0-9][0-3][0-9]-[1-8][0-9]{6}\b", _rrn),
    named("kr-rrn", _RRN, r"[0-9]{2}[01][0-9][0-3][0-9][ \-]?[1-8][0-9]{6}", _named_rrn, loose=True),
    alone("kr-business-number", r"\b[0-9]{3}-[0-9]{2}-[0-9]{5}\b", _kr_business),
    named("kr-business-number", "사업자등록번호|사업자번호|business registration", r"[0-9]{10}", _kr_business, loose=True),
    named("in-aadhaar", "aadhaar|aadhar|uidai|uid|आधार", r"[2-9][0-9]{3}[ \-]?[0-9]{4}[ \-]?[0-9]{4}", _aadhaar, loose=True),
    alone("in-pan", r"\b[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]\b", _pan),
    named("au-tfn", "tfn|tax file|tax file number", r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}", _tfn, loose=True),
    named("au-medicare", "medicare|medicare card", r"[2-6][0-9]{3} ?[0-9]{5}[ \-/]?[0-9]", _medicare, loose=True),
    alone("cn-resident-id", r"\b[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]\b", _chinese),
    named("jp-my-number", "my number|マイナンバー|個人番号|individual number", _TWELVE, _my_number, loose=True),
    alone("sg-nric", r"\b[STFGM][0-9]{7}[A-Z]\b", _nric),
    alone("hk-id", r"\b[A-Z]{1,2}[0-9]{6}\([0-9A]\)", _hong_kong),
    alone("tw-id", r"\b[A-Z][1289][0-9]{8}\b", _taiwanese),
    alone("th-id", r"\b[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]\b", _thai),
    named("imei", "imei", r"[0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{6}[ \-]?[0-9]", _imei, loose=True),
)  # fmt: skip
