"""Is this call one that the model may ask for? Its name, its arguments' shape, and what they would do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helmward.guard.contract import About, Span
from helmward.guard.tool_calls.dangers import dangers
from helmward.guard.tool_calls.purpose import Purpose, purpose_of
from helmward.guard.tool_calls.rules import rule
from helmward.guard.tool_calls.schema import mismatch
from helmward.guard.tool_calls.writing import Leaf, TooDeep, Written

# The names that both model APIs take (up to 128 characters at one, 64 at the other), and MCP's dots and slashes.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}")


def canonical(name: str, arguments: Mapping[str, object] | None, raw: str = "") -> str:
    """The text of a call, to which `check_call`'s offsets point: `{"name": …, "arguments": …}`; the arguments as the model
    wrote them, in a JSON string, where they are no object."""
    return _written(name, arguments, raw)[0].text


def check_call(name: str, arguments: Mapping[str, object] | None, raw: str, about: About) -> list[Span]:
    """What is wrong with a call, by offsets in `canonical(...)`, in order; nothing where all is well.

    `arguments` is the parsed object, None where `raw`, what the model wrote, is none. `about.offered` holds the tools that the
    model may call, with the JSON Schema of their arguments. Pure; linear in the size of the call."""
    written, too_deep = _written(name, arguments, raw)
    found = list(_name(name, written, about))
    if arguments is None or too_deep:
        found.append(Span(rule("malformed-arguments"), *written.arguments, 1.0))
        return found
    schema = about.offered.get(name)
    if schema is not None and (problem := mismatch(arguments, schema)) is not None:
        found.append(Span(rule("schema-mismatch"), *_place(written, problem.path), 1.0))
    for leaf in written.leaves:
        found += _leaf(leaf, purpose_of(name, leaf, schema))
    return sorted(found, key=lambda span: (span.start, span.end, span.rule))


def _written(name: str, arguments: Mapping[str, object] | None, raw: str) -> tuple[Written, bool]:
    if arguments is not None:
        try:
            return Written(name, arguments), False
        except TooDeep:
            return Written(name, raw), True
    return Written(name, raw), False


def _name(name: str, written: Written, about: About) -> Iterator[Span]:
    if name not in about.offered:
        yield Span(rule("not-offered"), *written.name, 1.0)
    if not _NAME.fullmatch(name):
        yield Span(rule("unsafe-name"), *written.name, 1.0)


def _place(written: Written, path: tuple[str, ...]) -> tuple[int, int]:
    """The first value under the path, else all arguments."""
    for leaf in written.leaves:
        if not leaf.is_key and path and leaf.path[: len(path)] == path:
            return leaf.start, leaf.end
    return written.arguments


def _leaf(leaf: Leaf, purpose: Purpose) -> Iterator[Span]:
    if isinstance(leaf.value, str):
        for name, sure in dangers(leaf.value, purpose):
            yield Span(rule(name), leaf.start, leaf.end, sure)
