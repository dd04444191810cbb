"""Made-up people: names, mailboxes, telephone numbers, days of birth, addresses."""

from __future__ import annotations

import random
from collections.abc import Callable


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "Alice Brian Chloe Daniel Elena Farid Grace Hugo Ingrid Jamal Keiko Lucas Maria Nadia Oscar Priya Rosa Samuel Tara Viktor"
)
LAST = _words(
    "Anderson Bianchi Carter Dubois Evans Fischer Garcia Hoffmann Ivanova Jensen Kowalski Lopez Murphy Nakamura Okafor Patel "
    "Rossi Schmidt Tanaka Walker"
)
KOREAN = _words("김서연 이준호 박지민 최유진 정민수 강하늘 조은비 윤도현 장미란 임재현 한소희 오세훈")
_DOMAINS = _words("example.com example.org mail.example.net acme.co.uk firma.de contoso.co.kr bücher.example.eu")


def digits(source: random.Random, size: int, first: str = "0123456789") -> str:
    """Random digits."""
    return source.choice(first) + "".join(source.choice("0123456789") for _ in range(size - 1))


def _name(source: random.Random, variant: str) -> str:
    if variant == "ko":
        return source.choice(KOREAN)
    if variant == "last":
        return source.choice(LAST)
    if variant == "first":
        return source.choice(FIRST)
    return f"{source.choice(FIRST)} {source.choice(LAST)}"


def _email(source: random.Random, variant: str) -> str:
    first, last = source.choice(FIRST).lower(), source.choice(LAST).lower()
    local = source.choice(
        [f"{first}.{last}", f"{first}{source.randrange(10, 99)}", f"{first[0]}{last}", f"{first}_{last}+news"]
    )
    return f"{local}@{source.choice(_DOMAINS)}"


def _phone(source: random.Random, variant: str) -> str:
    def n(size: int, first: str = "23456789") -> str:
        return digits(source, size, first)

    forms: dict[str, Callable[[], str]] = {
        "e164": lambda: source.choice(
            [f"+1{n(3)}{n(3)}{n(4)}", f"+4479{n(8)}", f"+8210{n(8)}", f"+49151{n(8)}", f"+336{n(8)}", f"+9198{n(8)}"]
        ),
        "spaced": lambda: source.choice(
            [f"+1 {n(3)} {n(3)} {n(4)}", f"+1 ({n(3)}) {n(3)}-{n(4)}", f"+44 20 {n(4)} {n(4)}", f"+82 10-{n(4)}-{n(4)}",
             f"+33 6 {n(2)} {n(2)} {n(2)} {n(2)}", f"+49 30 {n(8)}", f"+81 90-{n(4)}-{n(4)}", f"+61 4{n(2)} {n(3)} {n(3)}",
             f"+91 98{n(3)} {n(5)}", f"+44 (0)20 {n(4)} {n(4)}"]
        ),
        "us": lambda: source.choice([f"({n(3)}) {n(3)}-{n(4)}", f"{n(3)}-{n(3)}-{n(4)}", f"{n(3)}.{n(3)}.{n(4)}"]),
        "kr": lambda: source.choice([f"010-{n(4)}-{n(4)}", f"02-{n(3)}-{n(4)}", f"031-{n(3)}-{n(4)}", f"010{n(8)}"]),
        "jp": lambda: source.choice([f"090-{n(4)}-{n(4)}", f"03-{n(4)}-{n(4)}"]),
        "uk": lambda: source.choice([f"07{n(3)} {n(6)}", f"020 7{n(3)} {n(4)}", f"0161 {n(3)} {n(4)}"]),
        "fr": lambda: f"0{n(1, '67')} {n(2)} {n(2)} {n(2)} {n(2)}",
        "plain": lambda: source.choice([n(10), f"0{n(9)}", f"0{n(3)} {n(7)}", f"0{n(2)}/{n(7)}", f"1{n(1, '3578')}{n(9)}"]),
    }  # fmt: skip
    return forms[variant or source.choice(["e164", "spaced", "us"])]()


def _birth(source: random.Random, variant: str) -> str:
    year, month, day = source.randrange(1935, 2009), source.randrange(1, 13), source.randrange(1, 29)
    forms = [
        f"{year}-{month:02}-{day:02}",
        f"{day:02}/{month:02}/{year}",
        f"{day}.{month}.{year}",
        f"March {day}, {year}",
    ]
    return f"{year}년 {month}월 {day}일" if variant == "ko" else source.choice(forms)


def _address(source: random.Random, variant: str) -> str:
    if variant == "ko":
        return f"서울특별시 강남구 테헤란로 {source.randrange(1, 500)}"
    street = source.choice(["Main Street", "Oak Avenue", "Station Road", "Elm Drive", "Park Lane", "Sunset Blvd"])
    return f"{source.randrange(1, 9999)} {street}"


PEOPLE = {"person-name": _name, "email": _email, "phone": _phone, "date-of-birth": _birth, "street-address": _address}
