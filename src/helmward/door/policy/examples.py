"""A policy's own examples: a request and the verdict it must get. They are tried when it is loaded and tested by `policy test`.

A file holds a list. An example names what differs from `base`, an input that the file may give first:

    base: {actor: {name: ada, kind: user, roles: [requester]}, tool: rollout_restart, effect: MUTATE, permission: restart}
    examples:
      - name: a restart waits for an approver
        input: {mode: ask}
        expect: ask
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from helmward.core.plans import Verdict
from helmward.core.typed import convert
from helmward.door.policy.errors import PolicyError
from helmward.door.policy.request import Request


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One example. `visible` and `rule` are compared only where they are given."""

    name: str
    input: Request
    expect: Verdict
    visible: bool | None = None
    rule: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    examples: list[dict[str, Any]]
    base: dict[str, Any] = {}


def read_examples(name: str, text: str) -> list[Example]:
    """The examples in a file of a policy; none in a .rego file. Raises PolicyError for one that does not fit."""
    if name.endswith(".rego"):
        return []
    try:
        file = convert(yaml.safe_load(text), _File)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise PolicyError(
            f"{name}: these are no examples ({' '.join(str(error).split())}); see the default policy's."
        ) from error
    return [_example(name, number, file.base, each) for number, each in enumerate(file.examples, 1)]


def _example(file: str, number: int, base: Mapping[str, Any], given: dict[str, Any]) -> Example:
    merged = {**given, "input": _merged(base, given.get("input") or {})}
    try:
        return convert(merged, Example)
    except msgspec.ValidationError as error:
        raise PolicyError(
            f"{file}: example {number} ({given.get('name', 'no name')}) does not fit: {error}."
        ) from error


def _merged(base: Mapping[str, Any], over: Any) -> Any:
    if not isinstance(over, Mapping):
        return over
    known = {key: value for key, value in base.items() if key not in over}
    return known | {
        key: _merged(base[key], value) if isinstance(base.get(key), Mapping) else value for key, value in over.items()
    }
