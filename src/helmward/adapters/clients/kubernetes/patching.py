"""From a mandate to one JSON Patch (RFC 6902) that holds its own preconditions, atomically, at the server.

The resourceVersion of a broken object changes all the time, so it is no precondition: the UID and the touched values are.
Only where a path is absent (JSON Patch cannot test that) is the version that was just read named too.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helmward.core.mandate import Drifted, Mandate
from helmward.core.plans import FieldChange
from helmward.core.pointers import value_at
from helmward.core.text import one_line

ACTION = "helmward.dev/action"
"""The annotation that names the action which wrote last."""

_ANNOTATIONS = "/metadata/annotations"
_ANNOTATION = "/metadata/annotations/helmward.dev~1action"
Operation = dict[str, Any]


def is_done(document: dict[str, Any], mandate: Mandate) -> bool:
    """True if the object carries our id: it came with our values, in one atomic patch, so this action wrote them already.
    Where the values are others by now, somebody changed them since: that is for the verification to say, not to write again."""
    ours = bool(value_at(document, _ANNOTATION) == mandate.action)
    return ours and bool(value_at(document, "/metadata/uid") == mandate.uid)


def check(document: dict[str, Any], mandate: Mandate) -> None:
    """Raises Drifted where the object is not as planned."""
    where = mandate.resource
    if value_at(document, "/metadata/uid") != mandate.uid:
        raise Drifted(f"{where} was deleted and made anew since this was planned; make a new plan.")
    if mandate.generation is not None and value_at(document, "/metadata/generation") != mandate.generation:
        raise Drifted(f"The spec of {where} changed since this was planned; make a new plan.")
    for path, planned in _preconditions(mandate):
        if value_at(document, path) != planned:
            raise Drifted(f"{path} of {where} is no longer {_short(planned)}; make a new plan.")


def operations(document: dict[str, Any], mandate: Mandate, now: datetime) -> list[Operation]:
    """The patch for an object that was just read."""
    tests = [_test("/metadata/uid", mandate.uid)]
    if mandate.generation is not None:
        tests.append(_test("/metadata/generation", mandate.generation))
    tests += [_test(path, planned) for path, planned in _preconditions(mandate) if planned is not None]
    annotated = isinstance(value_at(document, "/metadata/annotations"), dict)
    if not annotated or any(change.before is None for change in mandate.changes):
        tests.append(_test("/metadata/resourceVersion", value_at(document, "/metadata/resourceVersion")))
    # What holds the mark must be there before it, and before a change of another annotation.
    holder = [] if annotated else [{"op": "add", "path": _ANNOTATIONS, "value": {}}]
    mark = {"op": "add", "path": _ANNOTATION, "value": mandate.action}
    return [*tests, *holder, *(_operation(change, now) for change in mandate.changes), mark]


def _preconditions(mandate: Mandate) -> list[tuple[str, Any]]:
    anchors = [(anchor.path, anchor.value) for anchor in mandate.anchors]
    return anchors + [(change.path, change.before) for change in mandate.changes]


def _operation(change: FieldChange, now: datetime) -> Operation:
    if change.symbolic is None and change.after is None:
        return {"op": "remove", "path": change.path}
    value = _written(change, now)
    return {"op": "add" if change.before is None else "replace", "path": change.path, "value": value}


def _written(change: FieldChange, now: datetime) -> Any:
    if change.symbolic is None:
        return change.after
    return _with_time(change.after, now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))


def _with_time(value: Any, moment: str) -> Any:
    """The time in place of the words that stand for it, at the end of parents that are made with it."""
    return {key: _with_time(inner, moment) for key, inner in value.items()} if isinstance(value, dict) else moment


def _test(path: str, value: Any) -> Operation:
    return {"op": "test", "path": path, "value": value}


def _short(value: Any) -> str:
    return "absent" if value is None else one_line(str(value), 80)
