"""What each record does to the ledger, by its action."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from helmward.core.nouns import Scope
from helmward.core.plans import Approval
from helmward.core.times import format_time
from helmward.core.typed import convert
from helmward.door.facts import EVERYTHING, Fact, Held, Intent, Kill, Pause, Proposed

if TYPE_CHECKING:
    from helmward.door.ledger import Ledger


def _propose(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    tools, systems = tuple(given.get("tools", ())), tuple(given.get("systems", ()))
    ledger.proposed[fact.target] = Proposed(
        seal=given["seal"],
        digest=given["digest"],
        requester=fact.by.name,
        expires=given["expires"],
        cluster=given.get("cluster", ""),
        tools=tools,
        systems=systems,
        verdict=given.get("verdict", ""),
        undo_of=given.get("undoOf"),
    )


def _approve(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    ledger.approvals[fact.target] = Approval(
        plan=fact.target,
        digest=given["digest"],
        approver=msgspec.structs.replace(
            fact.by,
            roles=(given["role"],),
            token=given["identity"],
            scope=convert(given.get("scope", {}), Scope),
        ),
        role=given["role"],
        time=format_time(fact.time),
        expires=given["expires"],
        policy=given["policy"],
        record=fact.number,
        reason=fact.reason,
        break_glass=given["breakGlass"],
        single_operator=given["singleOperator"],
    )
    if given["breakGlass"]:
        ledger.unreviewed[fact.target] = fact.by.name


def _end(ledger: Ledger, fact: Fact) -> None:
    ledger.closed[fact.target] = fact.details["state"]
    ledger.said[fact.target] = fact.details.get("text", "")


def _act(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    _row(ledger, fact)
    if fact.outcome == "intended":
        ledger.begun.add(given["plan"])
        if fact.target not in ledger.intents:
            ledger.intents[fact.target] = Intent(
                given["plan"],
                fact.by.name,
                given["tool"],
                given["effect"],
                given["uid"],
                given["resource"],
                ledger._last,  # not before the one recorded last, as it was believed when it was new
                None,
                given.get("undoOf"),
                tuple(given.get("standing", ())),
            )
            ledger.acts.setdefault(fact.by.name, []).append(fact.target)
    elif fact.target in ledger.intents and fact.outcome in ("done", "failed"):
        acted = fact.time if fact.outcome == "done" else None
        ledger.intents[fact.target] = ledger.intents[fact.target]._replace(outcome=fact.outcome, acted=acted)
    _runs(ledger, fact.target)


def _verify(ledger: Ledger, fact: Fact) -> None:
    ledger.verdicts[fact.target] = fact.outcome
    _row(ledger, fact)
    _runs(ledger, fact.target)


def _runs(ledger: Ledger, action: str) -> None:
    """Kept, since each act asks for these few and there may be a hundred thousand others."""
    intent = ledger.intents.get(action)
    if intent is not None:
        if intent.outcome is None or (intent.outcome == "done" and action not in ledger.verdicts):
            ledger.running[action] = None
        else:
            ledger.running.pop(action, None)


def _mark(ledger: Ledger, fact: Fact) -> None:
    _row(ledger, fact)
    if fact.details.get("state") == "undone":
        ledger.undone.add(fact.target)


def _row(ledger: Ledger, fact: Fact) -> None:
    if "row" in fact.details:
        ledger.rows[fact.target] = fact.details["row"]


def _kill(ledger: Ledger, fact: Fact) -> None:
    ledger.kills[fact.target] = Kill(fact.target, fact.by.name, fact.time, fact.reason)
    _void(ledger, fact.target, f"{fact.by.name} pulled the kill switch for {fact.target.replace(':', ' ', 1)}")


def _filed(ledger: Ledger, fact: Fact) -> None:
    _void(ledger, EVERYTHING, "a file held the kill switch on")


def _void(ledger: Ledger, scope: str, why: str) -> None:
    """End what has not begun: nothing that waited then is carried out later."""
    for plan, known in ledger.proposed.items():
        if plan in ledger.closed or plan in ledger.begun or plan in ledger.voided:
            continue
        approval = ledger.approvals.get(plan)
        actors = [known.requester, *([approval.approver.name] if approval else [])]
        about = {EVERYTHING, *(f"actor:{name}" for name in actors), *(f"tool:{name}" for name in known.tools)}
        if scope in about | {f"system:{name}" for name in known.systems}:
            ledger.voided[plan] = why


def _revive(ledger: Ledger, fact: Fact) -> None:
    ledger.kills.pop(fact.target, None)


def _token(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    if fact.outcome != "done" or "fingerprint" not in given or given["id"] in ledger.ended:
        return
    if given.get("sole"):
        _end_all(ledger, fact.target)
    ledger.tokens[given["id"]] = Held(fact.target, given["fingerprint"])
    ledger.ended.discard(given["id"])


def _end_token(ledger: Ledger, fact: Fact) -> None:
    ledger.tokens.pop(fact.target, None)
    ledger.ended.add(fact.target)


def _end_all(ledger: Ledger, actor: str) -> None:
    for identity in [identity for identity, held in list(ledger.tokens.items()) if held.actor == actor]:
        del ledger.tokens[identity]
        ledger.ended.add(identity)


def _actor(ledger: Ledger, fact: Fact) -> None:
    ledger.actors[fact.target] = fact.details["fingerprint"]


def _end_actor(ledger: Ledger, fact: Fact) -> None:
    ledger.actors.pop(fact.target, None)
    _end_all(ledger, fact.target)


def _policy(ledger: Ledger, fact: Fact) -> None:
    if ledger.policy not in ("", fact.details["hash"]):
        _void(ledger, EVERYTHING, "the policy changed since it was made")
    ledger.policy = fact.details["hash"]


def _pause(ledger: Ledger, fact: Fact) -> None:
    ledger.paused[fact.target] = Pause(fact.by.name, fact.time, fact.reason)


def _resume(ledger: Ledger, fact: Fact) -> None:
    ledger.paused.pop(fact.target, None)


def _end_sessions(ledger: Ledger, fact: Fact) -> None:
    ledger.signed_out.update(fact.details.get("ended", ()))


def _review(ledger: Ledger, fact: Fact) -> None:
    ledger.unreviewed.pop(fact.target, None)


FOLDS: dict[str, Callable[[Ledger, Fact], None]] = {
    "plan.propose": _propose,
    "plan.approve": _approve,
    "plan.deny": _end,
    "plan.end": _end,
    "plan.review": _review,
    "action.act": _act,
    "action.verify": _verify,
    "action.mark": _mark,
    "kill.file": _filed,
    "kill.set": _kill,
    "kill.lift": _revive,
    "token.create": _token,
    "session.begin": _token,
    "token.adopt": _token,
    "token.revoke": _end_token,
    "actor.create": _actor,
    "actor.change": _actor,
    "actor.remove": _end_actor,
    "policy.load": _policy,
    "heal.pause": _pause,
    "heal.resume": _resume,
    "session.end": _end_sessions,
}
