"""A messages request of Anthropic's API as a chat request of OpenAI's.

Fields as of anthropic `types/message_create_params.py` and openai `types/chat/completion_create_params.py`.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.translate.harmless import BLOCK_FROM_ANTHROPIC, FROM_ANTHROPIC, only, refused
from helmward.gateway.translate.turns_to_openai import conversation
from helmward.gateway.wire import checks
from helmward.gateway.wire.problems import expected
from helmward.gateway.wire.request import LimitField

API = "OpenAI"
_KNOWN = FROM_ANTHROPIC | frozenset(
    (
        "model",
        "messages",
        "system",
        "max_tokens",
        "temperature",
        "top_p",
        "stop_sequences",
        "stream",
        "tools",
        "tool_choice",
        "output_config",
        "thinking",
        "metadata",
        "service_tier",
        "speed",
    )
)
_TOOL_KNOWN = BLOCK_FROM_ANTHROPIC | frozenset(
    (
        "name",
        "description",
        "input_schema",
        "type",
        "strict",
        "eager_input_streaming",
        "allowed_callers",
        "defer_loading",
    )
)
_MAX_STOPS = 4
"""OpenAI's limit for `stop`."""
_TIERS = {"auto": "auto", "standard_only": "default"}
_BUDGETS = ((4096, "low"), (16384, "medium"))
"""Below so many tokens of thinking the effort is this; above, `high`. OpenAI's API knows levels alone; the bounds are ours."""


def to_openai(tree: dict[str, Any], limit_field: LimitField) -> dict[str, Any]:
    """The translated request. `limit_field`: which field sets the maximum of tokens (see `translate_request`).

    Raises TranslationError, which names the field.
    """
    only(tree, _KNOWN, "", API)
    if tree["max_tokens"] < 1:
        raise refused("max_tokens", API, "it must be 1 or more there")
    made: dict[str, Any] = {"model": tree["model"], "messages": conversation(tree.get("system"), tree["messages"])}
    made[limit_field] = tree["max_tokens"]
    made |= {name: tree[name] for name in ("temperature", "top_p") if tree.get(name) is not None}
    if tree.get("stream"):
        made |= {"stream": True, "stream_options": {"include_usage": True}}
    made |= _tools(tree) | _options(tree)
    return made


def _options(tree: dict[str, Any]) -> dict[str, Any]:
    made = _effort(tree.get("thinking"))
    stops = tree.get("stop_sequences")
    if stops is not None and stops != []:
        if not isinstance(stops, list) or len(stops) > _MAX_STOPS:
            raise refused("stop_sequences", API, f"at most {_MAX_STOPS} there")
        made["stop"] = stops
    config = tree.get("output_config")
    if config is not None:
        made |= _output(config)
    metadata = tree.get("metadata")
    if metadata is not None:
        only(metadata, frozenset(("user_id",)), "metadata", API)
        made |= {"user": metadata["user_id"]} if metadata.get("user_id") else {}
    if (tier := tree.get("service_tier")) is not None:
        if not isinstance(tier, str) or tier not in _TIERS:
            raise refused("service_tier", API)
        made["service_tier"] = _TIERS[tier]
    if tree.get("speed") not in (None, "standard"):
        raise refused("speed", API)
    return made


def _effort(thinking: dict[str, Any] | None) -> dict[str, Any]:
    """A budget becomes a level; adaptive and between_tools leave it to the model, as does saying nothing there."""
    kind = (thinking or {}).get("type")
    if thinking is None or kind in ("adaptive", "between_tools"):
        return {}
    if kind == "disabled":
        return {"reasoning_effort": "none"}
    if kind != "enabled":
        raise refused("thinking.type", API)
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int):
        raise expected("thinking.budget_tokens", "a whole number", budget)
    return {"reasoning_effort": next((level for bound, level in _BUDGETS if budget < bound), "high")}


def _output(config: dict[str, Any]) -> dict[str, Any]:
    only(config, frozenset(("effort", "format")), "output_config", API)
    made: dict[str, Any] = {}
    if config.get("effort") is not None:
        made["reasoning_effort"] = config["effort"]
    if (wanted := config.get("format")) is not None:
        if (
            not isinstance(wanted, dict)
            or wanted.get("type") != "json_schema"
            or not isinstance(wanted.get("schema"), dict)
        ):
            raise refused("output_config.format", API, "it must be a json_schema with a schema")
        schema = {"name": "answer", "schema": wanted["schema"], "strict": True}
        made["response_format"] = {"type": "json_schema", "json_schema": schema}
    return made


def _tools(tree: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if tree.get("tools"):
        made["tools"] = [_tool(tool, f"tools[{index}]") for index, tool in enumerate(tree["tools"])]
    choice = tree.get("tool_choice")
    if choice is None:
        return made
    if not isinstance(choice, dict) or choice.get("type") not in ("auto", "any", "none", "tool"):
        raise refused("tool_choice", API, "it must be auto, any, none or one tool")
    only(choice, frozenset(("type", "name", "disable_parallel_tool_use")), "tool_choice", API)
    if choice["type"] == "tool":
        checks.text(choice, "name", "tool_choice")
        made["tool_choice"] = {"type": "function", "function": {"name": choice["name"]}}
    else:
        made["tool_choice"] = "required" if choice["type"] == "any" else choice["type"]
    if choice.get("disable_parallel_tool_use"):
        made["parallel_tool_calls"] = False
    return made


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    if tool.get("type") not in (None, "custom"):
        raise refused(f"{where}.type", API, "only tools with an input_schema can")
    only(tool, _TOOL_KNOWN, where, API)
    if tool.get("defer_loading") or tool.get("allowed_callers") not in (None, ["direct"]):
        name = "defer_loading" if tool.get("defer_loading") else "allowed_callers"
        raise refused(f"{where}.{name}", API)
    function: dict[str, Any] = {"name": tool["name"], "parameters": tool["input_schema"]}
    function |= {name: tool[name] for name in ("description", "strict") if tool.get(name) is not None}
    return {"type": "function", "function": function}
