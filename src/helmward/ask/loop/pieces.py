"""A tool's answer cut into pieces of evidence: small enough to cite, each naming where it stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from helmward.ask.loop.ports import Found
from helmward.core.nouns import Source
from helmward.core.text import one_line

PIECE = 600
"""Characters of one piece."""

_LONGEST_VALUE = 80  # characters of an argument

_SOURCES: dict[str, Source] = {
    "pods_log": "log",
    "events_list": "event",
    "nodes_top": "metric",
    "changes_list": "change",
    "plans_list": "change",
    "plans_get": "change",
    "actions_list": "change",
    "actions_get": "change",
}
_PLANS = frozenset({"plans_list", "plans_get", "actions_list", "actions_get"})


class Cut(NamedTuple):
    """A piece before it has an id. `ours`: Helmward's own words, in which nothing from outside stands but names."""

    source: Source
    ref: str
    excerpt: str
    ours: bool = False


def cut(name: str, arguments: Mapping[str, Any], found: Found) -> Iterator[Cut]:
    """The pieces of an answer of the tool `name`, in its order; one that says so where nothing was found."""
    where, source = called(name, arguments), _SOURCES.get(name, "object")
    if found.text:
        lines = (one_line(line, PIECE) for line in found.text.splitlines() if line.strip())
        yield from (Cut(source, where, text) for text in (lines if source == "log" else _packed(lines, " | ")))
    elif "items" not in found.data:
        yield from _thing(name, source, where, found.data)
    elif found.data["items"]:
        for item in found.data["items"]:
            yield from _thing(name, source, where, item)
    else:
        yield Cut(source, where, "nothing was found")


def called(name: str, arguments: Mapping[str, Any]) -> str:
    """A call as text: `pods_log namespace=production name=frontend-1`. What the model wrote stands in quotes."""
    words = (f"{key}={shlex.quote(one_line(_word(value), _LONGEST_VALUE))}" for key, value in arguments.items())
    return one_line(" ".join([name, *words]), 300)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _thing(name: str, source: Source, where: str, thing: Mapping[str, Any]) -> Iterator[Cut]:
    ref = reference(thing) or where
    if name == "incidents_explain":
        yield from _incident(ref, thing)
    else:
        if name in _PLANS:
            yield _plan(ref, thing)
        yield from _chunks(source, ref, thing)


def reference(thing: Mapping[str, Any]) -> str:
    """What a JSON object is about: an object, or an incident, plan or action by its id."""
    about = next((part for key in ("metadata", "resource") if isinstance(part := thing.get(key), Mapping)), thing)
    kind = about.get("kind") or thing.get("kind")
    parts = [part for part in (kind, about.get("namespace"), about.get("name")) if isinstance(part, str) and part]
    identity = thing.get("id")
    words = [identity] if isinstance(identity, str) else []
    return one_line(" ".join([*words, "/".join(parts)] if len(parts) > 1 else words), 200)


def _incident(ref: str, thing: Mapping[str, Any]) -> Iterator[Cut]:
    """Each piece of evidence by itself, under its own place; remedies are Helmward's own words."""
    findings = thing.get("findings", ())
    for found in findings:
        about = reference({**found, "id": None})
        yield Cut(
            "object", about, one_line(f"{found['code']} {found['slug']}: {found['message']} {found['why']}", PIECE)
        )
        for proof in found["evidence"]:
            yield Cut(proof["source"], one_line(proof["ref"], 200), one_line(proof["excerpt"], PIECE))
    for remedy in thing.get("remedies", ()):
        yield Cut("object", ref, one_line(f"remedy: {remedy['text']} {remedy.get('command', '')}", PIECE), ours=True)
    for moment in thing.get("timeline", ()):
        yield Cut("change", ref, one_line(f"{moment['time']} {moment['text']}", PIECE))
    rest = {key: value for key, value in thing.items() if key not in ("findings", "remedies", "timeline", "symptoms")}
    yield from _chunks("object", ref, rest)


def _plan(ref: str, thing: Mapping[str, Any]) -> Cut:
    """How far it is, by Helmward's own records."""
    given = thing.get("approval") or {}
    by = f"; approved by {given['approver']} ({given['role']}) at {given['time']}" if given else ""
    return Cut("change", ref, one_line(f"{thing.get('id')} is {thing.get('state')}{by}", PIECE), ours=True)


def _chunks(source: Source, ref: str, thing: Mapping[str, Any]) -> Iterator[Cut]:
    """A small object as it is, a large one as `path: value`, in pieces."""
    whole = msgspec.json.encode(thing).decode()
    if len(whole) <= PIECE:
        yield Cut(source, ref, one_line(whole, PIECE))
        return
    lines = (one_line(f"{path}: {value}", PIECE) for path, value in _leaves("", thing))
    yield from (Cut(source, ref, text) for text in _packed(lines, "; "))


def _packed(lines: Iterable[str], between: str) -> Iterator[str]:
    """Lines joined to texts of a piece's size."""
    held = ""
    for line in lines:
        if held and len(held) + len(between) + len(line) > PIECE:
            yield held
            held = ""
        held = f"{held}{between}{line}" if held else line
    if held:
        yield held


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list | tuple) and value:
        for number, inner in enumerate(value):
            yield from _leaves(f"{path}[{number}]", inner)
    else:
        yield path, _word(value)
