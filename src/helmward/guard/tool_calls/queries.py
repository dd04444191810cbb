"""SQL: what breaks out of a value, and what destroys where SQL is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2

from helmward.guard.tool_calls.purpose import Purpose

_BREAKS_OUT: Any = re2.compile(
    r"(?i)['\")]\s*;?\s*(?:or|and)\s+['\"(]*\s*(?:\d+\s*['\"]?\s*=\s*['\"]?\s*\d|\w+'\s*=\s*'\w|true\b)|['\"]\s*\)*\s*;\s*(?:drop|delete|update|insert|alter|exec|truncate|"
    r"create|grant|shutdown)\b|\bunion\s+(?:all\s+)?select\b|;\s*drop\s+(?:table|database|schema)\b|\bxp_cmdshell\b"
    r"|\binto\s+(?:outfile|dumpfile)\b|\b(?:pg_sleep|benchmark|waitfor\s+delay)\s*[('\"]"
)
_DESTROYS: Any = re2.compile(
    r"(?i)\bdrop\s+(?:table|database|schema|user|role|index|view)\b|\btruncate\s+(?:table\s+)?\w|\bdelete\s+from\s+[\w.\"`]+\s*(?:;|$)"
    r"|\bcopy\s[^;]{0,200}\b(?:from|to)\s+program\b|\blo_(?:import|export)\s*\("
)


def queries(value: str, purpose: Purpose) -> Iterator[tuple[str, float]]:
    """SQL that is an injection in a value; where a query belongs, only what destroys, and that is flagged."""
    if purpose in ("query", "command"):
        if _DESTROYS.search(value):
            yield "destructive-sql", 0.6
    elif _BREAKS_OUT.search(value):
        yield "sql-injection", 0.85
