"""The upstreams as they are now: whether they are asked, why not, how many calls run there."""

from __future__ import annotations

from typing import Any

from helmward.core.settings_gateway import UpstreamSettings
from helmward.gateway.routing import Load
from helmward.house.house import House


def upstreams(house: House) -> list[dict[str, Any]]:
    """Each upstream of the settings, in their order. No model is set up: none is."""
    if house.models is None:
        return []
    settings, loads = house.loaded.settings.gateway, house.models.gateway.parts.sender.loads()
    models = {
        one.name: [model.name for model in settings.models if model.upstream == one.name] for one in settings.upstreams
    }
    return [_shown(one, loads[one.name], models[one.name]) for one in settings.upstreams]


# ---- inside ----


def _shown(upstream: UpstreamSettings, load: Load, models: list[str]) -> dict[str, Any]:
    """Of its URL the host alone: a path can hold what is nobody's business."""
    health = load.health
    host, port = upstream.place
    return {
        "name": upstream.name,
        "api": upstream.api,
        "host": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "highestClass": upstream.highest_class,
        "health": health.state,
        "why": health.last if health.failures or health.state != "closed" else "",
        "failures": health.failures,
        "outcomes": health.outcomes,
        "running": load.running,
        "waiting": load.waiting,
        "connections": upstream.connections,
        "reopensIn": health.reopens,
        "models": models,
    }
