"""Evidence: where a statement stands and what stands there, masked, printable and bounded."""

from __future__ import annotations

from functools import lru_cache

from helmward.core.nouns import Change, Evidence, Source, short_id
from helmward.core.text import one_line
from helmward.explain.excerpts import excerpt
from helmward.guard.secrets import mask, mask_value
from helmward.world.logs import Log, LogRef
from helmward.world.objects import Object

_LONGEST = 500


@lru_cache(maxsize=8192)  # each pass says most of it again
def clean(text: str, limit: int = _LONGEST) -> str:
    """Outside text as it may be shown: secrets masked, one line, no control characters, bounded."""
    return one_line(mask(text[: limit * 4]), limit)


def of_object(item: Object, path: str, value: object = "") -> Evidence:
    """A field of an object; `path` as kubectl's jsonpath writes it (`.status.phase`), `value` what stands there."""
    shown = excerpt(path, value) or item.kind.name
    return _evidence("object", f"{item.resource} {path}".rstrip(), shown, item.file, item.line)


def of_event(event: Object) -> Evidence:
    """What an Event says. Its ref names the object it is about."""
    view = event.view
    about = view.involved_object
    place = f"{about.kind}/{about.namespace}/{about.name}" if about.namespace else f"{about.kind}/{about.name}"
    count = view.series.count if view.series else view.count
    times = f" ({count} times)" if count and count > 1 else ""
    text = f"{view.reason}: {view.message}{times}"
    return _evidence("event", f"{place} event {event.name}", text, event.file, event.line, view.last_seen)


def of_log(ref: LogRef, log: Log, line: int) -> Evidence:
    """Line `line` (from 0) of a container's log."""
    return _evidence("log", ref.place, log.lines[line], log.file, line + 1 if log.file else None)


def of_change(change: Change) -> Evidence:
    """A change of desired state: what, from what to what, by whom, when."""
    return _evidence(
        "change", f"{change.resource} .{change.path}".rstrip(" ."), describe(change), time=change.time or None
    )


def of_sign(source: Source, ref: str, text: str, file: str | None = None, time: str | None = None) -> Evidence:
    """What a metric, an alert or a connectivity check shows; `ref` names it."""
    return _evidence(source, ref, text, file, None, time)


def describe(change: Change) -> str:
    """`containers[app].image a:1 → a:2 by kubectl-set at 2026-01-31T12:00:00Z`, its values masked; `Secret s deleted at …`."""
    if not change.time:  # nobody wrote it down: what runs differs from what was deployed
        return f"{what(change)} since its manifest"
    return f"{what(change)}{f' by {change.manager}' if change.manager else ''} at {change.time}"


def what(change: Change) -> str:
    """The same without who and when: `containers[app].image a:1 → a:2`."""
    kind, path = change.resource.kind, change.path
    if not path:  # the whole object: `"created"` or `"deleted"`
        return f"{kind} {change.resource.name} {(change.after or '').strip(chr(34))}"
    name = path.rpartition(".")[2].strip("[]")
    before, after = (_value(name, kind, text) for text in (change.before, change.after))
    shown = path.replace("spec.template.spec.", "").removeprefix("spec.template.").removeprefix("spec.")
    return f"{shown} {before} → {after}"


def _value(name: str, kind: str, text: str | None) -> str:
    if text is None:
        return "(none)"
    if kind == "Secret":
        return "(hidden)"
    plain = text[1:-1] if text.startswith('"') else text
    return one_line(mask_value(name, plain), 160)


def _evidence(
    source: Source, ref: str, text: str, file: str | None = None, line: int | None = None, time: str | None = None
) -> Evidence:
    shown = clean(text)
    ref = one_line(ref, 400)
    identity = short_id("ev", source, ref, shown)
    return Evidence(id=identity, source=source, ref=ref, excerpt=shown, file=file, line=line, time=time)
