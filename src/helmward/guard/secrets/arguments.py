"""A command line as a list: flags that name a secret, `key=value`, and whatever else a word may hold."""

from __future__ import annotations

import re

from helmward.guard.secrets.masking import mask
from helmward.guard.secrets.names import WEAK, kind_of_name
from helmward.guard.secrets.values import mask_value

_SETTING = re.compile(r"(-{0,2}[A-Za-z_][\w.-]*)=(.*)", re.S)
_FLAG = re.compile(r"--?[A-Za-z][\w.-]*")


def mask_arguments(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The same arguments without their secrets; a flag's value may stand in the word after it."""
    masked: list[str] = []
    before = ""
    for word in arguments:
        masked.append(_word(before, word))
        before = word
    return tuple(masked)


def _word(before: str, word: str) -> str:
    if _FLAG.fullmatch(before) and not word.startswith("-") and kind_of_name(before) not in (None, WEAK):
        return mask_value(before, word)
    if setting := _SETTING.fullmatch(word):
        name, value = setting.groups()
        return mask(word) if "\n" in value else f"{name}={mask_value(name, value)}"
    return mask(word)
