"""The tools as people and programs see them, and the policy: what holds, and why it says what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from helmward.core.errors import UsageError
from helmward.core.model import DATA_CLASSES
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.policy.explain import Explanation, explain
from helmward.door.policy.request import MODEL_TOOL, ModelUse, Request
from helmward.door.tool import Tool
from helmward.house import present_changes
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House
from helmward.house.verdicts import verdicts


async def tools(house: House, actor: Actor, words: str = "") -> list[dict[str, Any]]:
    """The tools this actor may see; only those in whose name, title or description all `words` stand."""
    wanted = words.lower().split()
    found = [one for one in house.door.tools(actor) if _speaks_of(one, wanted)]
    said = await verdicts(house, actor, found)
    return [_row(one) | {"decision": said[one.name]} for one in found]


async def tool(house: House, actor: Actor, name: str) -> dict[str, Any]:
    """One of them with its arguments (JSON Schema) and what the cluster must grant. Raises UsageError, DeniedError."""
    found = house.door.tool(actor, name)
    said = await verdicts(house, actor, [found])
    rights = [{"group": rule.group, "resource": rule.resource, "verbs": list(rule.verbs)} for rule in found.rights]
    schema = found.arguments.model_json_schema()
    return _row(found) | {"decision": said[found.name], "inputSchema": schema, "rights": rights}


async def read(
    house: House, actor: Actor, name: str, arguments: Mapping[str, Any], cursor: str | None
) -> dict[str, Any]:
    """One page of a tool that changes nothing. Raises UsageError, DeniedError, and what the tool raises."""
    page = await house.door.read(actor, name, {**arguments, **({"cursor": cursor} if cursor else {})})
    built: dict[str, Any] = msgspec.to_builtins(page)
    return built


def policy(house: House) -> dict[str, Any]:
    """The policy in force: its files, its hash, the modes and the named windows as they are now."""
    settings, judge = house.loaded.settings.changes, house.door.judge
    return {
        "folder": str(settings.policy) if settings.policy else "the default policy",
        "hash": judge.policy.hash,
        "mode": present_changes.mode(settings),
        "environments": [environment.model_dump(mode="json") for environment in settings.environments],
        "modules": dict(getattr(judge.policy, "modules", {})),
    }


async def explain_call(
    house: House, by: Actor, name: str, arguments: Mapping[str, Any], severity: str | None
) -> dict[str, Any]:
    """Why this actor may, must ask, or may not call a tool there, or a model (`model.call`). Raises UsageError, DeniedError."""
    if name == MODEL_TOOL:
        return await _explain_model(house, by, arguments)
    given, judge = house.door.means.toolbox.get(name), house.door.judge
    namespace = str(arguments.get("namespace", ""))
    request = judge.request(by, given, namespace, None, severity)
    return await _explained(house, by, request, {"tool": name, "plan": None, "recorded": None}, namespace)


async def explain_plan(house: House, identity: str) -> list[dict[str, Any]]:
    """Why a plan (or that of an action, of an incident) is allowed, asked or denied by what policy says now, and what it said
    when the plan was made (`recorded`); an answer for each step. Raises UsageError."""
    plan, judge = (await ChangeRequests(house).find(identity)).plan, house.door.judge
    then, same = plan.decision, plan.policy == judge.policy.hash
    recorded = {"decision": then.verdict, "reason": then.reason, "rule": then.rule, "samePolicy": same}
    answers = []
    for step in plan.steps:
        given = house.door.means.toolbox.get(step.tool)
        request = judge.request(plan.requester, given, step.resource.namespace, step, plan.severity)
        about = {"tool": step.tool, "plan": plan.id, "recorded": recorded}
        answers.append(await _explained(house, plan.requester, request, about, step.resource.namespace))
    return answers


async def _explain_model(house: House, by: Actor, arguments: Mapping[str, Any]) -> dict[str, Any]:
    settings = house.loaded.settings.gateway
    name, given = str(arguments.get("model", "")), arguments.get("class", "internal")
    model = next((one for one in settings.models if one.name == name), None)
    if model is None:
        known = ", ".join(sorted({one.name for one in settings.models})) or "none"
        raise UsageError(f"There is no model '{one_line(name, 60)}'; write model=NAME. There are: {known}.")
    if given not in DATA_CLASSES:
        raise UsageError(f"There is no such class of data; write class= and one of {', '.join(DATA_CLASSES)}.")
    upstream = next(one for one in settings.upstreams if one.name == model.upstream)
    use = ModelUse(
        name=name,
        data_class=given,
        upstream=upstream.name,
        api=upstream.api,
        highest_class=upstream.highest_class,
    )
    request = house.door.judge.model_request(by, use)
    return await _explained(house, by, request, {"tool": MODEL_TOOL, "plan": None, "recorded": None}, None)


async def _explained(
    house: House, actor: Actor, request: Request, about: dict[str, Any], namespace: str | None
) -> dict[str, Any]:
    """`namespace` None: it lies in none, so no scope bounds it."""
    judge = house.door.judge
    found: Explanation = await asyncio.to_thread(explain, judge.policy, request)  # type: ignore[arg-type]
    outside = namespace is not None and not judge.reaches(actor, namespace)
    decision = found.decision
    reason = f"namespace '{one_line(namespace or '', 63)}' is outside of what {actor.name} may touch" if outside else ""
    return about | {
        "actor": actor.name,
        "decision": "deny" if outside else decision.verdict,
        "reason": reason or decision.reason,
        "approvers": [] if outside else list(decision.approvers),
        "rule": "scope" if outside else decision.rule,
        "visible": found.visible,
        "reasons": [one._asdict() for one in found.reasons],
        "rules": [one._asdict() for one in found.rules],
        "input": msgspec.to_builtins(request),
    }


def _speaks_of(one: Tool, wanted: Sequence[str]) -> bool:
    text = f"{one.name} {one.title} {one.description}".lower()
    return all(word in text for word in wanted)


def _row(one: Tool) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "effect": str(one.effect),
        "permission": one.permission,
        "system": one.system,
        "scope": one.scope,
        "irreversible": one.irreversible,
    }
