"""What a plain YAML scalar means to kubectl.

kubectl reads YAML with sigs.k8s.io/yaml, whose resolver is go-yaml v2's (resolve.go): `yes`, `on` and `y` are booleans,
`0644` and `0o644` are octal, `1e3` is a number; a timestamp and `12:30` stay text.
"""

from __future__ import annotations

import re

_WORDS: dict[str, object] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_FIRST = frozenset("0123456789+-.")
_LONGEST = 64


def resolve(text: str) -> object:
    """The value of a plain scalar: None, a boolean, a number or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST or len(text) > _LONGEST:
        return text
    plain = text.replace("_", "")
    if (match := _INTEGER.fullmatch(plain)) is not None:
        return _integer(*match.groups())
    return float(plain) if _FLOAT.fullmatch(plain) else text


def _integer(sign: str, hexadecimal: str, binary: str, octal: str, decimal: str) -> int | float:
    digits, base = next(pair for pair in ((hexadecimal, 16), (binary, 2), (octal, 8), (decimal, 10)) if pair[0])
    value = int(digits, base) * (-1 if sign == "-" else 1)
    return value if -(2**63) <= value < 2**64 else float(value)


def key_text(key: object) -> str | None:
    """How sigs.k8s.io/yaml writes a mapping's key in JSON, where every key is text; None where it cannot."""
    match key:
        case str():
            return key
        case bool():
            return "true" if key else "false"
        case None:
            return "null"
        case int() | float():
            return str(key)
    return None
