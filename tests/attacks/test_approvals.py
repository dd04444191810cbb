"""Approvals that are none: forged, replayed, edited, expired, of the wrong role, of a changed plan, of one's own request."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.core.mandate import Drifted
from helmward.core.nouns import Actor, Scope
from helmward.core.plans import Decision, Plan, digest_of
from helmward.door.audit import Entry
from helmward.door.killswitch import Killed
from helmward.door.ledger import EVERYTHING
from helmward.door.policy.engine import Policy
from helmward.door.propose import About, Wish
from helmward.door.store import Stored

from ..door.stand import ADA, ANNA, BOT, NOON, OTTO, RITA, Stand, asking, person, standing

ZOE = person("zoe", "approver")


async def refused(stand: Stand, by: Actor, found: Stored, match: str, **more: Any) -> None:
    """The approval is refused and audited, and the plan cannot be carried out."""
    denials = len([one for one in stand.records("plan.approve") if one["outcome"] == "denied"])
    with pytest.raises(DeniedError, match=match):
        await stand.yes(by, found, **more)
    assert len([one for one in stand.records("plan.approve") if one["outcome"] == "denied"]) == denials + 1
    await nothing_is_done(stand, found.plan)


async def nothing_is_done(stand: Stand, plan: Plan) -> None:
    before = await stand.value()
    action = await stand.door.act(plan, 0)
    assert action.state == "failed"
    assert action.id not in stand.ledger.intents
    assert await stand.value() == before


# ---- who approves ----


async def test_an_approvers_yes_counts_and_names_their_role(stand: Stand) -> None:
    plan, _ = await stand.done()
    approval = stand.ledger.approvals[plan.id]
    assert (approval.approver.name, approval.role, approval.digest) == ("anna", "approver", plan.digest)
    assert await stand.value() == "new"


@pytest.mark.parametrize("roles", [("viewer",), ("requester",), ("oncall",), ("requester", "oncall"), ()])
async def test_the_wrong_role_approves_nothing(stand: Stand, roles: tuple[str, ...]) -> None:
    found = await stand.proposed()
    await refused(stand, person("walt", *roles), found, "may not approve")


@pytest.mark.parametrize("kind", ["agent", "service"])
async def test_only_people_approve(stand: Stand, kind: Any) -> None:
    robot = Actor(name="robot", kind=kind, roles=("approver", "admin"), token="tok-robot")
    await refused(stand, robot, await stand.proposed(), r"is an? (agent|service); only people approve")


async def test_the_token_found_in_the_data_folder_approves_nothing(stand: Stand) -> None:
    local = person("local", "requester", token="tok-local")
    await refused(stand, local, await stand.proposed(local), "may not approve")
    await refused(stand, local, await stand.proposed(RITA), "may not approve")


async def test_a_scope_that_leaves_the_namespace_out_approves_nothing(stand: Stand) -> None:
    for scope in (Scope(namespaces=("team-*",)), Scope(environments=("staging",)), Scope(clusters=("elsewhere",))):
        await refused(stand, person("anna", "approver", scope=scope), await stand.proposed(), "outside of what anna")


async def test_nobody_approves_their_own_request_in_production(stand: Stand) -> None:
    found = await stand.proposed(ADA)
    await refused(stand, ADA, found, "their own request in production")
    await refused(stand, person("ada", "approver", token="tok-other"), found, "their own request in production")


async def test_elsewhere_one_may_approve_ones_own_request(stand: Stand) -> None:
    found = await stand.proposed(ADA, namespace="dev-shop")
    assert found.plan.environment == "staging"
    await stand.yes(ADA, found)
    assert stand.records("plan.approve")[-1]["details"]["singleOperator"] is False


async def test_a_namespace_that_became_production_since_is_production(stand: Stand) -> None:
    found = await stand.proposed(ADA, namespace="dev-shop")
    stand.means.judge.settings = asking().model_copy(update={"environments": ()})
    with pytest.raises(DeniedError, match="their own request in production"):
        await stand.yes(ADA, found)


async def test_a_single_operator_approves_their_own_and_each_record_says_so(tmp_path: Path, policy: Policy) -> None:
    async with standing(tmp_path, policy, asking(single_operator=True)) as stand:
        plan, _ = await stand.done(by=ADA, of=ADA)
        assert stand.ledger.approvals[plan.id].single_operator
        assert stand.records("plan.approve")[-1]["details"]["singleOperator"] is True
        await stand.yes(ANNA, await stand.proposed(ADA, "newer"))
        assert stand.records("plan.approve")[-1]["details"]["singleOperator"] is False


# ---- what is approved ----


async def test_what_was_not_shown_to_them_they_cannot_approve(stand: Stand) -> None:
    found = await stand.proposed()
    await stand.door.show(ZOE, found.plan.id)
    with pytest.raises(DeniedError, match="not shown to anna yet"):
        await stand.door.approve(ANNA, found.plan.id, found.plan.digest)
    await nothing_is_done(stand, found.plan)


@pytest.mark.parametrize("digest", ["", "0" * 64, "of another"])
async def test_the_digest_that_was_shown_is_what_counts(stand: Stand, digest: str) -> None:
    found, other = await stand.proposed(), await stand.proposed(value="worse")
    given = other.plan.digest if digest == "of another" else digest
    await stand.door.show(ANNA, found.plan.id)
    with pytest.raises(DeniedError, match="What you approve is not what"):
        await stand.door.approve(ANNA, found.plan.id, given)
    await nothing_is_done(stand, found.plan)


def worse(plan: Plan) -> dict[str, Any]:
    (step,) = plan.steps
    change = msgspec.structs.replace(step.changes[0], after="worse")
    return {"steps": (msgspec.structs.replace(step, changes=(change,)),)}


EDITS: dict[str, Any] = {
    "steps": worse,
    "requester": lambda plan: {"requester": ADA},
    "environment": lambda plan: {"environment": "staging"},
    "decision": lambda plan: {"decision": Decision(verdict="allow", reason="it may")},
    "approvers": lambda plan: {"decision": Decision(verdict="ask", reason="", approvers=("viewer",))},
    "expires": lambda plan: {"expires": "2036-01-01T00:00:00Z"},
    "undo_of": lambda plan: {"undo_of": "act-aaaaaaaa"},
    "policy": lambda plan: {"policy": "0" * 64},
    "reason": lambda plan: {"reason": "trust me"},
    "title": lambda plan: {"title": "harmless"},
    "cures": lambda plan: {"cures": ("fnd-aaaaaaaa",)},
    "severity": lambda plan: {"severity": "critical"},
}


@pytest.mark.parametrize("field", EDITS)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_edited_plan_is_neither_approved_nor_carried_out(stand: Stand, field: str, when: str) -> None:
    found = await stand.proposed()
    if when == "after":
        await stand.yes(ANNA, found)
    forged = stand.forge_plan(found.plan, **EDITS[field](found.plan))
    if when == "before":
        with pytest.raises(DeniedError, match="tampered with"):
            await stand.yes(ANNA, Stored(forged, "waiting", "", ""))
    await nothing_is_done(stand, forged)


async def test_a_digest_that_was_forged_with_its_steps(stand: Stand) -> None:
    found = await stand.proposed()
    steps = worse(found.plan)["steps"]
    forged = stand.forge_plan(found.plan, steps=steps, digest=digest_of(steps))
    with pytest.raises(DeniedError, match="tampered with"):
        await stand.yes(ANNA, Stored(forged, "waiting", "", ""))
    await nothing_is_done(stand, forged)


async def test_a_row_that_says_approved_is_no_approval(stand: Stand) -> None:
    found = await stand.proposed()
    stand.forge("UPDATE plans SET state = 'approved', text = 'approved by anna' WHERE id = ?", found.plan.id)
    await nothing_is_done(stand, (await stand.door.plan(found.plan.id)).plan)


async def test_a_row_that_says_waiting_cannot_be_approved_twice(stand: Stand) -> None:
    plan, _ = await stand.done()
    stand.forge("UPDATE plans SET state = 'waiting' WHERE id = ?", plan.id)
    with pytest.raises(DeniedError, match="does not wait"):
        await stand.yes(ZOE, Stored(plan, "waiting", "", ""))
    assert (await stand.door.plan(plan.id)).state == "done"


async def test_an_approval_is_for_one_plan(stand: Stand) -> None:
    """Replayed: the same change, planned again, needs its own yes."""
    await stand.done()
    await stand.meddle("old")
    again = await stand.proposed()
    assert again.plan.digest in {one["details"]["digest"] for one in stand.records("plan.approve")}
    await nothing_is_done(stand, again.plan)


async def test_an_approved_plan_is_carried_out_once(stand: Stand) -> None:
    plan, _ = await stand.done()
    await stand.meddle("old")
    assert (await stand.door.act(plan, 0)).state == "done"
    assert await stand.value() == "old"


async def test_approving_twice_counts_once(stand: Stand) -> None:
    found = await stand.approved()
    with pytest.raises(DeniedError, match="counts once"):
        await stand.yes(ZOE, found)
    assert stand.ledger.approvals[found.plan.id].approver.name == "anna"


async def test_two_tabs_one_wins_and_the_other_is_told(stand: Stand) -> None:
    found = await stand.proposed()
    for who in (ANNA, ZOE):
        await stand.door.show(who, found.plan.id)
    tabs = [stand.door.approve(who, found.plan.id, found.plan.digest) for who in (ANNA, ZOE)]
    answers = await asyncio.gather(*tabs, return_exceptions=True)
    (told,) = [one for one in answers if isinstance(one, BaseException)]
    assert "was approved already" in str(told)
    assert [one["outcome"] for one in stand.records("plan.approve")].count("done") == 1
    assert stand.started == [found.plan.id]


async def test_yes_and_no_at_once_one_wins(stand: Stand) -> None:
    found = await stand.proposed()
    await stand.door.show(ANNA, found.plan.id)
    yes, no = stand.door.approve(ANNA, found.plan.id, found.plan.digest), stand.door.deny(ZOE, found.plan.id, "no")
    said_yes, said_no = await asyncio.gather(yes, no, return_exceptions=True)
    assert [isinstance(one, DeniedError) for one in (said_yes, said_no)].count(True) == 1
    approved = isinstance(said_no, DeniedError)
    assert (found.plan.id in stand.ledger.approvals, found.plan.id in stand.ledger.closed) == (approved, not approved)
    assert bool(stand.started) == approved


async def test_approve_after_deny(stand: Stand) -> None:
    found = await stand.proposed()
    await stand.door.deny(ANNA, found.plan.id, "not today")
    await refused(stand, ANNA, found, "does not wait")
    assert (await stand.door.plan(found.plan.id)).text == "denied by anna: not today"


async def test_deny_after_approve(stand: Stand) -> None:
    found = await stand.approved()
    stand.forge("UPDATE plans SET state = 'waiting' WHERE id = ?", found.plan.id)
    with pytest.raises(DeniedError, match="approved already"):
        await stand.door.deny(ZOE, found.plan.id, "no")
    assert found.plan.id not in stand.ledger.closed


async def test_who_may_not_approve_may_not_deny_for_others(stand: Stand) -> None:
    found = await stand.proposed()
    away = person("anna", "approver", scope=Scope(namespaces=("team-*",)))
    robot = Actor(name="robot", kind="agent", roles=("approver",), token="tok-robot")
    for who in (person("walt", "requester"), away, robot):
        with pytest.raises(DeniedError, match="may not deny"):
            await stand.door.deny(who, found.plan.id, "no")
    await stand.door.deny(RITA, found.plan.id, "I changed my mind")
    assert (await stand.door.plan(found.plan.id)).state == "denied"


async def test_what_policy_denied_cannot_be_approved(stand: Stand) -> None:
    stand.tool.objects = 10_000
    refused_plan = await stand.proposed()
    assert refused_plan.state == "refused"
    await refused(stand, ANNA, refused_plan, "does not wait")


# ---- when it is approved ----


async def test_an_expired_plan_is_not_approved(stand: Stand) -> None:
    found = await stand.proposed()
    stand.later(minutes=60)
    assert (await stand.door.plan(found.plan.id)).state == "expired"
    with pytest.raises(DeniedError, match="expired"):
        await stand.yes(ANNA, found)
    await nothing_is_done(stand, found.plan)


async def test_an_approval_expires(stand: Stand) -> None:
    found = await stand.approved()
    stand.later(minutes=60)
    await nothing_is_done(stand, found.plan)


async def test_a_clock_that_is_set_back_revives_no_plan_and_no_approval(stand: Stand) -> None:
    approved, waiting = await stand.approved(), await stand.proposed(value="newer", name="other")
    stand.later(minutes=61)
    await stand.ledger.record(Entry(actor=ADA, action="heal.pause", target="inc-aaaaaaaa"))
    stand.clock = NOON + timedelta(minutes=1)
    with pytest.raises(DeniedError, match="expired"):
        await stand.yes(ANNA, waiting)
    await nothing_is_done(stand, approved.plan)
    stand.reopen()
    await nothing_is_done(stand, approved.plan)


async def test_a_clock_that_jumps_ahead_ends_approvals(stand: Stand) -> None:
    approved = await stand.approved()
    stand.later(days=3650)
    await nothing_is_done(stand, approved.plan)


async def test_the_approvers_token_is_revoked_between_approve_and_act(stand: Stand) -> None:
    found = await stand.approved()
    stand.revoked.add(ANNA.token)
    await nothing_is_done(stand, found.plan)


async def test_the_requesters_token_is_revoked_between_approve_and_act(stand: Stand) -> None:
    found = await stand.approved()
    stand.revoked.add(RITA.token)
    await nothing_is_done(stand, found.plan)


@pytest.mark.parametrize("scope", [EVERYTHING, "actor:rita", "actor:anna", "tool:config_set", "system:kubernetes"])
@pytest.mark.parametrize("revived", [False, True])
async def test_a_kill_voids_an_approval_for_good(stand: Stand, scope: str, revived: bool) -> None:
    found = await stand.approved()
    await stand.door.kills.kill(ADA, scope, "stop")
    if revived:
        await stand.door.kills.revive(ADA, scope, "go on")
        stand.reopen()
    assert (await stand.door.plan(found.plan.id)).state == "void"
    await nothing_is_done(stand, found.plan)


@pytest.mark.parametrize("scope", [EVERYTHING, "actor:rita", "tool:config_set", "system:kubernetes"])
async def test_a_kill_voids_what_waits_for_an_approval(stand: Stand, scope: str) -> None:
    found = await stand.proposed()
    await stand.door.kills.kill(ADA, scope, "stop")
    await stand.door.kills.revive(ADA, scope, "go on")
    await refused(stand, ANNA, found, "pulled the kill switch")


async def test_a_kill_of_something_else_voids_nothing(stand: Stand) -> None:
    found = await stand.proposed()
    for scope in ("actor:walt", "tool:config_burn", "system:gitlab"):
        await stand.door.kills.kill(ADA, scope, "stop")
    await stand.yes(ANNA, found)
    assert (await stand.door.act(found.plan, 0)).state == "acted"


async def test_approve_while_killed(stand: Stand) -> None:
    await stand.door.kills.kill(ADA, "actor:anna", "stop")
    with pytest.raises(Killed):
        await stand.yes(ANNA, found := await stand.proposed())
    await nothing_is_done(stand, found.plan)
    (stand.folder / "data" / "KILL").touch()
    with pytest.raises(DeniedError):
        await stand.yes(ZOE, found)
    await nothing_is_done(stand, found.plan)


async def test_another_policy_voids_what_was_approved_and_what_waits(stand: Stand, policy: Policy) -> None:
    approved, waiting = await stand.approved(), await stand.proposed(name="other")
    await another_policy(stand, policy)
    for found in (approved, waiting):
        assert (await stand.door.plan(found.plan.id)).state == "void"
    with pytest.raises(DeniedError, match="policy changed"):
        await stand.yes(ANNA, waiting)
    await nothing_is_done(stand, approved.plan)


async def test_the_earlier_policy_revives_nothing(stand: Stand, policy: Policy) -> None:
    approved, waiting = await stand.approved(), await stand.proposed(name="other")
    await another_policy(stand, policy)
    stand.means.judge.policy = policy
    await stand.ledger.record(loaded(policy))
    with pytest.raises(DeniedError, match="policy changed"):
        await stand.yes(ANNA, waiting)
    await nothing_is_done(stand, approved.plan)


async def another_policy(stand: Stand, policy: Policy) -> None:
    modules = {**policy.modules, "more.rego": "package helmward.more\n\nnothing := 1\n"}
    other = Policy(modules, {}, ())
    await stand.ledger.record(loaded(policy))
    await stand.ledger.record(loaded(other))
    stand.means.judge.policy = other


def loaded(policy: Policy) -> Entry:
    return Entry(actor=ADA, action="policy.load", target="policy", details={"hash": policy.hash})


# ---- break-glass ----


async def test_oncall_breaks_the_glass_for_its_own_request_loudly(stand: Stand) -> None:
    found = await stand.proposed(OTTO)
    with pytest.raises(DeniedError, match="may not approve"):
        await stand.yes(OTTO, found)
    await stand.yes(OTTO, found, reason="the shop is down", break_glass=True)
    assert (await stand.door.act(found.plan, 0)).state == "acted"
    record = stand.records("plan.approve")[-1]
    assert (record["reason"], record["details"]["breakGlass"]) == ("the shop is down", True)
    assert stand.ledger.unreviewed == {found.plan.id: "otto"}
    assert stand.told == [(found.plan.id, "break-glass", "otto broke the glass: the shop is down")]


@pytest.mark.parametrize("reason", ["", "  \t"])
async def test_no_glass_breaks_without_a_reason(stand: Stand, reason: str) -> None:
    found = await stand.proposed(OTTO)
    await refused(stand, OTTO, found, "and a reason", reason=reason, break_glass=True)


@pytest.mark.parametrize("who", [RITA, ANNA, ADA])
async def test_no_glass_breaks_without_the_role(stand: Stand, who: Actor) -> None:
    found = await stand.proposed(who if "approver" not in who.roles else RITA)
    await refused(stand, who, found, "takes the role oncall", reason="now", break_glass=True)


async def test_the_glass_is_broken_for_ones_own_request_alone(stand: Stand) -> None:
    await refused(stand, OTTO, await stand.proposed(), "one's own", reason="now", break_glass=True)


async def test_the_glass_is_broken_for_one_action(stand: Stand) -> None:
    wishes = [Wish("config_set", {"namespace": "shop", "name": name, "value": "new"}) for name in ("app", "other")]
    found = await stand.door.propose(OTTO, wishes)
    await refused(stand, OTTO, found, "one action", reason="now", break_glass=True)


async def test_broken_glass_is_shown_until_somebody_else_reviews_it(stand: Stand) -> None:
    found = await stand.proposed(OTTO)
    await stand.yes(OTTO, found, reason="the shop is down", break_glass=True)
    robot = Actor(name="robot", kind="agent", roles=("admin",), token="tok-robot")
    for who in (person("otto", "oncall", "approver", "admin"), RITA, robot):
        with pytest.raises(DeniedError, match="Somebody else"):
            await stand.door.review(who, found.plan.id, "fine")
    stand.reopen()
    assert stand.ledger.unreviewed == {found.plan.id: "otto"}
    await stand.door.review(ANNA, found.plan.id, "it was right")
    stand.reopen()
    assert stand.ledger.unreviewed == {}
    with pytest.raises(UsageError, match="waits for a review"):
        await stand.door.review(ANNA, found.plan.id, "again")


# ---- the undo that was approved with it ----


async def test_a_plans_approval_covers_its_undo_for_an_hour(stand: Stand) -> None:
    _, action = await stand.done()
    stand.later(minutes=59)
    undo = await stand.door.undo(RITA, action.id)
    assert (undo.state, undo.plan.undo_of) == ("approved", action.id)
    await stand.door.act(undo.plan, 0)
    assert await stand.value() == "old"


async def test_an_agent_takes_back_its_own_alone(stand: Stand) -> None:
    """What a person asked for and another approved is not an agent's to take back unasked."""
    _, action = await stand.done()
    undo = await stand.door.undo(BOT, action.id)
    assert undo.state == "waiting"
    await nothing_is_done(stand, undo.plan)
    assert (await stand.yes(ANNA, undo)).state == "approved"


