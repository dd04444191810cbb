"""Numbers of people in Europe and Africa: those that prove themselves, and those that a word must name."""

from __future__ import annotations

from helmward.guard.matching.rows import alone, named
from helmward.guard.pii.checksums import digits, luhn, mod_11_10, plain, varied, weighted
from helmward.guard.pii.dates import is_day

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_ODD = dict(zip("0123456789ABCDEFGHIJ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21) * 2, strict=True))
_ODD |= dict(zip("KLMNOPQRSTUVWXYZ", (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True))
_NO_NINO = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})


def _nino(text: str) -> float:
    """HMRC NIM39110: prefixes that are not given out."""
    return 0.85 if plain(text)[:2] not in _NO_NINO else 0.0


def _nhs(text: str) -> float:
    """NHS data dictionary: modulo 11."""
    number = digits(text)
    return 0.9 if -weighted(number[:9], range(10, 1, -1)) % 11 == int(number[9]) and varied(number) else 0.0


def _german(text: str) -> float:
    """Bundeszentralamt für Steuern: MOD 11,10; of the first ten digits some occur twice or thrice."""
    number = digits(text)
    return 0.9 if number[0] != "0" and 7 <= len(set(number[:10])) <= 9 and mod_11_10(number) else 0.0


def _nir(text: str) -> float:
    """INSEE: 97 less the number modulo 97; Corsica's letters count as 19 and 18."""
    number = plain(text)
    body = number[:13].replace("2A", "19").replace("2B", "18")
    if not (body.isdigit() and number[13:].isdigit()) or not (
        1 <= int(number[3:5]) <= 12 or 20 <= int(number[3:5]) <= 99
    ):
        return 0.0
    return 0.95 if 97 - int(body) % 97 == int(number[13:]) else 0.0


def _spanish(text: str) -> float:
    """Ministerio del Interior: the letter is the number modulo 23; X, Y and Z of a NIE are 0, 1 and 2."""
    number = plain(text)
    value = int(number[:-1].translate(str.maketrans("XYZ", "012")))
    return 0.85 if _SPANISH[value % 23] == number[-1] and varied(number[:-1]) else 0.0


def _italian(text: str) -> float:
    """D.M. 23.12.1976: odd and even places by their tables, modulo 26."""
    total = sum(_ODD[letter] for letter in text[:15:2])
    total += sum(int(letter, 36) - (10 if letter.isalpha() else 0) for letter in text[1:15:2])
    return 0.95 if chr(65 + total % 26) == text[15] else 0.0


def _dutch(text: str) -> float:
    """The eleven test."""
    number = digits(text)
    return 0.9 if weighted(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and varied(number) else 0.0


def _pesel(text: str) -> float:
    """Weights 1, 3, 7, 9; the month says the century."""
    month = str(int(text[2:4]) % 20)
    return (
        0.9
        if -weighted(text[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10 == int(text[10]) and is_day(month, text[4:6])
        else 0.0
    )


def _swedish(text: str) -> float:
    """Skatteverket: Luhn over ten digits; coordination numbers add 60 to the day."""
    number = digits(text)[-10:]
    day = int(number[4:6])
    return 0.8 if luhn(number) and is_day(number[2:4], str(day - 60 if day > 60 else day)) else 0.0


def _finnish(text: str) -> float:
    """DVV: the number modulo 31."""
    right = _FINNISH[int(text[:6] + text[7:10]) % 31] == text[10]
    return 0.95 if right and is_day(text[2:4], text[:2]) else 0.0


def _swiss(text: str) -> float:
    """AHV number: EAN-13."""
    number = digits(text)
    return 0.95 if -weighted(number[:12], (1, 3) * 6) % 10 == int(number[12]) else 0.0


def _belgian(text: str) -> float:
    """97 less the number modulo 97; with a 2 before it from 2000 on."""
    number = digits(text)
    return 0.95 if int(number[9:]) in (97 - int(number[:9]) % 97, 97 - int(f"2{number[:9]}") % 97) else 0.0


def _turkish(text: str) -> float:
    odd, even = sum(map(int, text[:9:2])), sum(map(int, text[1:8:2]))
    return 0.9 if (7 * odd - even) % 10 == int(text[9]) and sum(map(int, text[:10])) % 10 == int(text[10]) else 0.0


def _south_african(text: str) -> float:
    return 0.9 if luhn(text) and is_day(text[2:4], text[4:6]) else 0.0


def _norwegian(text: str) -> float:
    """Two check digits modulo 11."""
    number = digits(text)
    first = -weighted(number, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return 0.9 if (first, second) == (int(number[9]), int(number[10])) else 0.0


def _danish(text: str) -> float:
    number = digits(text)
    return 0.8 if is_day(number[2:4], number[:2]) else 0.0


def _irish(text: str) -> float:
    """Modulo 23, the second letter weighted 9."""
    second = ord(text[8]) - 64 if len(text) == 9 and text[8] != "W" else 0
    return 0.85 if _IRISH[(weighted(text[:7], range(8, 1, -1)) + 9 * second) % 23] == text[7] else 0.0


def _portuguese(text: str) -> float:
    check = -weighted(text[:8], range(9, 1, -1)) % 11
    return 0.85 if int(text[8]) == (check if check < 10 else 0) and varied(text) else 0.0


def _romanian(text: str) -> float:
    check = weighted(text[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return 0.9 if int(text[12]) == (check if check < 10 else 1) and is_day(text[3:5], text[5:7]) else 0.0


_NINO = r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
_NIR = r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"
_TEN = r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}"
_DE = "steuer id|steuer idnr|steueridentifikationsnummer|steuerliche identifikationsnummer|identifikationsnummer|idnr|tax id"
_SE = "personnummer|samordningsnummer|pnr|personal identity"
_TR = "tc kimlik|kimlik|tckn|tc kimlik numarası|kimlik numarası"
_BE = "rijksregisternummer|numéro national|numero national|registre national|national register|nrn|insz|niss"

KINDS = (
    alone("uk-nino", rf"\b{_NINO}\b", _nino),
    named("uk-nhs", "nhs", _TEN, _nhs, loose=True),
    named("de-tax-id", _DE, r"[1-9][0-9](?: ?[0-9]{3}){3}", _german, loose=True),
    alone("fr-nir", rf"\b{_NIR}\b", _nir),
    alone("es-dni", r"\b[0-9]{8}-?[A-HJ-NP-TV-Z]\b", _spanish),
    alone("es-nie", r"\b[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]\b", _spanish),
    alone("it-fiscal-code", r"\b[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]\b", _italian),
    named("nl-bsn", "bsn|burgerservicenummer|sofinummer|bsn nummer", r"[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}", _dutch, loose=True),
    named("pl-pesel", "pesel", r"[0-9]{11}", _pesel, loose=True),
    alone("se-personnummer", r"\b[0-9]{6}[\-+][0-9]{4}\b", _swedish),
    named("se-personnummer", _SE, r"(?:19|20)?[0-9]{6}[\-+]?[0-9]{4}", _swedish, loose=True),
    alone("fi-hetu", r"\b[0-3][0-9][01][0-9]{3}[\-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]\b", _finnish),
    alone("ch-ahv", r"\b756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}\b", _swiss),
    named("ch-ahv", "ahv|avs|ahv nr", r"756[0-9]{10}", _swiss, loose=True),
    alone("be-national-number", r"\b[0-9]{2}\.[01][0-9]\.[0-3][0-9]-[0-9]{3}[.\-][0-9]{2}\b", _belgian),
    named("be-national-number", _BE, r"[0-9]{11}", _belgian, loose=True),
    named("tr-identity-number", _TR, r"[1-9][0-9]{10}", _turkish, loose=True),
    named("za-id", "sa id|south african id|rsa id|identity", r"[0-9]{10}[01][0-9]{2}", _south_african, loose=True),
    named("no-national-id", "fødselsnummer|personnummer|fodselsnummer", r"[0-9]{6} ?[0-9]{5}", _norwegian, loose=True),
    named("dk-cpr", "cpr|personnummer", r"[0-3][0-9][01][0-9]{3}-?[0-9]{4}", _danish),
    named("ie-pps", "pps|ppsn|pps no", r"[0-9]{7}[A-W][A-IW]?", _irish, loose=True),
    named("pt-nif", "nif|número de contribuinte|contribuinte", r"[1-35-9][0-9]{8}", _portuguese, loose=True),
    named("ro-cnp", "cnp|cod numeric personal", r"[1-8][0-9]{12}", _romanian, loose=True),
)  # fmt: skip
