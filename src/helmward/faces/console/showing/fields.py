"""A form made from the JSON Schema of a tool's arguments: its fields, what was typed into them, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple
from urllib.parse import urlencode

PREFIX = "a."
"""Arguments stand in addresses and forms under this prefix, so that none is taken for something else."""

_PAGED = "cursor"
_KINDS = {"boolean": "flag", "integer": "whole", "number": "number", "array": "json", "object": "json"}
_ON, _OFF = "true", "false"


def _number(text: str) -> float:
    """Raises ValueError also for what is no number of JSON, and would go to the API as null."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _json(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_constant=_number)


_READ: Mapping[str, Callable[[str], Any]] = {"whole": int, "number": _number, "json": _json}


class Field(NamedTuple):
    """One argument. `form` is text, choice, flag, whole, number or json; `value` what was typed, `wrong` what is wrong with it;
    `default` is the text of what holds where nothing is typed."""

    name: str
    form: str
    required: bool
    description: str
    default: str
    choices: Mapping[str, Any]
    least: float | None
    most: float | None
    longest: int | None
    value: str
    wrong: str = ""

    @property
    def on(self) -> bool:
        """Whether a flag's box is ticked."""
        return (self.value or self.default) == _ON


class Form(NamedTuple):
    """The fields of a tool."""

    fields: tuple[Field, ...]

    @classmethod
    def of(cls, schema: Mapping[str, Any], typed: Mapping[str, str]) -> Form:
        """From a JSON Schema of an object; `typed` is an address's query, or a form."""
        needed = schema.get("required", ())
        names = [name for name in schema.get("properties", {}) if name != _PAGED]
        names.sort(key=lambda name: name not in needed)
        return cls(tuple(_checked(_field(schema, name, name in needed, typed)) for name in names))

    def arguments(self) -> dict[str, Any]:
        """What the tool is called with. What cannot be read as its type goes as it was typed: the API says what is wrong."""
        return {field.name: _value(field) for field in self.fields if field.value}

    @property
    def fits(self) -> bool:
        """Whether there is nothing that the API need not even be asked."""
        return not any(field.wrong for field in self.fields)

    def told(self, tool: str, sentence: str) -> tuple[Form, str]:
        """The form with an error of the API at the field that it names; or, where it names none, the sentence."""
        where, found, what = sentence.removeprefix(f"{tool}: ").partition(": ")
        name = where.partition(".")[0]
        if not found or name not in {field.name for field in self.fields}:
            return self, sentence
        said = what if where == name else f"{where.partition('.')[2]}: {what}"
        fields = tuple(field._replace(wrong=said) if field.name == name else field for field in self.fields)
        return Form(fields), ""


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The arguments among the fields of a form or a query, as they go into an address."""
    return {name: value for name, value in form.items() if name.startswith(PREFIX) and value != ""}


def address(tool: str, arguments: Mapping[str, Any], **more: str) -> str:
    """A tool's page (its name quoted by the caller), with these arguments filled in."""
    query = {f"{PREFIX}{name}": _text(value) for name, value in arguments.items() if value is not None}
    return f"/tools/{tool}?{urlencode({**query, **more})}"


def _field(schema: Mapping[str, Any], name: str, required: bool, given: Mapping[str, str]) -> Field:
    whole = schema["properties"][name]
    found = _resolved(schema, whole)
    choices = found.get("enum", [found["const"]] if "const" in found else ())
    default = whole.get("default", found.get("default"))
    return Field(
        name=name,
        form="choice" if choices else _KINDS.get(_type(found), "text"),
        required=required,
        description=str(whole.get("description", found.get("description", ""))),
        default="" if default is None else _text(default),
        choices={_text(choice): choice for choice in choices},
        least=found.get("minimum"),
        most=found.get("maximum"),
        longest=found.get("maxLength"),
        value=given.get(f"{PREFIX}{name}", "").strip(),
    )


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part of the schema says once references are followed and null is left aside."""
    if "$ref" in part:
        return _resolved(schema, schema.get("$defs", {}).get(str(part["$ref"]).rpartition("/")[2], {}))
    options: Sequence[Any] = [one for one in part.get("anyOf", part.get("allOf", ())) if one.get("type") != "null"]
    if not options:
        return part
    found = [_resolved(schema, one) for one in options]
    if len(found) == 1:
        return found[0]
    return {"type": "object" if any(_KINDS.get(_type(one)) == "json" for one in found) else "string"}


def _type(part: Mapping[str, Any]) -> str:
    kind = part.get("type", "string" if "enum" in part else "object")
    return str(kind) if isinstance(kind, str) else next((str(one) for one in kind if one != "null"), "string")


def _checked(field: Field) -> Field:
    if field.form != "json" or not field.value:
        return field
    try:
        _json(field.value)
    except (ValueError, RecursionError) as error:
        return field._replace(wrong=f"this is not JSON: {error}.")
    return field


def _value(field: Field) -> Any:
    if field.form == "choice":
        return field.choices.get(field.value, field.value)
    if field.form == "flag":
        return {_ON: True, _OFF: False}.get(field.value, field.value)
    if field.form == "text" or field.wrong:
        return field.value
    try:
        return _READ[field.form](field.value)
    except ValueError:
        return field.value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
