"""Do arguments fit a JSON Schema? The part of JSON Schema (2020-12) that tools use; keywords unknown here demand nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import re2

_DEEPEST = 64
_MOST_STEPS = 20_000

Schema = Mapping[str, Any]
Path = tuple[str, ...]


class Mismatch(NamedTuple):
    """The first place that does not fit: the keys that lead to it, and what was expected there."""

    path: Path
    expected: str


class _TooLong(Exception):
    """The schema asks for more steps than any tool's does."""


def mismatch(value: object, schema: Mapping[str, object]) -> Mismatch | None:
    """What of `value` does not fit, None where all does. A schema that cannot be followed fits nothing."""
    try:
        return next(_Check(schema).problems(value, schema, (), 0), None)
    except _TooLong:
        return Mismatch((), "a schema that can be followed")


class _Check:
    """One value against one schema; `root` is where references lead."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._steps = 0

    def problems(self, value: object, schema: object, path: Path, depth: int) -> Iterator[Mismatch]:
        self._steps += 1
        if depth > _DEEPEST or self._steps > _MOST_STEPS:
            raise _TooLong
        if schema is False:
            yield Mismatch(path, "nothing")
        if not isinstance(schema, Mapping):
            return
        if isinstance(reference := schema.get("$ref"), str):
            yield from self.problems(value, self._resolved(reference), path, depth + 1)
        yield from _plain(value, schema, path)
        yield from self._combined(value, schema, path, depth)
        if isinstance(value, Mapping):
            yield from self._object(value, schema, path, depth)
        elif isinstance(value, list | tuple):
            yield from self._list(value, schema, path, depth)

    def _combined(self, value: object, schema: Schema, path: Path, depth: int) -> Iterator[Mismatch]:
        for part in _listed(schema.get("allOf")):
            yield from self.problems(value, part, path, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if keyword not in schema:
                continue
            fits = sum(self._fits(value, part, path, depth) for part in _listed(schema[keyword]))
            if not fits or (keyword == "oneOf" and fits > 1):
                yield Mismatch(path, f"{'one' if keyword == 'oneOf' else 'any'} of the kinds its schema lists")
        if "not" in schema and self._fits(value, schema["not"], path, depth):
            yield Mismatch(path, "another kind of value")

    def _fits(self, value: object, schema: object, path: Path, depth: int) -> bool:
        return next(self.problems(value, schema, path, depth + 1), None) is None

    def _object(self, value: Mapping[str, object], schema: Schema, path: Path, depth: int) -> Iterator[Mismatch]:
        yield from (Mismatch(path, f"'{name}'") for name in _listed(schema.get("required")) if name not in value)
        properties = _mapped(schema.get("properties"))
        patterns = _mapped(schema.get("patternProperties"))
        others = schema.get("additionalProperties", True)
        for name, inner in value.items():
            matching = [part for pattern, part in patterns.items() if _matches(pattern, str(name))]
            if name in properties:
                matching.append(properties[name])
            for part in matching or [others]:
                yield from self.problems(inner, part, (*path, str(name)), depth + 1)

    def _list(self, value: Sequence[object], schema: Schema, path: Path, depth: int) -> Iterator[Mismatch]:
        first = _listed(schema.get("prefixItems"))
        for number, inner in enumerate(value):
            part = first[number] if number < len(first) else schema.get("items", True)
            yield from self.problems(inner, part, path, depth + 1)

    def _resolved(self, reference: str) -> object:
        """Where a reference inside the schema leads; one that leads elsewhere fits nothing."""
        if not reference.startswith("#"):
            return False
        place: object = self._root
        for part in reference[1:].split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            place = place.get(name, False) if isinstance(place, Mapping) else False
        return place


def _plain(value: object, schema: Schema, path: Path) -> Iterator[Mismatch]:
    """What a value must be by itself."""
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else _listed(kinds)
    if names and not any(_TYPES.get(str(name), _nothing)(value) for name in names):
        yield Mismatch(path, " or ".join(map(str, names)))
    if "enum" in schema and not any(_same(value, one) for one in _listed(schema["enum"])):
        yield Mismatch(path, "one of the values its schema lists")
    if "const" in schema and not _same(value, schema["const"]):
        yield Mismatch(path, "the value its schema names")
    yield from (Mismatch(path, text) for text in _bounds(value, schema))


def _bounds(value: object, schema: Schema) -> Iterable[str]:
    if isinstance(value, str):
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and not _matches(pattern, value):
            yield "a text of the pattern its schema names"
        yield from _within(len(value), schema.get("minLength"), schema.get("maxLength"), "characters")
    elif isinstance(value, list | tuple):
        yield from _within(len(value), schema.get("minItems"), schema.get("maxItems"), "items")
    elif _is_number(value):
        yield from _within(value, schema.get("minimum"), schema.get("maximum"), "as number")
        low, high = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        if (_is_number(low) and value <= low) or (_is_number(high) and value >= high):  # type: ignore[operator]
            yield "a number within its bounds"


def _within(size: Any, low: Any, high: Any, of: str) -> Iterator[str]:
    if _is_number(low) and size < low:
        yield f"at least {low} {of}"
    if _is_number(high) and size > high:
        yield f"at most {high} {of}"


def _matches(pattern: str, text: str) -> bool:
    """Whether the pattern is somewhere in the text; one that RE2 does not have demands nothing."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _nothing(_: object) -> bool:
    return False


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _mapped(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}
