"""What an argument is for, as far as its name, its tool and its schema say: that decides how strictly it is judged.

A tool that says it takes a shell command is meant to run one, so metacharacters there are no injection; what destroys a
machine, runs a script from the network, or talks to the metadata service is found in it all the same. In text that people read
(an issue's body) or that is kept (a manifest), dangers are only suspected. A name, a path or an address is judged strictly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from helmward.guard.tool_calls.writing import Leaf

Purpose = Literal["name", "path", "address", "command", "query", "text", "value"]
"""`value`: nothing is known of it."""

_WORDS: Mapping[Purpose, str] = {
    "command": "command|cmd|shell|script|bash|args|argv|entrypoint|code",
    "query": "sql|query|statement|promql|logql|filter|expression|expr|jq|regex|pattern|selector|search",
    "text": "body|message|content|text|description|title|summary|comment|prompt|question|answer|reason|note|markdown|"
    "manifest|yaml|patch|document|diff|template|input|html|data|value|instructions|details|thought|plan|resource",
    "address": "url|uri|link|href|endpoint|host|hostname|server|webhook|callback|recipient|to|email|address|origin",
    "path": "path|file|filename|filepath|directory|dir|folder|src|dst|destination|source",
    "name": "name|namespace|pod|container|deployment|service|node|image|kind|branch|ref|tag|repository|repo|project|"
    "cluster|context|user|username|group|release|chart|bucket|database|table|key|id|workload|application|app",
}
_BY_NAME = tuple((purpose, re.compile(rf"(?:.*[_-])?(?:{words})s?", re.I)) for purpose, words in _WORDS.items())
_HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_COMMAND_TOOL = re.compile(
    r"(?:.*[_.-])?(?:bash|shell|exec|terminal|run_command|run_shell|execute_command)(?:[_.-].*)?", re.I
)
_SAYS_COMMAND = re.compile(
    r"\b(?:shell|bash|command[ -]line|terminal)\b|\bcommands? (?:to (?:run|execute)|that is run)", re.I
)
_SAYS_QUERY = re.compile(r"\b(?:sql|promql|logql|query (?:string|to run|to execute))\b", re.I)


def purpose_of(tool: str, leaf: Leaf, schema: Mapping[str, object] | None) -> Purpose:
    """What a value is for. An object's own key is a name."""
    if leaf.is_key:
        return "name" if not leaf.path else "value"
    if not leaf.path:
        return "value"
    said = _description(schema, leaf.path)
    if _SAYS_COMMAND.search(said):
        return "command"
    if _SAYS_QUERY.search(said):
        return "query"
    return _by_name(tool, leaf.path[-1], leaf.path[0])


@lru_cache(maxsize=4096)
def _by_name(tool: str, last: str, first: str) -> Purpose:
    takes_commands = _COMMAND_TOOL.fullmatch(tool) is not None
    for key in dict.fromkeys((last, first)):
        for purpose, names in _BY_NAME:
            if names.fullmatch(_HUMP.sub("_", key)):
                return "value" if key == "args" and not takes_commands else purpose
    return "command" if takes_commands else "value"


def _description(schema: Mapping[str, object] | None, path: tuple[str, ...]) -> str:
    """What the schema says of an argument, "" where it says nothing."""
    place: object = schema
    for key in path:
        while isinstance(place, Mapping) and isinstance(items := place.get("items"), Mapping):
            place = items
        properties = place.get("properties") if isinstance(place, Mapping) else None
        place = properties.get(key) if isinstance(properties, Mapping) else None
    said = place.get("description") if isinstance(place, Mapping) else None
    return said if isinstance(said, str) else ""
