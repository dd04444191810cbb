"""A chat request of OpenAI's API as a messages request of Anthropic's.

Fields as of openai `types/chat/completion_create_params.py` and anthropic `types/message_create_params.py`.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.translate.harmless import FROM_OPENAI, only, refused
from helmward.gateway.translate.turns_to_anthropic import conversation
from helmward.gateway.wire.problems import TranslationError

API = "Anthropic"
_SAME = ("top_p", "stream")
_KNOWN = FROM_OPENAI | frozenset(
    (
        "model",
        "messages",
        "max_tokens",
        "max_completion_tokens",
        "temperature",
        "top_p",
        "stop",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "reasoning_effort",
        "user",
        "safety_identifier",
        "service_tier",
        "n",
        "verbosity",
        "frequency_penalty",
        "presence_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "modalities",
    )
)
_DEFAULTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("n", (1,)),
    ("verbosity", ("medium",)),
    ("frequency_penalty", (0,)),
    ("presence_penalty", (0,)),
    ("logit_bias", ({},)),
    ("logprobs", (False,)),
    ("top_logprobs", (0,)),
    ("modalities", (["text"],)),
)
"""Fields without a counterpart: only the value that is the default anyway can pass."""
_EFFORT = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max"}
_TIERS = {"auto": "auto", "default": "standard_only"}


def to_anthropic(tree: dict[str, Any], max_tokens: int) -> dict[str, Any]:
    """The translated request. `max_tokens` stands in where the caller set no maximum (Anthropic requires one).

    Raises TranslationError, which names the field.
    """
    only(tree, _KNOWN, "", API)
    for name, passing in _DEFAULTS:
        if tree.get(name) is not None and tree[name] not in passing:
            raise refused(name, API)
    made: dict[str, Any] = {"model": tree["model"], **conversation(tree["messages"])}
    made["max_tokens"] = tree.get("max_completion_tokens") or tree.get("max_tokens") or max_tokens
    made |= {name: tree[name] for name in _SAME if tree.get(name) is not None}
    made |= _sampling(tree) | _tools(tree) | _output(tree)
    user = tree.get("safety_identifier") or tree.get("user")
    if user:
        made["metadata"] = {"user_id": user}
    return made


def _sampling(tree: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (temperature := tree.get("temperature")) is not None:
        if not 0 <= temperature <= 1:
            raise refused("temperature", API, "it must be from 0 to 1 there")
        made["temperature"] = temperature
    if (stop := tree.get("stop")) is not None:
        stops = [stop] if isinstance(stop, str) else stop
        if not isinstance(stops, list) or not all(isinstance(text, str) for text in stops):
            raise TranslationError("The field 'stop' must be a string or an array of strings.", "stop")
        made["stop_sequences"] = stops
    if (tier := tree.get("service_tier")) is not None:
        if not isinstance(tier, str) or tier not in _TIERS:
            raise refused("service_tier", API)
        made["service_tier"] = _TIERS[tier]
    return made


def _output(tree: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    config: dict[str, Any] = {}
    effort = tree.get("reasoning_effort")
    if effort == "none":
        made["thinking"] = {"type": "disabled"}
    elif effort is not None:
        if not isinstance(effort, str) or effort not in _EFFORT:
            raise refused("reasoning_effort", API)
        config["effort"] = _EFFORT[effort]
    if tree.get("response_format") is not None:
        config |= _format(tree["response_format"])
    return made | {"output_config": config} if config else made


def _format(wanted: Any) -> dict[str, Any]:
    """`text` is the default; a JSON Schema is `output_config.format`; free JSON has no counterpart."""
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "text":
        return {}
    inner = wanted.get("json_schema") if kind == "json_schema" else None
    if not isinstance(inner, dict) or not isinstance(inner.get("schema"), dict):
        raise refused("response_format", API, "it must be text, or a json_schema with a schema")
    schema = inner["schema"]
    if isinstance(inner.get("description"), str):
        schema = {"description": inner["description"]} | schema
    return {"format": {"type": "json_schema", "schema": schema}}


def _tools(tree: dict[str, Any]) -> dict[str, Any]:
    if not tree.get("tools"):
        if tree.get("tool_choice") not in (None, "none", "auto"):
            raise refused("tool_choice", API, "no tools are offered")
        return {}
    made: dict[str, Any] = {"tools": [_tool(tool, f"tools[{index}]") for index, tool in enumerate(tree["tools"])]}
    choice = _choice(tree.get("tool_choice"))
    if tree.get("parallel_tool_calls") is False and (choice is None or choice["type"] != "none"):
        choice = (choice or {"type": "auto"}) | {"disable_parallel_tool_use": True}
    return made | {"tool_choice": choice} if choice else made


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    if tool["type"] != "function":
        raise refused(f"{where}.{tool['type'][:40]}", API, "only function tools can")
    function = tool["function"]
    only(tool, frozenset(("type", "function")), where, API)
    only(function, frozenset(("name", "description", "parameters", "strict")), f"{where}.function", API)
    made: dict[str, Any] = {"name": function["name"]}
    made["input_schema"] = {"type": "object"} | (function.get("parameters") or {"properties": {}})
    return made | {name: function[name] for name in ("description", "strict") if function.get(name) is not None}


def _choice(wanted: Any) -> dict[str, Any] | None:
    if wanted is None:
        return None
    if isinstance(wanted, str) and wanted in ("auto", "none", "required"):
        return {"type": "any" if wanted == "required" else wanted}
    function = wanted.get("function") if isinstance(wanted, dict) and wanted.get("type") == "function" else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise refused("tool_choice", API, "it must be none, auto, required or one function")
    return {"type": "tool", "name": function["name"]}
