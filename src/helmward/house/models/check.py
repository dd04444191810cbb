"""What would happen to model traffic under some settings: each upstream asked, each model with its price, each budget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from helmward.adapters.models import Upstreams
from helmward.core.errors import HelmwardError
from helmward.core.settings_gateway import GatewaySettings, ModelSettings, UpstreamSettings
from helmward.gateway.budget.rules import UNITS, Rule, rules
from helmward.gateway.prices import Prices
from helmward.gateway.routing import Checked, Target, check


async def examine(settings: GatewaySettings, env: Mapping[str, str]) -> dict[str, Any]:
    """Everything that `helmward gateway check` shows; `problems` are sentences. Upstreams are asked for their models, which
    costs nothing."""
    prices, known = Prices(), {upstream.name: upstream for upstream in settings.upstreams}
    checked = await asyncio.gather(*(_asked(settings, upstream, env) for upstream in settings.upstreams))
    models = [_model(model, known[model.upstream], prices) for model in settings.models]
    problems = [one.sentence for one in checked if one.sentence]
    return {
        "upstreams": [_upstream(known[one.name], one) for one in checked],
        "models": models,
        "budgets": [budget(rule) for rule in rules(settings.budgets)],
        "airGapped": settings.air_gapped,
        "allowedHosts": list(settings.allowed_hosts),
        "problems": problems + _unused(settings) + _unpriced(settings, models),
    }


def team_of(settings: GatewaySettings, name: str) -> str:
    """The first team of the settings that has an actor or a key of this name ("": none)."""
    teams = (team.name for team in settings.teams if any(fnmatchcase(name, member) for member in team.members))
    return next(teams, "")


def budget(rule: Rule) -> dict[str, Any]:
    """A budget as it is shown."""
    given = rule.settings
    figures = {name: getattr(given, name) for name in (*UNITS, "concurrent") if getattr(given, name) is not None}
    scope = {name: getattr(given, name) for name in ("key", "user", "team")}
    return {"name": given.name, **scope, "each": given.each, "seconds": given.seconds, "figures": figures}


# ---- inside ----


async def _asked(settings: GatewaySettings, upstream: UpstreamSettings, env: Mapping[str, str]) -> Checked:
    """One at a time, so that a key that is missing for one says nothing of the others."""
    models = tuple(
        model.model_copy(update={"fallbacks": ()}) for model in settings.models if model.upstream == upstream.name
    )
    alone = settings.model_copy(update={"upstreams": (upstream,), "models": models})
    try:
        async with Upstreams(alone, env) as upstreams:
            return (await check(alone, upstreams))[0]
    except HelmwardError as error:
        return Checked(upstream.name, False, str(error), None)


def _upstream(upstream: UpstreamSettings, checked: Checked) -> dict[str, Any]:
    where = f"env {upstream.key_env}" if upstream.key_env else f"file {upstream.key_file}" if upstream.key_file else ""
    return {
        "name": upstream.name,
        "api": upstream.api,
        "url": upstream.url,
        "key": where,
        "highestClass": upstream.highest_class,
        "good": checked.good,
        "sentence": checked.sentence,
        "seconds": checked.seconds,
    }


def _model(model: ModelSettings, upstream: UpstreamSettings, prices: Prices) -> dict[str, Any]:
    price = prices.per_million(Target(model, upstream))
    return {
        "name": model.name,
        "kind": model.kind,
        "upstream": upstream.name,
        "upstreamName": model.upstream_name or model.name,
        "fallbacks": list(model.fallbacks),
        "highestClass": upstream.highest_class,
        "usdPerMillion": None if price is None else {"input": price[0], "output": price[1]},
    }


def _unused(settings: GatewaySettings) -> list[str]:
    if not settings.models:
        return ["No model is set up; name some in gateway.models of the settings."]
    used = {model.upstream for model in settings.models}
    idle = [upstream.name for upstream in settings.upstreams if upstream.name not in used]
    return [f"The upstream '{name}' has no model; name one in gateway.models." for name in idle]


def _unpriced(settings: GatewaySettings, models: list[dict[str, Any]]) -> list[str]:
    if all(given.usd is None for given in settings.budgets):
        return []
    return [
        f"What the model '{model['name']}' costs at '{model['upstream']}' is not known, so budgets of money refuse it; give "
        "input_usd_per_million and output_usd_per_million of it (0 where it is free)."
        for model in models
        if model["usdPerMillion"] is None
    ]
