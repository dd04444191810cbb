"""The one door: what every face, agent, schedule and healing goes through. It offers the steps; workflow/ sequences them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Action, Plan, PlanState
from helmward.core.text import one_line
from helmward.core.times import parse_time
from helmward.door.act import Executor
from helmward.door.actions import bare_action, ended_state, half_done, known_action, number_of, standing_state
from helmward.door.approve import Approver, May, expired
from helmward.door.audit import Entry
from helmward.door.check import Checker
from helmward.door.judge import Judge
from helmward.door.killswitch import KillSwitch, scope_of
from helmward.door.means import Means, stored
from helmward.door.points import KillPoint
from helmward.door.propose import About, Proposer, Wish
from helmward.door.read import Caller
from helmward.door.recover import Recoverer
from helmward.door.store import Stored, seal, seal_text
from helmward.door.tool import Page, Tell, Tool, to_nobody
from helmward.door.undo import Undoer

NOTHING_MORE = About()
_NOT_ENDED = ("waiting", "approved", "running")


class Door:
    """Made by the composition root. `runs` starts the durable run of an approved plan (workflow/)."""

    def __init__(self, means: Means, runs: Callable[[Plan], Awaitable[None]]) -> None:
        self._means, self._runs = means, runs
        self._proposer, self._approver = Proposer(means), Approver(means)
        self._recoverer = Recoverer(means)
        self._executor, self._checker = Executor(means, self._recoverer), Checker(means)
        self._undoer, self._caller = Undoer(means, self._proposer), Caller(means)

    # ---- what an actor may do ----

    def tools(self, actor: Actor) -> list[Tool]:
        """The tools this actor may see."""
        return [one for one in self._means.toolbox if self._means.judge.sees(actor, one)]

    def tool(self, actor: Actor, name: str) -> Tool:
        """One of them. Raises UsageError for one that does not exist, DeniedError for one they may not see."""
        found = self._means.toolbox.get(name)
        if not self._means.judge.sees(actor, found):
            raise DeniedError(f"{actor.name} may not use {found.name}.")
        return found

    async def read(self, actor: Actor, name: str, given: Mapping[str, Any], tell: Tell = to_nobody) -> Page:
        """Call a tool that changes nothing. `tell` is told how far a long one is."""
        return await self._caller.read(actor, name, given, tell)

    async def propose(self, actor: Actor, wishes: Sequence[Wish], about: About = NOTHING_MORE) -> Stored:
        """A plan for these calls; it runs at once where policy allows it without asking. Only `undo` makes an undo: the
        approval of what it takes back covers it."""
        await self._means.kills.notice()
        found = await self._proposer.propose(actor, wishes, about._replace(undo_of=None))
        return await self._begun(found)

    async def undo(self, actor: Actor, action: str, reason: str = "") -> Stored:
        """A plan that takes an action back; it runs at once where the original's approval covers it."""
        intent = self._means.ledger.intents.get(action)
        if intent is None:
            raise UsageError(f"There is no action '{one_line(action, 40)}' that was done.")
        original = await self.plan(intent.plan)
        number = number_of(original.plan, action)
        return await self._begun(await self._undoer.plan(actor, original.plan, number, reason))

    async def show(self, actor: Actor, identity: str) -> Stored:
        """A plan, now before this actor's eyes."""
        found = await self.plan(identity)
        self._approver.show(actor, found.plan.id)
        return found

    def hand_on(self, actor: Actor, approver: Actor, identity: str) -> None:
        """A plan that was shown to an actor, at whose terminal an approver now types a password, was shown to both."""
        self._approver.hand_on(actor, approver, identity)

    def may(self, actor: Actor, found: Stored) -> May:
        """What somebody may do with a plan now, by what decides when they do it."""
        return self._approver.may(actor, found)

    async def approve(
        self, actor: Actor, identity: str, digest: str, reason: str = "", break_glass: bool = False
    ) -> Stored:
        """Approve exactly what was shown; the plan runs. Raises DeniedError."""
        found = await self.plan(identity)
        await self._approver.approve(actor, found, digest, reason, break_glass)
        return await self._begun(await self.plan(found.plan.id))

    async def deny(self, actor: Actor, identity: str, reason: str = "") -> Stored:
        """Say no to a plan that waits."""
        found = await self.plan(identity)
        await self._approver.deny(actor, found, reason)
        return await self.plan(found.plan.id)

    async def review(self, actor: Actor, identity: str, reason: str) -> None:
        """Note that somebody else has looked at a broken glass."""
        await self._approver.review(actor, identity, reason)

    # ---- plans and actions ----

    async def plan(self, identity: str) -> Stored:
        """The one plan whose id is or begins with this. Raises UsageError."""
        found = await self.plans_called(identity)
        if len(found) == 1:
            return self._current(found[0])
        if not found:
            raise UsageError(f"There is no plan '{one_line(identity, 40)}'; `helmward plan --list` shows them.")
        names = ", ".join(one.plan.id for one in found)
        raise UsageError(f"'{one_line(identity, 40)}' could be any of {names}; write more of it.")

    async def plans_called(self, identity: str) -> list[Stored]:
        """The plans whose id is or begins with this."""
        return await stored(self._means.store.find, identity) if identity.startswith("plan-") else []

    async def plans(self, incident: str | None = None, states: Sequence[str] | None = None) -> list[Stored]:
        """Plans, the newest first."""
        # A row may be behind: what has not ended by its row is looked at too, whatever it says.
        looked = None if states is None else sorted({*states, *_NOT_ENDED})
        found = await stored(self._means.store.plans, incident, looked)
        current = [self._current(one) for one in found]
        return [one for one in current if states is None or one.state in states]

    async def actions(self, plan: str | None = None, limit: int = 500) -> list[Action]:
        """Actions, the newest first, at most `limit`."""
        return [await self._known(row) for row in await stored(self._means.store.actions, plan, None, None, limit)]

    async def action(self, identity: str) -> Action:
        """An action by its id. Raises UsageError."""
        found = await stored(self._means.store.action, identity)
        if found is None:
            raise UsageError(f"There is no action '{one_line(identity, 40)}'.")
        return await self._known(found)

    async def _known(self, row: Action) -> Action:
        """As the log has it: a row may be behind after a crash, or forged."""
        if row.id not in self._means.ledger.intents or seal(row) == self._means.ledger.rows.get(row.id):
            return row
        plan = (await self.plan(row.plan)).plan
        return await known_action(self._means, plan, number_of(plan, row.id)) or row

    def _current(self, found: Stored) -> Stored:
        """As it stands now, by the ledger: a row may be behind after a crash, or forged; a waiting plan may have expired, or
        been voided by a kill or a new policy."""
        plan, means = found.plan, self._means
        if plan.id in means.ledger.closed:
            return found._replace(state=ended_state(means.ledger, plan))
        if plan.id in means.ledger.voided:
            return found._replace(state="void", text=means.ledger.voided[plan.id])
        found = found._replace(state=standing_state(means.ledger, found))
        if found.state != "waiting":
            return found
        if expired(plan, means.ledger.now()):
            return found._replace(state="expired", text=f"nobody approved it before {plan.expires}")
        if plan.policy != means.judge.policy.hash:
            return found._replace(state="void", text="the policy changed since it was made")
        return found

    async def _begun(self, found: Stored) -> Stored:
        if found.state == "approved":
            await self._runs(found.plan)
            self._means.reached(KillPoint.RUN_STARTED)
        return found

    # ---- the steps that a run takes ----

    async def act(self, plan: Plan, number: int) -> Action:
        """Intend, mint, write, record. See Executor.act."""
        return await self._executor.act(plan, number)

    async def check(self, plan: Plan, number: int) -> Action:
        """Verify. See Checker.check."""
        return await self._checker.check(plan, number)

    async def take_back(self, actor: Actor, plan: Plan, number: int, reason: str) -> Plan:
        """The undo of a step, for the run that did it and that also carries it out; planned once, however often it is asked,
        and not at all where a person had the step undone meanwhile."""
        ledger, action = self._means.ledger, plan.action_id(number)
        for identity, known in ledger.proposed.items():
            if known.undo_of == action and identity not in ledger.voided:
                found = await stored(self._means.store.find, identity)
                state = self._current(found[0]).state if found else "void"
                if state in ("approved", "running", "done") or (state == "waiting" and known.requester == actor.name):
                    return found[0].plan
        return (await self._undoer.plan(actor, plan, number, reason)).plan

    async def moved(self, plan: Plan, state: PlanState, text: str) -> None:
        """A run begins or goes on."""
        await stored(self._means.store.move, plan.id, state, text, self._means.ledger.now())
        self._means.reached(KillPoint.RUN_STORED)

    async def ended(self, plan: Plan, state: PlanState, text: str) -> None:
        """A run has ended: recorded once, then stored."""
        means = self._means
        if plan.id not in means.ledger.closed:
            state, text = self._as_recorded(plan, state, text)
            details = {"state": state, "incident": plan.incident, "text": seal_text(text)}
            await means.ledger.record(
                Entry(
                    actor=plan.requester,
                    action="plan.end",
                    target=plan.id,
                    outcome="failed" if state == "failed" else "done",
                    reason=text,
                    details=details,
                )
            )
            means.reached(KillPoint.END_RECORDED)
            self._tell(plan, state, text)
        state = means.ledger.closed[plan.id]
        await stored(means.store.move, plan.id, state, text, means.ledger.now())
        if state == "done" and plan.undo_of is not None:
            await self._taken_back(plan, plan.undo_of)
        means.reached(KillPoint.END_STORED)

    def _tell(self, plan: Plan, state: PlanState, text: str) -> None:
        """A person is told where something stands that should not, or was put back. Of the undo that a run makes of its own
        steps, the run's own plan tells."""
        intent = self._means.ledger.intents.get(plan.undo_of or "")
        if intent is not None and intent.plan not in self._means.ledger.closed:
            return
        if state == "failed":
            self._means.tell(plan, "failed", text)
        elif state == "undone":
            self._means.tell(plan, "undone", text)

    def _as_recorded(self, plan: Plan, state: PlanState, text: str) -> tuple[PlanState, str]:
        """A run says that all is done; that counts where each step's proof was recorded."""
        verdicts = self._means.ledger.verdicts
        if state != "done" or all(verdicts.get(plan.action_id(n)) == "done" for n in range(len(plan.steps))):
            return state, text
        return "failed", "its run says that it was done, and the log does not: the workflows' file was tampered with"

    async def _taken_back(self, undo: Plan, action: str) -> None:
        """Somebody had an action of a plan that has ended undone: it says so, and healing leaves its incident alone.

        A run that takes back its own steps tells of them itself (`mark`)."""
        ledger, original = self._means.ledger, self._means.ledger.intents[action].plan
        if original not in ledger.closed:
            return
        text = f"taken back by {undo.requester.name} with {undo.id}"
        await self.mark(action, "undone", text)
        if all(one.state == "undone" for one in await self.actions(original)):
            await stored(self._means.store.move, original, "undone", text, ledger.now())
        if undo.incident is not None and undo.incident not in ledger.paused:
            await self.pause(undo.requester, undo.incident, f"{action} was {text}")

    async def left(self, plan: Plan) -> float:
        """Seconds until a temporary change is taken back."""
        acted = [parse_time(action.acted) for action in await self.actions(plan.id)]
        begun = min((moment for moment in acted if moment is not None), default=self._means.ledger.now())
        passed = (self._means.ledger.now() - begun).total_seconds()
        return max(0.0, (plan.override_seconds or 0.0) - passed)

    async def overrides(self) -> list[Stored]:
        """Temporary changes that have not been taken back yet."""
        return [found for found in await self.plans(states=("done",)) if found.plan.override_seconds is not None]

    async def mark(self, action: str, state: str, text: str) -> None:
        """An action was undone, or its undo failed."""
        means, intent = self._means, self._means.ledger.intents.get(action)
        plan = (await self.plan(intent.plan)).plan if intent else None
        found = await known_action(means, plan, number_of(plan, action)) if plan else None
        if intent is None or plan is None or found is None:
            return
        changed = msgspec.structs.replace(found, state=state, text=text)
        if means.ledger.rows.get(action) != seal(changed):
            details = {"plan": plan.id, "state": state, "row": seal(changed)}
            entry = Entry(actor=plan.requester, action="action.mark", target=action, reason=text, details=details)
            await means.ledger.record(entry)
        await stored(means.store.put, changed, intent.uid, means.ledger.now())
        means.reached(KillPoint.MARK_STORED)

    # ---- after a crash, and while killed ----

    def unfinished(self) -> list[str]:
        """Actions whose write was intended, and of which it is not known how they ended."""
        return self._recoverer.unfinished()

    def abandoned(self) -> list[str]:
        """Those of them whose plan has ended: `resolve` them."""
        return self._recoverer.abandoned()

    async def resolve(self, identity: str) -> str:
        """Look whether an unfinished action was written, and record it; writes nothing. See Recoverer.resolve."""
        return await self._recoverer.resolve(identity)

    async def half_done(self) -> list[Action]:
        """Actions here that are neither proven nor taken back: what `revive` offers to undo."""
        means = self._means
        found = [(identity, means.ledger.intents[identity].plan) for identity in half_done(means.ledger)]
        return [await self._half_done(one) for one, plan in found if not await stored(means.store.is_elsewhere, plan)]

    async def _half_done(self, identity: str) -> Action:
        """Told of even where its plan's row is gone."""
        ledger = self._means.ledger
        found = await stored(self._means.store.find, ledger.intents[identity].plan)
        if not found:
            return bare_action(ledger, identity)
        plan = found[0].plan
        return await known_action(self._means, plan, number_of(plan, identity)) or bare_action(ledger, identity)

    async def pause(self, actor: Actor, incident: str, reason: str) -> None:
        """Nothing heals this incident by itself until somebody resumes it."""
        await self._means.ledger.record(Entry(actor=actor, action="heal.pause", target=incident, reason=reason))
        self._means.reached(KillPoint.PAUSE_RECORDED)

    async def resume(self, actor: Actor, incident: str, reason: str) -> None:
        """It may be healed again. Raises UsageError."""
        if incident not in self._means.ledger.paused:
            raise UsageError(f"Healing of {one_line(incident, 40)} is not paused.")
        await self._means.ledger.record(Entry(actor=actor, action="heal.resume", target=incident, reason=reason))

    @property
    def means(self) -> Means:
        """For those who show what holds; nothing of it writes outside but `writer`."""
        return self._means

    @property
    def kills(self) -> KillSwitch:
        """The kill switch."""
        return self._means.kills

    def scope(self, kind: str, name: str) -> str:
        """The scope of a kill. Raises UsageError for a tool or a system that there is none of: a kill of a name that is
        misspelt would stop nothing."""
        found, toolbox = scope_of(kind, name), self._means.toolbox
        if kind == "tool":
            toolbox.get(name.strip())
        systems = sorted({one.system for one in toolbox})
        if kind == "system" and name.strip() not in systems:
            raise UsageError(f"There is no system '{one_line(name, 60)}'; there are {', '.join(systems)}.")
        return found

    @property
    def judge(self) -> Judge:
        """Who asks policy."""
        return self._means.judge