async def test_an_agent_may_take_back_what_it_asked_for(stand: Stand) -> None:
    _, action = await stand.done(of=BOT)
    undo = await stand.door.undo(BOT, action.id)
    assert undo.state == "approved"
    await stand.door.act(undo.plan, 0)
    assert await stand.value() == "old"


async def test_after_an_hour_the_undo_waits_for_its_own_approval(stand: Stand) -> None:
    _, action = await stand.done()
    stand.later(minutes=60)
    undo = await stand.door.undo(RITA, action.id)
    assert undo.state == "waiting"
    await nothing_is_done(stand, undo.plan)


async def test_an_undo_that_was_covered_is_not_after_the_hour(stand: Stand) -> None:
    _, action = await stand.done()
    undo = await stand.door.undo(RITA, action.id)
    stand.later(minutes=60)
    await nothing_is_done(stand, undo.plan)


@pytest.mark.parametrize("what", ["revoked", "killed", "policy"])
async def test_what_ends_the_approval_ends_its_cover(stand: Stand, policy: Policy, what: str) -> None:
    _, action = await stand.done()
    if what == "revoked":
        stand.revoked.add(ANNA.token)
    elif what == "killed":
        await stand.door.kills.kill(ADA, "actor:anna", "stop")
    else:
        await another_policy(stand, policy)
    assert (await stand.door.undo(RITA, action.id)).state == "waiting"


