"""What every tool's definition must hold: names, patterns for every string, rights, and refusals that name the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from helmward.core.errors import UsageError
from helmward.core.plans import Effect
from helmward.door.tool import ChangeTool, ReadTool, Tool
from helmward.door.toolbox import arguments_of

from .ground import TOOLBOX

TOOLS = list(TOOLBOX)
NAMED = {
    "config_restore", "describe", "events_list", "nodes_top", "pods_delete", "pods_delete_bare", "pods_log",
    "resources_get", "resources_list", "resources_patch", "resources_scale", "rollout_history", "rollout_restart",
    "rollout_undo",
}  # fmt: skip
HOSTILE = [
    "../../secrets/x", "a/b", "a?watch=1", "a#b", "a b", "a\n", "a\x00", "\u202ea", "$(id)", "a;b", "-a", "a" * 300,
    "%2e%2e", "a,metadata.name!=b", "",
]  # fmt: skip
ORDINARY = {("key", "-a"), ("cursor", "a/b")}
"""A ConfigMap's key may begin so; NAMESPACE/NAME is what a cursor is."""

LEAST: dict[str, Any] = {
    "namespace": "shop", "name": "web", "kind": "Deployment", "replicas": 1, "patch": {"metadata": {}},
}  # fmt: skip


def by_name(tool: Tool) -> str:
    return tool.name


def strings(tool: Tool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field that takes free text, with its schema."""
    for name, schema in tool.arguments.model_json_schema()["properties"].items():
        for kind in schema.get("anyOf", [schema]):
            if kind.get("type") == "string" and "enum" not in kind and "const" not in kind:
                yield name, kind


def least(tool: Tool) -> dict[str, Any]:
    """Arguments that are right."""
    given = {name: value for name, value in LEAST.items() if name in tool.arguments.model_fields}
    if tool.name.startswith("pods_delete"):
        given["kind"] = "Pod"
    return given


def test_the_tools_are_these() -> None:
    assert {tool.name for tool in TOOLS} == NAMED


@pytest.mark.parametrize("tool", TOOLS, ids=by_name)
def test_every_string_has_a_pattern_and_every_field_a_description(tool: Tool) -> None:
    assert all("pattern" in schema for _, schema in strings(tool))
    properties = tool.arguments.model_json_schema()["properties"]
    assert all(schema.get("description") for schema in properties.values())
    assert tool.title and tool.description.endswith(".")


@pytest.mark.parametrize("tool", TOOLS, ids=by_name)
def test_hostile_words_are_refused_and_the_field_is_named(tool: Tool) -> None:
    assert arguments_of(tool, least(tool))
    for field, _ in strings(tool):
        for word in HOSTILE:
            if (field, word) in ORDINARY:
                continue
            if field.endswith("_selector") and word not in ("a\n", "a\x00", "\u202ea", "$(id)", "a#b", ""):
                continue  # selectors are text of their own, sent as one encoded query parameter
            with pytest.raises(UsageError, match=f"^{tool.name}: {field}: "):
                arguments_of(tool, {**least(tool), field: word})


@pytest.mark.parametrize("tool", TOOLS, ids=by_name)
def test_what_is_unknown_or_missing_is_named(tool: Tool) -> None:
    with pytest.raises(UsageError, match=f"^{tool.name}: fancy: {tool.name} has no argument of that name"):
        arguments_of(tool, {**least(tool), "fancy": 1})
    for name, field in tool.arguments.model_fields.items():
        if field.is_required():
            given = least(tool)
            del given[name]
            with pytest.raises(UsageError, match=f"^{tool.name}: {name}: it must be given"):
                arguments_of(tool, given)


@pytest.mark.parametrize("tool", TOOLS, ids=by_name)
def test_effects_and_rights(tool: Tool) -> None:
    verbs = {verb for rule in tool.rights for verb in rule.verbs}
    assert tool.rights
    assert not any("*" in (rule.group, rule.resource, *rule.verbs) for rule in tool.rights)
    assert not any(rule.resource == "secrets" or rule.resource.endswith("/scale") for rule in tool.rights)
    if isinstance(tool, ReadTool):
        assert tool.effect is Effect.READ and verbs <= {"get", "list"}
    else:
        assert isinstance(tool, ChangeTool) and tool.effect is not Effect.READ
        assert verbs & {"patch", "create", "delete"} and "update" not in verbs


REMEDIES = [
    ("config_restore", {"kind": "ConfigMap", "namespace": "shop", "name": "settings", "key": "db.host"}),
    ("config_restore", {"kind": "ConfigMap", "namespace": "shop", "name": "settings"}),
    ("pods_delete", {"kind": "Pod", "namespace": "shop", "name": "web-1"}),
    ("resources_scale", {"kind": "Deployment", "namespace": "shop", "name": "web", "replicas": 2}),
    ("rollout_undo", {"kind": "StatefulSet", "namespace": "shop", "name": "web"}),
    ("rollout_restart", {"kind": "DaemonSet", "namespace": "shop", "name": "web"}),
    ("resources_patch", {"kind": "Service", "namespace": "shop", "name": "web", "patch": {"spec": {"selector": {"a": None}}}}),
    (
        "resources_patch",
        {"kind": "Service", "namespace": "shop", "name": "web", "type": "json", "patch": [{"op": "remove", "path": "/a"}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments"), REMEDIES)
def test_what_the_analyzers_write_as_a_remedy_is_taken(tool: str, arguments: dict[str, Any]) -> None:
    assert arguments_of(TOOLBOX.get(tool), arguments)
