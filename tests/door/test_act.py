"""The act: audit intent → kill switch → mint → write → audit outcome; what cannot be recorded is not done."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helmward.core.errors import DeniedError
from helmward.core.mandate import SpentMandate
from helmward.door.act import Busy
from helmward.door.audit import AuditError
from helmward.door.points import KillPoint
from helmward.lab.client import path_of

from .dead import dead_audit, kill_audit
from .stand import ANNA, RITA, Stand


async def test_a_change_is_made_once(stand: Stand) -> None:
    plan, _ = await stand.done()
    assert await stand.value() == "new"
    await stand.meddle("old")
    assert (await stand.door.act(plan, 0)).state == "done"
    assert await stand.value() == "old"


async def test_it_carries_its_action_id(stand: Stand) -> None:
    _, action = await stand.done()
    found = await stand.hand.get(path_of("ConfigMap", "shop", "app"))
    assert found["metadata"]["annotations"]["helmward.dev/action"] == action.id


async def test_the_intent_is_durable_before_the_write(stand: Stand) -> None:
    found = await stand.approved()
    seen: list[list[str]] = []
    stand.at[KillPoint.SENDING] = lambda: seen.append([one["outcome"] for one in stand.records("action.act")])
    await stand.door.act(found.plan, 0)
    assert seen == [["intended"]]


# ---- the audit log fails ----


async def test_if_the_intent_cannot_be_written_nothing_is_done(stand: Stand) -> None:
    found = await stand.approved()
    with dead_audit(stand):
        with pytest.raises(AuditError, match="nothing is done"):
            await stand.door.act(found.plan, 0)
        assert await stand.value() == "old"
        assert found.plan.action_id(0) not in stand.ledger.intents
    assert (await stand.door.act(found.plan, 0)).state == "acted"
    assert await stand.value() == "new"


@pytest.mark.parametrize("what", ["propose", "approve", "deny"])
async def test_a_plan_or_decision_that_cannot_be_recorded_is_none(stand: Stand, what: str) -> None:
    found = await stand.proposed()
    with dead_audit(stand), pytest.raises(AuditError):
        if what == "propose":
            await stand.proposed(value="newer")
        elif what == "approve":
            await stand.yes(RITA, found)  # a refusal is audited too
        else:
            await stand.door.deny(RITA, found.plan.id, "no")
    assert [one.plan.id for one in await stand.door.plans()] == [found.plan.id]
    assert (await stand.door.plan(found.plan.id)).state == "waiting"


async def test_an_approval_that_cannot_be_recorded_is_none(stand: Stand) -> None:
    found = await stand.proposed()
    with dead_audit(stand), pytest.raises(AuditError):
        await stand.yes(ANNA, found)
    assert (await stand.door.plan(found.plan.id)).state == "waiting"
    assert stand.started == []
    assert (await stand.door.act(found.plan, 0)).state == "failed"


async def test_an_outcome_that_cannot_be_recorded_is_looked_for_and_not_repeated(stand: Stand) -> None:
    found = await stand.approved()
    mend: list[Any] = []
    stand.at[KillPoint.WRITTEN] = lambda: mend.append(kill_audit(stand))
    with pytest.raises(AuditError):
        await stand.door.act(found.plan, 0)
    assert await stand.value() == "new"
    assert stand.door.unfinished() == [found.plan.action_id(0)]
    mend[0]()
    version = await resource_version(stand)
    assert (await stand.door.act(found.plan, 0)).text == "done before"
    assert await resource_version(stand) == version
    assert (await stand.door.check(found.plan, 0)).state == "done"


async def resource_version(stand: Stand) -> str:
    found: str = (await stand.hand.get(path_of("ConfigMap", "shop", "app")))["metadata"]["resourceVersion"]
    return found


async def test_a_verdict_that_cannot_be_recorded_is_asked_for_again(stand: Stand) -> None:
    found = await stand.approved()
    await stand.door.act(found.plan, 0)
    with dead_audit(stand), pytest.raises(AuditError):
        await stand.door.check(found.plan, 0)
    assert stand.ledger.verdicts == {}
    assert (await stand.door.check(found.plan, 0)).state == "done"


async def test_an_end_that_cannot_be_recorded_is_none(stand: Stand) -> None:
    found = await stand.approved()
    await stand.door.act(found.plan, 0)
    await stand.door.check(found.plan, 0)
    with dead_audit(stand), pytest.raises(AuditError):
        await stand.door.ended(found.plan, "done", "it helped")
    assert (await stand.door.plan(found.plan.id)).state == "approved"


@pytest.mark.parametrize(
    "point", [KillPoint.BEFORE_INTENT, KillPoint.WRITTEN, KillPoint.OUTCOME_STORED, KillPoint.BEFORE_CHECK,
              KillPoint.CHECK_STORED]
)  # fmt: skip
async def test_a_run_goes_on_when_the_audit_log_is_back(stand: Stand, point: KillPoint) -> None:
    stand.runs_go = True
    loop = asyncio.get_running_loop()

    def fail() -> None:
        loop.call_later(0.3, kill_audit(stand))

    stand.at[point] = fail
    await stand.approved()
    assert await stand.ended() == ["done"]
    assert await stand.value() == "new"
    assert stand.ledger.verdicts[stand.started[0].replace("plan-", "act-")] == "done"


# ---- mandates ----


async def test_a_writer_writes_once(stand: Stand) -> None:
    found = await stand.approved(tool="config_twice")
    action = await stand.door.act(found.plan, 0)
    assert await stand.value() == "new"
    assert action.state == "acted", "what the first use wrote is there"


async def test_a_kept_writer_is_dead(stand: Stand) -> None:
    found = await stand.approved(tool="config_keep")
    await stand.door.act(found.plan, 0)
    assert stand.keep.kept is not None
    with pytest.raises(SpentMandate):
        await stand.keep.kept.write()
    assert await stand.value() == "old"


async def test_what_was_not_written_is_not_proven(stand: Stand) -> None:
    """A tool that says it wrote, and did not."""
    stand.runs_go = True
    await stand.approved(tool="config_keep")
    assert await stand.ended() == ["failed"]


# ---- one unfinished action per object ----


async def test_one_unfinished_action_per_object(stand: Stand) -> None:
    first, second = await stand.approved(), await stand.approved(value="newer", key="other")
    await stand.door.act(first.plan, 0)
    with pytest.raises(Busy, match="has not ended; it comes first"):
        await stand.door.act(second.plan, 0)
    assert await stand.value(key="other") is None
    await stand.door.check(first.plan, 0)
    assert (await stand.door.act(second.plan, 0)).state == "acted"


async def test_other_objects_need_not_wait(stand: Stand) -> None:
    first, second = await stand.approved(), await stand.approved(name="other")
    await stand.door.act(first.plan, 0)
    assert (await stand.door.act(second.plan, 0)).state == "acted"


async def test_two_runs_on_one_object_come_one_after_the_other(stand: Stand) -> None:
    stand.runs_go = True
    for number, key in enumerate(("one", "two", "three")):
        await stand.approved(value=str(number), key=key)
    assert await stand.ended() == ["done"] * 3
    marks = [(one["target"], one["outcome"]) for one in stand.records("action.") if one["action"] != "action.mark"]
    ends = [target for target, _ in marks]
    assert ends == sorted(ends, key=ends.index), "no action begins before the one before it is verified"
    assert [await stand.value(key=key) for key in ("one", "two", "three")] == ["0", "1", "2"]


async def test_what_an_earlier_action_left_open_is_recovered_first(stand: Stand) -> None:
    """The run of the first plan ended without knowing whether it wrote."""
    first, second = await stand.approved(), await stand.approved(value="newer", key="other")
    stand.at[KillPoint.INTENT_STORED] = _die
    with pytest.raises(Died):
        await stand.door.act(first.plan, 0)
    stand.reopen()
    await stand.door.ended(first.plan, "failed", "it was given up")
    assert (await stand.door.act(second.plan, 0)).state == "acted"
    assert stand.ledger.intents[first.plan.action_id(0)].outcome == "failed"


class Died(BaseException):
    """The process ended here."""


def _die() -> None:
    raise Died


# ---- what was permitted is not any more ----


async def test_what_was_written_before_the_permission_ended_is_done(stand: Stand) -> None:
    found = await stand.approved()
    stand.at[KillPoint.WRITTEN] = _die
    with pytest.raises(Died):
        await stand.door.act(found.plan, 0)
    stand.reopen()
    stand.revoked.add(RITA.token)
    assert (await stand.door.act(found.plan, 0)).state == "acted"
    assert stand.ledger.intents[found.plan.action_id(0)].outcome == "done"


async def test_what_was_only_intended_when_the_permission_ended_is_not_done(stand: Stand) -> None:
    found, other = await stand.approved(), await stand.approved(value="x", key="other", of=RITA)
    stand.at[KillPoint.INTENT_STORED] = _die
    with pytest.raises(Died):
        await stand.door.act(found.plan, 0)
    stand.reopen()
    stand.revoked.add(RITA.token)
    assert (await stand.door.act(found.plan, 0)).state == "failed"
    assert await stand.value() == "old"
    stand.revoked.clear()
    assert (await stand.door.act(other.plan, 0)).state == "acted", "the object is free again"


async def test_an_edited_row_of_an_action_is_not_believed(stand: Stand) -> None:
    found = await stand.approved()
    await stand.door.act(found.plan, 0)
    stand.forge("UPDATE actions SET data = replace(data, '\"acted\"', '\"done\"'), state = 'done'")
    stand.tool.verdict = None
    assert (await stand.door.check(found.plan, 0)).state == "done"
    assert len(stand.records("action.verify")) == 1, "it was verified all the same"


async def test_a_run_that_says_done_needs_the_proof_in_the_log(stand: Stand) -> None:
    found = await stand.approved()
    await stand.door.ended(found.plan, "done", "it helped")
    assert (await stand.door.plan(found.plan.id)).state == "failed"
    assert "tampered" in (await stand.door.plan(found.plan.id)).text


async def test_drift_between_plan_and_act(stand: Stand) -> None:
    found = await stand.approved()
    await stand.meddle("theirs")
    action = await stand.door.act(found.plan, 0)
    assert (action.state, await stand.value()) == ("failed", "theirs")
    assert "no longer old" in action.text


async def test_deleted_and_made_anew(stand: Stand) -> None:
    found = await stand.approved()
    await stand.hand.delete(path_of("ConfigMap", "shop", "app"))
    metadata = {"name": "app", "namespace": "shop"}
    await stand.hand.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"mode": "old"}})
    action = await stand.door.act(found.plan, 0)
    assert (action.state, await stand.value()) == ("failed", "old")
    assert "made anew" in action.text


async def test_a_change_beside_what_is_touched_is_no_drift(stand: Stand) -> None:
    found = await stand.approved()
    await stand.hand.patch(
        path_of("ConfigMap", "shop", "app"), {"data": {"beside": "x"}, "metadata": {"labels": {"a": "b"}}}
    )
    assert (await stand.door.act(found.plan, 0)).state == "acted"


async def test_an_irreversible_act_is_not_undone(stand: Stand) -> None:
    found = await stand.yes(ANNA, await stand.proposed(tool="config_burn"))
    await stand.door.act(found.plan, 0)
    with pytest.raises(DeniedError, match="cannot be undone: the value is gone"):
        await stand.door.undo(RITA, found.plan.action_id(0))


async def test_where_the_plan_of_what_was_left_open_is_gone_the_object_is_left_alone(stand: Stand) -> None:
    first, second = await stand.approved(), await stand.approved(value="newer", key="other")
    stand.at[KillPoint.INTENT_STORED] = _die
    with pytest.raises(Died):
        await stand.door.act(first.plan, 0)
    stand.reopen()
    await stand.door.ended(first.plan, "failed", "it was given up")
    stand.forge("DELETE FROM plans WHERE id = ?", first.plan.id)
    action = await stand.door.act(second.plan, 0)
    assert (action.state, await stand.value(key="other")) == ("failed", None)
    assert "is gone" in action.text
