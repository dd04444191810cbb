"""The tools there are, by name, and their arguments checked field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.door.tool import Arguments, ChangeTool, ReadTool, Tool

Right = tuple[str, str, str]
"""API group ("" for core), resource (`pods`, `pods/eviction`) and verb."""


class Toolbox:
    """Every enabled tool. Raises UsageError for two of one name, and for a disabled one that does not exist."""

    def __init__(self, tools: Iterable[Tool], disabled: Iterable[str] = ()) -> None:
        known: dict[str, Tool] = {}
        for one in tools:
            if one.name in known:
                raise UsageError(
                    f"Two tools are called {one.name}: {type(one).__module__} and {type(known[one.name]).__module__}."
                )
            known[one.name] = one
        for name in disabled:
            if name not in known:
                raise UsageError(
                    f"changes.disabled_tools: there is no tool '{name}'; there are {', '.join(sorted(known))}."
                )
            del known[name]
        self._tools = dict(sorted(known.items()))

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def get(self, name: str) -> Tool:
        """The tool of this name. Raises UsageError."""
        found = self._tools.get(name)
        if found is None:
            near = get_close_matches(name, self._tools, 1)
            hint = f"did you mean {near[0]}?" if near else "`helmward tools list` shows them."
            raise UsageError(f"There is no tool '{one_line(name, 60)}'; {hint}")
        return found

    def change(self, name: str) -> ChangeTool:
        """A tool that changes something. Raises UsageError."""
        found = self.get(name)
        if not isinstance(found, ChangeTool):
            raise UsageError(f"{name} changes nothing: call it, there is nothing to plan.")
        return found

    def reader(self, name: str) -> ReadTool:
        """A tool that reads. Raises UsageError."""
        found = self.get(name)
        if not isinstance(found, ReadTool):
            raise UsageError(f"{name} changes something: plan it first.")
        return found

    def rights(self, changes: bool = True) -> set[Right]:
        """What the enabled tools need in the cluster; without `changes`, those that only read."""
        tools = (one for one in self if changes or isinstance(one, ReadTool))
        return {(rule.group, rule.resource, verb) for one in tools for rule in one.rights for verb in rule.verbs}


def arguments_of(tool: Tool, given: Mapping[str, Any]) -> Arguments:
    """The arguments, checked. Raises UsageError naming the field and what was expected there."""
    try:
        return tool.arguments.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "arguments"
        known = ", ".join(tool.arguments.model_fields) or "none"
        expected = {
            "extra_forbidden": f"{tool.name} has no argument of that name; it has {known}",
            "missing": "it must be given",
        }.get(first["type"], one_line(first["msg"], 200))
        raise UsageError(f"{tool.name}: {one_line(field, 60)}: {expected}.") from None
