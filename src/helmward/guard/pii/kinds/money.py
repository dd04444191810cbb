"""What a person pays with: cards, accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.matching.rows import named, stands_alone
from helmward.guard.pii.checksums import digits, luhn, mod_97, plain, varied

# Issuers' prefixes (ISO/IEC 7812), as ranges of the first digits, with the lengths that they issue.
_ISSUERS = (
    (4, 4, (13, 16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (300, 305, (14,)),
    (3095, 3095, (14,)),
    (36, 36, (14,)),
    (38, 39, (14,)),
    (6011, 6011, (16, 19)),
    (644, 659, (16, 19)),
    (62, 62, (16, 17, 18, 19)),
    (3528, 3589, (16, 19)),
    (2200, 2204, (16,)),
    (60, 60, (16,)),
    (81, 82, (16,)),
    (5018, 5018, (16,)),
    (5020, 5020, (16,)),
    (5038, 5038, (16,)),
    (6304, 6304, (16,)),
    (6759, 6763, (16,)),
    (9792, 9792, (16,)),
)
# Characters of an IBAN by country (the SWIFT registry, release 99).
_IBAN = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip


def card(text: str) -> float:
    """A payment card: an issuer's prefix, a length that it issues, and Luhn's check digit."""
    number = digits(text)
    if not luhn(number) or not varied(number):
        return 0.0
    for low, high, lengths in _ISSUERS:
        if len(number) in lengths and low <= int(number[: len(str(low))]) <= high:
            # Of digits in one run, of another length than nearly all cards have, one in ten passes by chance.
            return 0.9 if text != number or len(number) in (15, 16) else 0.0
    return 0.0


def named_card(text: str) -> float:
    """The same, where a word says that it is one: of any length."""
    number = digits(text)
    return 0.95 if 13 <= len(number) <= 19 and luhn(number) and varied(number) else 0.0


def _card(text: str, match: Any) -> Iterator[Found]:
    """Not a number that its name says is something else: an identifier, a size, a time."""
    start, end = match.span()
    number = text[start:end]
    if (sure := card(number)) > 0 and stands_alone(text, start, end):
        if number.isdigit() and _OTHER.search(text, max(0, start - 48), start):
            return
        if _DUMPED.match(text, end):
            return
        yield Found(start, end, "credit-card", sure)


def _account(text: str, match: Any) -> Iterator[Found]:
    """ISO 13616: the country says how long it is; what the pattern read beyond that is no part of it."""
    start, longest = match.span()
    left = _IBAN.get(text[start : start + 2], 0)
    end = start
    while left and end < longest:
        left -= text[end] not in " -"
        end += 1
    number = plain(text[start:end])
    if not left and mod_97(number) and stands_alone(text, start, end):
        yield Found(start, end, "iban", 0.97)


_CARDS = (
    "card|card number|credit card|debit card|cc|pan|ccnum|카드|카드번호|신용카드|"
    "カード番号|カード|卡号|信用卡|kreditkarte|carte|tarjeta"
)
_ACCOUNTS = "account number|account no|acct|acct number|bank account|계좌|계좌번호|口座番号|银行账号|kontonummer"
# What another number of as many digits is called.
_OTHERS = (
    r"(?i:trace|span|request|session|order|invoice|ticket|build|version|offset|bytes|size|sequence|seq|nonce|hash|stamp|time|"
    r"count|counter|total|limit|revision|generation|serial|commit|cursor|checksum|seed|\bn[so]|[ui]?id|uuid|epoch|nanos|micros)"
    r"[\"'\\]{0,3} ?[:= ] ?[\"'\\]{0,3}"
)
# A dump goes on in groups of four; after a card stands at most the year in which it expires.
_DUMPED = re.compile(r" (?!20)[0-9a-f]{4}\b")
_OTHER = re.compile(_OTHERS + r"\Z")

KINDS = (
    Kind(
        "credit-card",
        r"\b(?:(?:4[0-9]|5[0-5]|2[2-7]|35|6[0-9]|8[12]|97)[0-9]{2}"
        r"[ \-]?[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{4}(?:[ \-]?[0-9]{1,3})?|3[47][0-9]{2}[ \-]?[0-9]{6}"
        r"[ \-]?[0-9]{5}|3[0689][0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{4}|4[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3})\b",
        locate=_card,
        before=_OTHERS,
        then=r" [0-9a-f]{0,4}",
    ),
    named("credit-card", _CARDS, r"[0-9](?:[ \-]?[0-9]){12,18}", named_card),
    Kind("iban", rf"\b(?:{'|'.join(_IBAN)})[0-9]{{2}}(?:[ \-]?[A-Z0-9]){{11,30}}", locate=_account),
    named("bank-account", _ACCOUNTS, r"[0-9](?:[ \-]?[0-9]){7,16}", lambda text: 0.7 if varied(digits(text)) else 0.0),
)
