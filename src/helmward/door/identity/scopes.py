"""Scopes: patterns of namespaces, environments and clusters, and what is left where two of them meet."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from helmward.core.errors import UsageError
from helmward.core.nouns import Scope
from helmward.core.text import one_line

NOWHERE = ("",)
"""Patterns that nothing matches; none at all would be no limit."""

MOST_PATTERNS = 50
_PATTERN = re.compile(r"[A-Za-z0-9*._:/@-]{1,200}")


def checked(scope: Scope) -> Scope:
    """The scope, sorted. Raises UsageError for a pattern of more than names and `*`, or for very many."""
    for patterns in (scope.namespaces, scope.environments, scope.clusters):
        if len(patterns) > MOST_PATTERNS:
            raise UsageError(f"A scope holds at most {MOST_PATTERNS} patterns of a sort; this one has {len(patterns)}.")
        for pattern in patterns:
            if not _PATTERN.fullmatch(pattern):
                raise UsageError(f"'{one_line(pattern, 40)}' is no pattern; write a name, with * for any characters.")
    return Scope(
        namespaces=tuple(sorted(set(scope.namespaces))),
        environments=tuple(sorted(set(scope.environments))),
        clusters=tuple(sorted(set(scope.clusters))),
    )


def narrowed(one: Scope, other: Scope) -> Scope:
    """What lies within both, or less: of two patterns that overlap in part, neither is kept."""
    return Scope(
        namespaces=_both(one.namespaces, other.namespaces),
        environments=_both(one.environments, other.environments),
        clusters=_both(one.clusters, other.clusters),
    )


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    # With `*` as the only wildcard, a pattern that matches another's text matches all that the other does.
    kept = {pattern for pattern in one if any(fnmatchcase(pattern, wider) for wider in other)}
    kept |= {pattern for pattern in other if any(fnmatchcase(pattern, wider) for wider in one)}
    return tuple(sorted(kept)) or NOWHERE
