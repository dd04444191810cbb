"""Loading the settings: defaults, the file, the environment, the command line; later wins, unknown keys are refused.

HELMWARD_SERVER__PORT=9000 sets server.port. Every value remembers where it came from.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from helmward.core.errors import UsageError
from helmward.core.paths import default_config
from helmward.core.settings_file import SettingsFile, read
from helmward.core.settings_section import Section
from helmward.core.settings_tree import (
    ChannelSettings,
    KubernetesSettings,
    PluginSettings,
    ServerSettings,
    Settings,
    WatchSettings,
    known_paths,
    section_of,
)
from helmward.core.text import one_line

__all__ = [
    "ChannelSettings",
    "KubernetesSettings",
    "Loaded",
    "PluginSettings",
    "Section",
    "ServerSettings",
    "Settings",
    "WatchSettings",
    "json_schema",
    "known_paths",
    "load",
    "show",
]


@dataclass(frozen=True)
class Loaded:
    """The settings in force; `origins` tells, by dotted path, where each that is no default came from. `file`: where settings
    are written, whether there is such a file or not."""

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None

    def replaced(self, values: Mapping[str, object], origin: str = "the command line") -> Loaded:
        """With other values at dotted paths. Raises UsageError if they are not allowed there."""
        tree = self.settings.model_dump(exclude_unset=True)
        for path, value in values.items():
            _put(tree, path, value)
        return Loaded(_check(tree, origin), {**self.origins, **dict.fromkeys(values, origin)}, self.file)

    def origin(self, path: str) -> str:
        """Where the value at a dotted path came from: default, file X, environment HELMWARD_…, the command line."""
        parts = path.split(".")
        above = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((self.origins[known] for known in above if known in self.origins), "default")


def load(path: Path | None, env: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Loaded:
    """Read the settings. `path` is a file that was named; None is the default one, which may be absent.

    Raises UnreadableError for a file that cannot be read, UsageError for what it may not say: one sentence.
    """
    file = path or default_config(env)
    origins: dict[str, str] = {}
    tree: dict[str, Any] = {}
    if path is not None or file.exists():
        said = read(file)
        tree = said.tree
        _check(tree, f"The settings {file}", said)
        origins = dict.fromkeys(_leaves(tree), f"file {file}")
    for name, dotted in _variables(env):
        _put(tree, dotted, _value(name, dotted, env[name]))
        _check(tree, f"The environment variable {name}")
        origins = {known: origin for known, origin in origins.items() if not known.startswith(f"{dotted}.")}
        origins[dotted] = f"environment {name}"
    return Loaded(_check(tree, f"The settings {file}"), origins, file).replaced(overrides or {})


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the settings file."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "helmward.yaml"}


def show(loaded: Loaded) -> dict[str, Any]:
    """Every setting's value and origin by dotted path; secrets (`writeOnly` in the schema) are hidden."""
    shown = {}
    for path, value in _leaves(loaded.settings.model_dump(mode="json")).items():
        hidden = value is not None and path.rpartition(".")[2] in _SECRETS
        shown[path] = {"value": "(hidden)" if hidden else value, "origin": loaded.origin(path)}
    return shown


# ---- inside ----

_SECRETS = frozenset(
    name
    for name, item in ChannelSettings.model_fields.items()
    if isinstance(item.json_schema_extra, dict) and item.json_schema_extra.get("writeOnly")
)


def _check(tree: Mapping[str, Any], source: str, said: SettingsFile | None = None) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        line = said.line(first["loc"]) if said else None
        at = f"{source}, line {line}" if line else source
        place = one_line(".".join(map(str, first["loc"])), 80)
        if first["type"] == "extra_forbidden":
            raise UsageError(f"{at}: there is no setting '{place}'; {_near(first['loc'])}") from None
        message = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        must = "must be " if first["msg"].startswith("Input should be ") else ""
        where = f"'{place}' " if must else f"'{place}': " if place else ""
        raise UsageError(f"{at}: {where}{must}{message[0].lower()}{message[1:]}.") from None


def _near(place: tuple[str | int, ...]) -> str:
    written = ".".join(part for part in map(str, place) if not part.isdigit())
    known = known_paths()
    near = difflib.get_close_matches(written, known, 1)
    # A setting in the wrong section: `port` at the top means server.port.
    near = near or [path for path in known if path.rpartition(".")[2] == written.rpartition(".")[2]]
    return f"did you mean '{near[0]}'?" if near else "`helmward config schema` lists them all."


def _variables(env: Mapping[str, str]) -> list[tuple[str, str]]:
    """(variable, dotted path) of what the environment sets; names without `__` are other things (CONTRACTS.md)."""
    named = sorted(name for name in env if name.startswith("HELMWARD_") and "__" in name)
    return [(name, name.removeprefix("HELMWARD_").lower().replace("__", ".")) for name in named]


def _value(name: str, path: str, text: str) -> object:
    """A variable's text as its field wants it: lists as YAML or separated by commas, the rest as it is written."""
    if not _is_list(path):
        return text or None
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise UsageError(f"The environment variable {name} is no list; write [a, b] or a,b.") from None


def _is_list(path: str) -> bool:
    section: type[Section] | None = Settings
    *above, last = (part for part in path.split(".") if not part.isdigit())
    for part in above:
        known = section.model_fields.get(part) if section else None
        section = section_of(known.annotation) if known else None
    known = section.model_fields.get(last) if section else None
    return known is not None and getattr(known.annotation, "__origin__", None) is tuple


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *sections, name = path.split(".")
    for section in sections:
        inner = tree.get(section)
        tree[section] = dict(inner) if isinstance(inner, dict) else {}
        tree = tree[section]
    tree[name] = value


def _leaves(tree: Any, path: str = "") -> dict[str, Any]:
    if isinstance(tree, list) and any(isinstance(item, dict) for item in tree):
        tree = {str(number): item for number, item in enumerate(tree)}
    if not isinstance(tree, dict) or not tree:
        return {path: tree} if path else {}
    found: dict[str, Any] = {}
    for key, value in tree.items():
        found |= _leaves(value, f"{path}.{key}" if path else str(key))
    return found