async def test_an_undo_refuses_where_the_values_are_not_ours_any_more(stand: Stand) -> None:
    _, action = await stand.done()
    await stand.meddle("theirs")
    with pytest.raises(Drifted, match="changed by somebody else"):
        await stand.door.undo(RITA, action.id)


async def test_drift_between_the_undos_plan_and_its_act(stand: Stand) -> None:
    _, action = await stand.done()
    undo = await stand.door.undo(RITA, action.id)
    await stand.meddle("theirs")
    assert (await stand.door.act(undo.plan, 0)).state == "failed"
    assert await stand.value() == "theirs"


async def test_only_an_undo_is_covered_whatever_a_caller_says(stand: Stand) -> None:
    """Another change that calls itself the undo of an approved action."""
    _, action = await stand.done()
    found = await stand.proposed(RITA, "worse", about=About(undo_of=action.id))
    assert (found.state, found.plan.undo_of) == ("waiting", None)
    await nothing_is_done(stand, found.plan)


async def test_an_agents_request_waits_for_a_person(stand: Stand) -> None:
    found = await stand.proposed(BOT)
    assert found.state == "waiting"
    await nothing_is_done(stand, found.plan)


async def test_a_plan_of_another_cluster_is_none_here(stand: Stand) -> None:
    found = await stand.approved()
    stand.means.judge.cluster = "https://production"
    await nothing_is_done(stand, found.plan)
