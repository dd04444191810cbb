"""Numbers of people in the Americas."""

from __future__ import annotations

from helmward.guard.matching.rows import alone, named
from helmward.guard.pii.checksums import digits, luhn, plain, varied, weighted
from helmward.guard.pii.dates import is_day

# Never given out, and printed in advertisements and forms (Social Security Administration).
_ADVERTISED = frozenset({"078051120", "219099999"})
_CURP = "0123456789ABCDEFGHIJKLMN\x00OPQRSTUVWXYZ"


def _ssn(text: str) -> float:
    """No area 000, 666 or 9xx, no group 00, no serial 0000 (SSA, since 2011)."""
    number = digits(text)
    area, group, serial = number[:3], number[3:5], number[5:]
    if area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000":
        return 0.0
    return 0.0 if number in _ADVERTISED or not varied(number) else 0.85


def _itin(text: str) -> float:
    """9xx and a group that the IRS gives out."""
    group = int(digits(text)[3:5])
    return 0.85 if 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99 else 0.0


def _cpf(text: str) -> float:
    """Receita Federal: two check digits modulo 11."""
    number = digits(text)
    right = all(weighted(number[:n], range(n + 1, 1, -1)) * 10 % 11 % 10 == int(number[n]) for n in (9, 10))
    return 0.95 if right and varied(number) else 0.0


def _cnpj(text: str) -> float:
    number = digits(text)
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    right = all(weighted(number[:n], weights[13 - n :]) * 10 % 11 % 10 == int(number[n]) for n in (12, 13))
    return 0.95 if right and varied(number) else 0.0


def _sin(text: str) -> float:
    number = digits(text)
    return 0.9 if number[0] not in "08" and luhn(number) and varied(number) else 0.0


def _rut(text: str) -> float:
    """Registro Civil: modulo 11 with weights 2 to 7, K for ten."""
    number = plain(text)
    check = -weighted(number[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4)) % 11
    return 0.9 if number[-1] == ("K" if check == 10 else str(check)) else 0.0


def _curp(text: str) -> float:
    """RENAPO: a day, and a check digit over an alphabet with Ñ."""
    total = sum(_CURP.index(letter) * (18 - place) for place, letter in enumerate(text[:17]))
    return 0.95 if is_day(text[6:8], text[8:10]) and str(-total % 10) == text[17] else 0.0


_SSN = r"[0-9]{3}[ \-]?[0-9]{2}[ \-]?[0-9]{4}"
_ITIN = r"9[0-9]{2}[ \-]?[5-9][0-9][ \-]?[0-9]{4}"
_SIN = r"[1-79][0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3}"
_CPF = r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}"

KINDS = (
    alone("us-ssn", r"\b[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}\b", _ssn),
    named("us-ssn", "ssn|social security|soc sec|social security number", _SSN, _ssn, loose=True),
    alone("us-itin", r"\b9[0-9]{2}-[5-9][0-9]-[0-9]{4}\b", _itin),
    named("us-itin", "itin|individual taxpayer identification|taxpayer", _ITIN, _itin, loose=True),
    named("ca-sin", "sin|social insurance|nas|assurance sociale", _SIN, _sin, loose=True),
    alone("br-cpf", r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", _cpf),
    named("br-cpf", "cpf|cadastro de pessoas físicas", _CPF, _cpf, loose=True),
    alone("br-cnpj", r"\b[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}\b", _cnpj),
    named("br-cnpj", "cnpj", r"[0-9]{14}", _cnpj, loose=True),
    alone("cl-rut", r"\b[1-9][0-9]?\.[0-9]{3}\.[0-9]{3}-[0-9kK]\b", _rut),
    named("cl-rut", "rut|run|rol único tributario", r"[1-9][0-9]{6,7}-?[0-9kK]", _rut, loose=True),
    alone("mx-curp", r"\b[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]\b", _curp),
)  # fmt: skip
