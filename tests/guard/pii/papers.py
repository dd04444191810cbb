"""Made-up numbers of people's papers, each with the check digits that its country prescribes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.guard.pii.money import luhn_digit
from tests.guard.pii.people import digits

Source = random.Random
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def total_of(number: str, weights: Sequence[int]) -> int:
    """The digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))


def birth(source: Source, form: str = "ymd") -> str:
    """A day of birth, as `ymd`, in an order."""
    parts = {
        "y": f"{source.randrange(40, 100):02}",
        "m": f"{source.randrange(1, 13):02}",
        "d": f"{source.randrange(1, 29):02}",
    }
    return "".join(parts[letter] for letter in form)


def _again(make: Callable[[Source], str | None]) -> Callable[[Source, str], str]:
    """Until it is one: some numbers have no check digit."""

    def made(source: Source, _: str) -> str:
        while (text := make(source)) is None:
            pass
        return text

    return made


def _ssn(source: Source, variant: str) -> str:
    parts = f"{source.randrange(1, 666):03}", f"{source.randrange(1, 100):02}", f"{source.randrange(1, 10000):04}"
    return "".join(parts) if variant == "plain" else (" " if variant == "spaced" else "-").join(parts)


def _itin(source: Source, _: str) -> str:
    return f"9{digits(source, 2)}-{source.choice(['70', '75', '82', '90', '94'])}-{digits(source, 4)}"


def _nino(source: Source, variant: str) -> str:
    parts = [
        source.choice("ACEHJ") + source.choice("ACEHJLM"),
        *(digits(source, 2) for _ in range(3)),
        source.choice("ABCD"),
    ]
    return (" " if variant == "spaced" else "").join(parts)


def _nhs(source: Source) -> str | None:
    number = digits(source, 9, "4567")
    check = (11 - total_of(number, range(10, 1, -1)) % 11) % 11
    return None if check == 10 else f"{number[:3]} {number[3:6]} {number[6:]}{check}"


def _de_tax(source: Source) -> str | None:
    body = source.sample("123456789", 9)
    number = "".join([*body, source.choice(body)])
    check = 10
    for digit in number:
        check = (((check + int(digit)) % 10) or 10) * 2 % 11
    return f"{number}{(11 - check) % 10}"


def _nir(source: Source, variant: str) -> str:
    number = (
        f"{source.choice('12')}{birth(source, 'ym')}{source.randrange(1, 95):02}{digits(source, 3)}{digits(source, 3)}"
    )
    key = f"{97 - int(number) % 97:02}"
    if variant == "spaced":
        return f"{number[0]} {number[1:3]} {number[3:5]} {number[5:7]} {number[7:10]} {number[10:]} {key}"
    return number + key


def _dni(source: Source, _: str) -> str:
    number = digits(source, 8)
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def _nie(source: Source, _: str) -> str:
    first, number = source.randrange(3), digits(source, 7)
    return "XYZ"[first] + number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(f"{first}{number}") % 23]


_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True))  # noqa: E501  # fmt: skip


def _fiscal(source: Source, _: str) -> str:
    text = "".join(source.choice("BCDFGLMNPRST") for _ in range(6))
    text += f"{source.randrange(40, 99)}{source.choice('ABCDEHLMPRST')}{source.randrange(1, 29):02}H{source.randrange(100, 999)}"
    total = sum(_ODD[letter] for letter in text[::2])
    total += sum(int(letter) if letter.isdigit() else ord(letter) - 65 for letter in text[1::2])
    return text + UPPER[total % 26]


def _bsn(source: Source) -> str | None:
    number = digits(source, 8, "123456789")
    check = total_of(number, range(9, 1, -1)) % 11
    return None if check == 10 else f"{number}{check}"


def _pesel(source: Source, _: str) -> str:
    number = birth(source) + digits(source, 4)
    return f"{number}{-total_of(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10}"


