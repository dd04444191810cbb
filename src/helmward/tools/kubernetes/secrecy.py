"""No plan holds a secret: a plan is shown, stored and approved, so values that look like one are not planned at all."""

from __future__ import annotations

from helmward.core.errors import DeniedError
from helmward.core.plans import FieldChange
from helmward.core.pointers import value_at
from helmward.tools.kubernetes.merging import patched
from helmward.tools.kubernetes.objects import Document
from helmward.tools.kubernetes.showing import shown


def refuse_secrets(document: Document, changes: tuple[FieldChange, ...]) -> None:
    """Raises DeniedError naming the path where a value, before or after, is one that would not be shown."""
    plain = [change for change in changes if change.symbolic is None]
    if not plain:
        return
    meta = document.get("metadata") or {}
    # The writer makes the holder of annotations where there is none.
    whole = {**document, "metadata": {**meta, "annotations": meta.get("annotations") or {}}}
    before, after = shown(whole), shown(patched(whole, [_operation(change) for change in plain]))
    for change in plain:
        if value_at(before, change.path) != change.before or value_at(after, change.path) != change.after:
            raise DeniedError(
                f"{change.path} holds what looks like a secret, which no plan may hold; change it by hand."
            )


def _operation(change: FieldChange) -> dict[str, object]:
    if change.after is None:
        return {"op": "remove", "path": change.path}
    return {"op": "add" if change.before is None else "replace", "path": change.path, "value": change.after}
