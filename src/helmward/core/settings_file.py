"""A settings file as a tree of plain values, with the line of every key; a key that stands twice is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helmward.core.errors import UnreadableError, UsageError
from helmward.core.text import one_line

_LARGEST = 1 << 20
_DEEPEST = 32


@dataclass(frozen=True)
class SettingsFile:
    """What a file says. `lines` has the line (from 1) of each key by its path."""

    tree: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, place: tuple[str | int, ...]) -> int | None:
        """The line of what stands at `place`, or of the nearest key above it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)


def read(file: Path) -> SettingsFile:
    """Read a settings file. Raises UnreadableError if it cannot be read, UsageError if it is not such YAML."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UnreadableError(f"The settings {file} are larger than 1 MiB; that is no settings file.")
        return _parse(data.decode("utf-8-sig"), file)
    except FileNotFoundError:
        raise UnreadableError(f"There is no settings file {file}; mend --config or HELMWARD_CONFIG.") from None
    except OSError as error:
        raise UnreadableError(f"The settings {file} cannot be read ({error.strerror}); mend its permissions.") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"The settings {file} are not UTF-8 text.") from None


def _parse(text: str, file: Path) -> SettingsFile:
    try:
        _refuse_odd(text, file)
        root = yaml.compose(text, yaml.SafeLoader)
        if root is None:
            return SettingsFile()
        lines: dict[tuple[str | int, ...], int] = {}
        _walk(root, (), lines, file)
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = one_line(str(getattr(error, "problem", None) or error), 120)
        raise UsageError(f"The settings {file}{place}, are not valid YAML: {problem}.") from None
    if tree is None:
        return SettingsFile()
    if not isinstance(tree, dict):
        raise UsageError(f"The settings {file} must hold sections, such as 'server:'.")
    return SettingsFile(tree, lines)


def _refuse_odd(text: str, file: Path) -> None:
    """Aliases can grow without bound, and deep nesting takes the parser quadratic time."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise UsageError(f"The settings {file} use a YAML alias (*name); write the value out instead.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise UsageError(f"The settings {file} are nested too deeply.")


def _walk(node: yaml.Node, place: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: Path) -> None:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*place, number)] = item.start_mark.line + 1
            _walk(item, (*place, number), lines, file)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise UsageError(f"The settings {file}, line {line}: a key must be a plain word.")
            if (inner := (*place, str(key.value))) in lines:
                raise UsageError(
                    f"The settings {file}, line {line}: the key '{one_line('.'.join(map(str, inner)), 80)}' "
                    f"stands there for the second time, first on line {lines[inner]}."
                )
            lines[inner] = line
            _walk(value, inner, lines, file)
