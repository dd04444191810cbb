"""Which upstreams may answer for a model: by name, by the class of the data, by health, in the order to try."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Literal

from rapidfuzz import fuzz, process

from helmward.core.model import DATA_CLASSES, DataClass
from helmward.core.settings_gateway import GatewaySettings
from helmward.core.text import one_line
from helmward.gateway.routing.breaker import LONGEST_OBEYED, Breaker, Health
from helmward.gateway.routing.errors import NoneHealthy, NoneMay, UnknownModel
from helmward.gateway.routing.target import Target

Kind = Literal["chat", "embeddings"]
_NEAR = 60.0  # of 100, rapidfuzz's normalised edit distance
_SHOWN = 80  # characters of a caller's word in a sentence


class Router:
    """The models of the settings. `clock` gives seconds that only grow."""

    def __init__(self, settings: GatewaySettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._models = settings.models
        self._upstreams = {upstream.name: upstream for upstream in settings.upstreams}
        self._breakers = {name: Breaker(clock) for name in self._upstreams}
        self._limited: dict[tuple[str, str], float] = {}
        self._chains = {name: tuple(self._chain(name)) for name in {model.name for model in settings.models}}

    def targets(
        self, model: str, kind: Kind, leaves: DataClass, visible: Callable[[str], bool] = lambda name: True
    ) -> list[Target]:
        """Where to try, in this order: the entries of that name as the settings list them, then its fallbacks, each once.

        `leaves` is the class of the data that goes there. `visible` tells whether this caller may know a model of some name:
        others are neither found, named nor fallen back to. Raises UnknownModel, NoneMay, NoneHealthy.
        """
        chain = self._chains.get(model) if visible(model) else None
        if chain is None:
            raise UnknownModel(self._unknown(model, kind, visible))
        fitting = [target for target in chain if target.model.kind == kind and self._seen(target, model, visible)]
        if not any(target.model.name == model for target in fitting):
            raise UnknownModel(f"The model '{model}' is not for {_use(kind)}; {self._others(model, kind, visible)}")
        allowed = [target for target in fitting if _may(target, leaves)]
        if not allowed:
            raise NoneMay(_may_not(model, leaves, fitting))
        healthy = [target for target in allowed if self._may_be_asked(target)]
        if not healthy:
            raise self._none_healthy(model, allowed)
        return healthy

    def breaker(self, upstream: str) -> Breaker:
        """The breaker of an upstream, by its name."""
        return self._breakers[upstream]

    def limit(self, target: Target, seconds: float) -> None:
        """An upstream has limited one of its models (429 with Retry-After); its other models may have room (both APIs count by
        model), so they are asked on."""
        self._limited[target.upstream.name, target.name] = self.clock() + min(seconds, LONGEST_OBEYED)

    def health(self) -> dict[str, Health]:
        """How each upstream does, by its name."""
        return {name: breaker.health() for name, breaker in self._breakers.items()}

    # ---- inside ----

    def _chain(self, name: str, met: set[str] | None = None) -> Iterator[Target]:
        """Fallbacks in depth, each name once: two models may name each other."""
        met = set() if met is None else met
        met.add(name)
        entries = [model for model in self._models if model.name == name]
        for model in entries:
            yield Target(model, self._upstreams[model.upstream])
        for model in entries:
            for fallback in model.fallbacks:
                if fallback not in met:
                    yield from self._chain(fallback, met)

    def _may_be_asked(self, target: Target) -> bool:
        return self._breakers[target.upstream.name].may_pass() and not self._limited_for(target)

    def _limited_for(self, target: Target) -> float:
        """Seconds until its limit ends; 0 where it is not limited."""
        return max(0.0, self._limited.get((target.upstream.name, target.name), 0.0) - self.clock())

    def _seen(self, target: Target, model: str, visible: Callable[[str], bool]) -> bool:
        return target.model.name == model or visible(target.model.name)

    def _unknown(self, model: str, kind: Kind, visible: Callable[[str], bool]) -> str:
        return f"There is no model '{one_line(model, _SHOWN)}'; {self._others(model, kind, visible)}"

    def _others(self, model: str, kind: Kind, visible: Callable[[str], bool]) -> str:
        names = sorted({other.name for other in self._models if other.kind == kind and visible(other.name)})
        found = process.extract(
            model[:_SHOWN], names, scorer=fuzz.ratio, processor=str.lower, limit=3, score_cutoff=_NEAR
        )
        near = [name for name, _, _ in found]
        if near:
            return f"did you mean {_listed(near)}?"
        return f"there are {_listed(names[:10])}." if names else "there is none that you may use."

    def _none_healthy(self, model: str, allowed: list[Target]) -> NoneHealthy:
        names = list(dict.fromkeys(target.upstream.name for target in allowed))
        waits = [max(self._breakers[one.upstream.name].reopens, self._limited_for(one)) for one in allowed]
        wait = max(1.0, min(waits))
        return NoneHealthy(
            f"No upstream can answer for the model '{model}' now ({_listed(names)} failed or is limited); "
            f"try again in {wait:.0f} s.",
            wait,
        )


def _may(target: Target, leaves: DataClass) -> bool:
    return DATA_CLASSES.index(leaves) <= DATA_CLASSES.index(target.upstream.highest_class)


def _may_not(model: str, leaves: DataClass, targets: list[Target]) -> str:
    names = list(dict.fromkeys(target.upstream.name for target in targets))
    return (
        f"Data of the class '{leaves}' may not go to the model '{model}': {_listed(names)} may get less than that "
        f"(`highest_class` of the upstream); take what is confidential out, or use another model."
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _use(kind: Kind) -> str:
    return "chat" if kind == "chat" else "embeddings"
