"""What an actor may do at most: actions in a window, unfinished ones, and how much one plan may hurt."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.core.plans import Effect, Step
from helmward.core.settings_changes import LimitSettings
from helmward.door.ledger import Ledger


class LimitReached(DeniedError):
    """A limit says no."""


class Limits:
    """Counts from the ledger, so that a restart forgets nothing; reads are counted in memory."""

    def __init__(self, ledger: Ledger, settings: Sequence[LimitSettings]) -> None:
        self._ledger, self._settings = ledger, settings
        self._reads: dict[str, deque[datetime]] = {}
        self._counts_reads = any(Effect.READ in limit.effects and limit.actions is not None for limit in settings)

    def check_plan(self, actor: Actor, steps: Sequence[Step], environment: str) -> None:
        """What the plan itself may hurt. Raises LimitReached."""
        objects = sum(step.blast.objects for step in steps)
        namespaces = len({step.resource.namespace for step in steps})
        share = max((step.blast.replicas_share for step in steps), default=0.0)
        for limit in self._fitting(actor, {step.effect for step in steps}, environment):
            for found, most, what in (
                (objects, limit.objects, "objects"),
                (namespaces, limit.namespaces, "namespaces"),
                (share, limit.replicas_share, "of the workload's replicas"),
            ):
                if most is not None and found > most:
                    raise LimitReached(f"This plan touches {found:g} {what}; {actor.name} may touch at most {most:g}.")

    def check_act(self, actor: Actor, effect: Effect, environment: str) -> None:
        """What the actor has done and is doing. Raises LimitReached."""
        for limit in self._fitting(actor, {effect}, environment):
            recent = self._recent(actor, limit)
            if limit.actions is not None and recent >= limit.actions:
                raise LimitReached(
                    f"{actor.name} made {recent} actions in the last {limit.seconds:g} s; the limit is {limit.actions}."
                )
            running = self._running(actor, limit)
            if limit.concurrent is not None and running >= limit.concurrent:
                raise LimitReached(
                    f"{running} actions of {actor.name} are unfinished; the limit is {limit.concurrent}."
                )

    def _recent(self, actor: Actor, limit: LimitSettings) -> int:
        """Actions within the limit's window; what lies before it is not looked at."""
        ledger, found = self._ledger, 0
        since = ledger.now() - timedelta(seconds=limit.seconds)
        for identity in reversed(ledger.acts.get(actor.name, ())):
            intent = ledger.intents[identity]
            if intent.time <= since:
                break
            found += intent.effect in limit.effects
        return found

    def _running(self, actor: Actor, limit: LimitSettings) -> int:
        """Actions that are not proven yet, nor known to have failed: a rollout that is still under way counts."""
        intents = [self._ledger.intents[identity] for identity in self._ledger.running]
        return sum(intent.actor == actor.name and intent.effect in limit.effects for intent in intents)

    def count_read(self, actor: Actor, environment: str) -> None:
        """One more READ call, where reads are limited at all. Raises LimitReached."""
        if not self._counts_reads:
            return
        now, calls = self._ledger.now(), self._reads.setdefault(actor.name, deque())
        for limit in self._fitting(actor, {Effect.READ}, environment):
            recent = sum(call > now - timedelta(seconds=limit.seconds) for call in calls)
            if limit.actions is not None and recent >= limit.actions:
                raise LimitReached(
                    f"{actor.name} made {recent} calls in the last {limit.seconds:g} s; the limit is {limit.actions}."
                )
        calls.append(now)
        longest = max(limit.seconds for limit in self._settings if Effect.READ in limit.effects)
        while calls and calls[0] <= now - timedelta(seconds=longest):
            calls.popleft()

    def _fitting(self, actor: Actor, effects: set[Effect], environment: str) -> Iterator[LimitSettings]:
        for limit in self._settings:
            if (
                actor.kind in limit.kinds
                and effects & {Effect(name) for name in limit.effects}
                and any(fnmatchcase(actor.name, pattern) for pattern in limit.actors)
                and any(fnmatchcase(environment, pattern) for pattern in limit.environments)
            ):
                yield limit