def _cpf(source: Source, variant: str) -> str:
    number = digits(source, 9)
    for _ in range(2):
        number += str(total_of(number, range(len(number) + 1, 1, -1)) * 10 % 11 % 10)
    return number if variant == "plain" else f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def _cnpj(source: Source, _: str) -> str:
    number = digits(source, 8) + "0001"
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        left = total_of(number, weights) % 11
        number += str(0 if left < 2 else 11 - left)
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


def _sin(source: Source, variant: str) -> str:
    number = digits(source, 8, "1234567")
    number += luhn_digit(number)
    return number if variant == "plain" else f"{number[:3]}{'-' if variant == 'hyphen' else ' '}{number[3:6]}{'-' if variant == 'hyphen' else ' '}{number[6:]}"  # noqa: E501  # fmt: skip


def _tfn(source: Source) -> str | None:
    number = digits(source, 8, "123456789")
    check = next((c for c in range(10) if (total_of(number, (1, 4, 3, 7, 5, 8, 6, 9)) + c * 10) % 11 == 0), None)
    return None if check is None else f"{number[:3]} {number[3:6]} {number[6:]}{check}"


def _medicare(source: Source, _: str) -> str:
    number = digits(source, 8, "23456")
    return f"{number[:4]} {number[4:]}{total_of(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10} {source.randrange(1, 9)}"


def _swedish(source: Source, variant: str) -> str:
    number = birth(source) + digits(source, 3)
    number += luhn_digit(number)
    return f"{'19' if variant == 'long' else ''}{number[:6]}-{number[6:]}"


def _hetu(source: Source, _: str) -> str:
    day, number = birth(source, "dmy"), f"{source.randrange(2, 900):03}"
    return f"{day}-{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(day + number) % 31]}"


def _ahv(source: Source, _: str) -> str:
    number = "756" + digits(source, 9)
    number += str(-total_of(number, (1, 3) * 6) % 10)
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"


def _belgian(source: Source, _: str) -> str:
    day, number = birth(source), f"{source.randrange(1, 998):03}"
    return f"{day[:2]}.{day[2:4]}.{day[4:]}-{number}.{97 - int(day + number) % 97:02}"


def _rut(source: Source, _: str) -> str:
    number = digits(source, 8, "12")
    check = 11 - total_of(number[::-1], (2, 3, 4, 5, 6, 7, 2, 3)) % 11
    return f"{number[:2]}.{number[2:5]}.{number[5:]}-{'0' if check == 11 else 'K' if check == 10 else check}"


def _turkish(source: Source, _: str) -> str:
    number = digits(source, 9, "123456789")
    number += str((7 * sum(map(int, number[::2])) - sum(map(int, number[1::2]))) % 10)
    return f"{number}{sum(map(int, number)) % 10}"


def _south_african(source: Source, _: str) -> str:
    number = f"{birth(source)}{digits(source, 4)}08"
    return number + luhn_digit(number)


def _passport(source: Source, _: str) -> str:
    return source.choice([f"{source.choice(UPPER)}{digits(source, 8)}", digits(source, 9), f"M{digits(source, 8)}"])


def _licence(source: Source, _: str) -> str:
    return f"{source.choice(UPPER)}{digits(source, 7)}"


def _imei(source: Source, _: str) -> str:
    number = "35" + digits(source, 12)
    return number + luhn_digit(number)


PAPERS: dict[str, Callable[[Source, str], str]] = {
    "us-ssn": _ssn, "us-itin": _itin, "uk-nino": _nino,
    "uk-nhs": _again(_nhs), "de-tax-id": _again(_de_tax), "fr-nir": _nir, "es-dni": _dni, "es-nie": _nie,
    "it-fiscal-code": _fiscal, "nl-bsn": _again(_bsn), "pl-pesel": _pesel, "br-cpf": _cpf, "br-cnpj": _cnpj,
    "ca-sin": _sin, "au-tfn": _again(_tfn), "au-medicare": _medicare,
    "se-personnummer": _swedish, "fi-hetu": _hetu,
    "ch-ahv": _ahv, "be-national-number": _belgian, "cl-rut": _rut, "tr-identity-number": _turkish,
    "za-id": _south_african, "passport": _passport, "driver-license": _licence, "imei": _imei,
}  # fmt: skip
