"""From a pattern, the pattern of its unfinished matches: what a text may end in while a match is still under way.

The prefixes of a concatenation `a b` are those of `a`, and `a` followed by those of `b`; of `a{m,n}`, up to n-1 times `a` and
then those of `a`. The language is closed under prefixes by construction: so where a text is not unfinished at some place, no
match goes across it (windows.py rests on this). Anchors and context before the match are left out, which only adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from helmward.guard.matching.trees import CONSTANTS, PARSER

_MOST_REPEATS = 1000  # RE2 takes no more
# What a text is cut at (windows.py), as bytes: white space, and the bytes of characters beyond ASCII.
_CROSSED = " \t\n\r" + "".join(map(chr, range(0x80, 0x100)))
_CATEGORY = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def unfinished(pattern: str, then: str = "") -> str | None:
    """RE2 for every non-empty beginning of a match of `pattern`, followed by `then`; None where no match goes on over a place
    at which texts are cut. Raises ValueError for what RE2 does not have either."""
    tree = PARSER.parse(pattern.encode().decode("latin-1"))
    items = _without_context(list(tree))
    flags = "(?i)" if tree.state.flags & re.IGNORECASE else ""
    if not then and not any(_crosses(item) for item in items):
        return None
    whole = f"{_all(items)}(?:{then})" if then else ""
    beginnings = _begin(items)
    return f"{flags}(?:{beginnings}|{whole})" if whole else f"{flags}(?:{beginnings})"


def _without_context(items: list[Any]) -> list[Any]:
    """Without what leads a pattern to say what must stand before: anchors, and one character that may be white space."""
    while items and (_is_anchor(items[0]) or (_single(items[0]) and _crosses(items[0]))):
        items = items[1:]
    return items


def _is_anchor(item: Any) -> bool:
    return item[0] is CONSTANTS.AT


def _single(item: Any) -> bool:
    return all(width <= 1 for width in _width(item))


def _width(item: Any) -> tuple[int, int]:
    holder = PARSER.SubPattern(PARSER.State(), [item])
    low, high = holder.getwidth()
    return int(low), int(high)


def _crosses(item: Any) -> bool:
    operator, value = item
    if operator is CONSTANTS.SUBPATTERN:
        return any(_crosses(inner) for inner in value[3])
    if operator is CONSTANTS.BRANCH:
        return any(_crosses(inner) for branch in value[1] for inner in branch)
    if operator in (CONSTANTS.MAX_REPEAT, CONSTANTS.MIN_REPEAT):
        return any(_crosses(inner) for inner in value[2])
    if operator in (CONSTANTS.AT,):
        return False
    return _one_crosses(_one(item))


@cache
def _one_crosses(pattern: str) -> bool:
    """Whether a pattern of one byte matches any at which texts are cut."""
    return re.search(pattern, _CROSSED, re.DOTALL | re.ASCII) is not None


def _begin(items: list[Any]) -> str:
    """The non-empty beginnings of a sequence; "" where there are none."""
    text = ""
    for item in reversed([item for item in items if not _is_anchor(item)]):
        own, whole = _begin_of(item), _one(item)
        if own == whole and text:
            text = f"{whole}(?:{text})?"
        else:
            text = "|".join(part for part in (own, f"{whole}(?:{text})" if text else "") if part)
    return text


def _begin_of(item: Any) -> str:
    operator, value = item
    if operator is CONSTANTS.SUBPATTERN:
        inside = _begin(list(value[3]))
        return _flagged(value, f"(?:{inside})") if inside else ""
    if operator is CONSTANTS.BRANCH:
        branches = [inside for branch in value[1] if (inside := _begin(list(branch)))]
        return f"(?:{'|'.join(branches)})" if branches else ""
    if operator in (CONSTANTS.MAX_REPEAT, CONSTANTS.MIN_REPEAT):
        _, high, inner = value
        if all(_single(part) for part in inner) and len(inner) == 1:
            return f"{_all(list(inner))}{_times(1, high)}"
        before = _times(0, high if high is CONSTANTS.MAXREPEAT else high - 1)
        return f"{_all(list(inner))}{before}(?:{_begin(list(inner))})"
    return _one(item)


def _all(items: list[Any]) -> str:
    joined = "".join(_one(item) for item in items if not _is_anchor(item))
    return f"(?:{joined})"


def _one(item: Any) -> str:
    operator, value = item
    write = _WRITERS.get(str(operator))
    if write is None:
        raise ValueError(f"a pattern with {operator} has no unfinished form")
    return write(value)


def _branch(value: Any) -> str:
    return "(?:" + "|".join(_all(list(branch)) for branch in value[1]) + ")"


def _repeat(value: Any) -> str:
    low, high, inner = value
    return f"{_all(list(inner))}{_times(low, high)}"


def _group(value: Any) -> str:
    return _flagged(value, _all(list(value[3])))


def _flagged(value: Any, text: str) -> str:
    return f"(?i:{text})" if value[1] & re.IGNORECASE else text


def _times(low: int, high: int) -> str:
    low = min(low, _MOST_REPEATS)
    if high is CONSTANTS.MAXREPEAT or high > _MOST_REPEATS:
        return f"{{{low},}}"
    return f"{{{low},{high}}}"


def _literal(code: int) -> str:
    if chr(code).isascii() and chr(code).isalnum():
        return chr(code)
    return f"\\x{code:02x}"


def _class(value: Any) -> str:
    negated = bool(value) and value[0][0] is CONSTANTS.NEGATE
    parts = []
    for operator, inner in value[1:] if negated else value:
        if operator is CONSTANTS.LITERAL:
            parts.append(_literal(inner))
        elif operator is CONSTANTS.RANGE:
            parts.append(f"{_literal(inner[0])}-{_literal(inner[1])}")
        else:
            parts.append(_CATEGORY[str(inner)])
    return f"[{'^' if negated else ''}{''.join(parts)}]"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "LITERAL": _literal,
    "NOT_LITERAL": lambda code: f"[^{_literal(code)}]",
    "ANY": lambda _: r"[^\n]",
    "IN": _class,
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "AT": lambda _: "",
    "CATEGORY": lambda category: _CATEGORY[str(category)],
}
