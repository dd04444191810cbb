"""Argo CD's ignoreDifferences: which touched paths an Application does not compare (its documentation: user-guide/diffing)."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from helmward.tools.kubernetes.ownership.claims import Case
from helmward.tools.kubernetes.ownership.pointers import covers
from helmward.tools.kubernetes.ownership.raw import Raw, group, items, mappings, text

# The plain jq paths can be read without jq (.spec.replicas); any other expression is held not to match.
_PLAIN = re.compile(r"\.[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


def ignored(application: Raw, case: Case, path: str) -> bool:
    """Whether a change of `path` by `case.writer` makes no difference to the Application."""
    rules = mappings(application, "spec", "ignoreDifferences")
    return any(_means(rule, case.item) and _names(rule, case, path) for rule in rules)


def _means(rule: Raw, item: Raw) -> bool:
    """Group and kind are patterns and needed (the core group is empty), name and namespace may be left out."""
    kind = fnmatchcase(text(item, "kind"), text(rule, "kind"))
    api = fnmatchcase(group(text(item, "apiVersion")), text(rule, "group"))
    name = text(rule, "name") in ("", text(item, "metadata", "name"))
    namespace = text(rule, "namespace") in ("", text(item, "metadata", "namespace"))
    return kind and api and name and namespace


def _names(rule: Raw, case: Case, path: str) -> bool:
    pointers = [pointer for pointer in items(rule, "jsonPointers") if isinstance(pointer, str)]
    plain = [found for found in items(rule, "jqPathExpressions") if isinstance(found, str) and _PLAIN.fullmatch(found)]
    pointers += [found.replace(".", "/") for found in plain]
    return case.writer in items(rule, "managedFieldsManagers") or any(covers(pointer, path) for pointer in pointers)
