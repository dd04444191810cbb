"""The models of the house: the gateway put together, who calls it, and which models they may name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from helmward.adapters.models import Upstreams
from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.nouns import Actor
from helmward.core.settings_gateway import GatewaySettings
from helmward.door.audit import AuditLog
from helmward.door.identity import Identity
from helmward.door.judge import Judge
from helmward.door.killswitch import KillSwitch
from helmward.gateway.authorise import Authoriser
from helmward.gateway.budget import Caller, open_budgets
from helmward.gateway.budget.usage import open_usage
from helmward.gateway.gateway import Gateway, Parts
from helmward.gateway.inbound import Inbound
from helmward.gateway.outbound import Outbound
from helmward.gateway.port import GatewayModel
from helmward.gateway.prices import Prices
from helmward.gateway.recording import Recorder
from helmward.gateway.routing import Router, Sender, Target, UnknownModel
from helmward.gateway.translate import model_card, model_list
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api
from helmward.guard.pipeline import Guards


@dataclass(frozen=True, slots=True)
class Given:
    """What the composition root hands over."""

    settings: GatewaySettings
    guards: Guards
    judge: Judge
    kills: KillSwitch
    audit: AuditLog
    state: State
    identity: Identity
    clock: Callable[[], datetime]


class Models:
    """What the faces ask of the gateway."""

    def __init__(self, given: Given, gateway: Gateway) -> None:
        self._given, self.gateway = given, gateway
        self.port = GatewayModel(gateway, lambda actor: self.caller_of(actor, actor.name))

    def caller(self, token: str) -> Caller:
        """Who calls with this token. Raises Refused."""
        actor = self._given.identity.check_again(token, self._given.clock())
        return self.caller_of(actor, actor.name)

    def caller_of(self, actor: Actor, key: str) -> Caller:
        """An actor, with the first team of the settings that has it."""
        teams = (
            team.name
            for team in self._given.settings.teams
            if any(fnmatchcase(actor.name, member) for member in team.members)
        )
        return Caller(actor, key, next(teams, ""))

    def listed(self, caller: Caller, api: Api, name: str) -> bytes:
        """The models that a caller may name; or the one of this name. Raises UnknownModel."""
        names = self._visible(caller)
        if not name:
            return model_list(api, names)
        if name not in names:
            raise UnknownModel("There is no model of that name that you may use; GET /v1/models lists them.")
        return encode(model_card(api, name))

    def _visible(self, caller: Caller) -> list[str]:
        names = dict.fromkeys(model.name for model in self._given.settings.models)
        return [name for name in names if self.gateway.may_name(caller.actor, name)]


@asynccontextmanager
async def modelling(given: Given) -> AsyncIterator[Models | None]:
    """The gateway, until the block is left; None where the settings name no models."""
    settings = given.settings
    if not settings.models:
        yield None
        return
    router = Router(settings)
    rows = SpendingRows(given.state)
    prices, known = Prices(), {upstream.name: upstream for upstream in settings.upstreams}
    await asyncio.to_thread(prices.learn, [Target(model, known[model.upstream]) for model in settings.models])
    async with (
        Upstreams(settings) as upstreams,
        open_budgets(settings.budgets, rows) as budgets,
        open_usage(rows) as usage,
    ):
        recorder = Recorder(given.audit, usage)
        parts = Parts(
            settings=settings,
            inbound=Inbound(given.guards),
            outbound=Outbound(given.guards),
            authoriser=Authoriser(given.judge),
            budgets=budgets,
            prices=prices,
            router=router,
            sender=Sender(router, upstreams),
            recorder=recorder,
            barred=given.kills.check_reader,
        )
        yield Models(given, Gateway(parts))
        await recorder.close()
