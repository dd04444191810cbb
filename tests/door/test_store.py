"""Rows of plans and actions: found again, shown, moved on; and held against the log."""

from __future__ import annotations

import pytest

from helmward.core.errors import HelmwardError
from helmward.core.plans import ENDED
from helmward.door.integrity import mismatches
from helmward.door.points import KillPoint
from helmward.door.store import Store

from .stand import ANNA, RITA, Stand


def found(stand: Stand) -> list[str]:
    return [str(one) for one in mismatches(stand.ledger, stand.means.store)]


async def test_a_plan_is_found_by_the_beginning_of_its_id(stand: Stand) -> None:
    plan = (await stand.proposed()).plan
    store = stand.means.store
    assert [one.plan for one in store.find(plan.id[:8])] == [plan]
    assert store.find("plan-%") == []
    assert store.find("plan-_") == []


async def test_plans_of_another_cluster_do_not_show(stand: Stand) -> None:
    plan = (await stand.proposed()).plan
    other = Store(stand.state, "https://elsewhere")
    assert other.plans() == []
    assert other.find(plan.id) == []
    assert (other.is_elsewhere(plan.id), stand.means.store.is_elsewhere(plan.id)) == (True, False)


async def test_actions_of_another_cluster_are_not_offered_here(stand: Stand) -> None:
    """They could be neither looked at nor undone: `There is no plan` would be all that is said."""
    plan = (await stand.approved()).plan
    await stand.door.act(plan, 0)
    (action,) = await stand.door.actions()
    assert [one.id for one in await stand.door.half_done()] == [action.id]
    assert found(stand) == []
    stand.forge("UPDATE plans SET cluster = 'https://elsewhere' WHERE id = ?", plan.id)
    assert await stand.door.actions() == []
    assert await stand.door.half_done() == []
    assert found(stand)  # and who writes that into the row is found


@pytest.mark.parametrize("state", sorted(ENDED - {"done"}))
async def test_what_has_ended_stays_as_it_ended(stand: Stand, state: str) -> None:
    plan = (await stand.proposed()).plan
    store = stand.means.store
    store.move(plan.id, state, "it is over", stand.clock)  # type: ignore[arg-type]
    store.move(plan.id, "approved", "no", stand.clock)
    assert (store.find(plan.id)[0].state, store.find(plan.id)[0].text) == (state, "it is over")


@pytest.mark.parametrize("data", [b"{", b"", b"7", b"[]", b"\xff", 7, None])
async def test_a_row_that_cannot_be_read_hides_no_other(stand: Stand, data: object) -> None:
    bad, good = (await stand.proposed()).plan, (await stand.proposed()).plan
    if data is None:
        stand.forge("UPDATE plans SET data = x'' WHERE id = ?", bad.id)
    else:
        stand.forge("UPDATE plans SET data = ? WHERE id = ?", data, bad.id)
    assert [one.plan.id for one in await stand.door.plans()] == [good.id]
    with pytest.raises(HelmwardError, match="tampered"):
        await stand.door.plan(bad.id)
    assert found(stand) == [f"plans: {bad.id} cannot be read"]


# ---- held against the log ----


async def test_all_is_as_recorded(stand: Stand) -> None:
    stand.runs_go = True
    await stand.proposed()
    denied = (await stand.proposed()).plan
    await stand.door.deny(ANNA, denied.id, "no")
    (record,) = stand.records("plan.deny")
    assert (record["actor"]["name"], record["target"], record["reason"]) == (ANNA.name, denied.id, "no")
    assert [one for one in stand.records("plan.end") if one["target"] == denied.id] == []
    done = await stand.approved(value="newer", name="other")
    assert await stand.ended() == ["done"]
    await stand.door.undo(RITA, done.plan.action_id(0))
    assert await stand.ended() == ["done"]
    assert found(stand) == []
    stand.reopen()
    assert found(stand) == []


@pytest.mark.parametrize(
    "point",
    [KillPoint.PLAN_RECORDED, KillPoint.APPROVAL_RECORDED, KillPoint.INTENT_RECORDED, KillPoint.OUTCOME_RECORDED,
     KillPoint.CHECK_RECORDED, KillPoint.END_RECORDED],
)  # fmt: skip
async def test_what_a_crash_leaves_is_said_to_be_what_a_crash_may_leave(stand: Stand, point: KillPoint) -> None:
    stand.at[point] = _die
    with pytest.raises(Died):
        await stand.done()
    assert await rows_differ(stand)


async def rows_differ(stand: Stand) -> bool:
    stand.reopen()
    (text,) = found(stand)
    return text.endswith("a crash may leave that")


class Died(BaseException):
    """The process ended here."""


def _die() -> None:
    raise Died


async def test_a_plan_that_nobody_decided_on_and_that_is_gone_is_forgotten_when_it_expires(stand: Stand) -> None:
    plan = (await stand.proposed()).plan
    stand.forge("DELETE FROM plans")
    assert found(stand) == [f"plans: {plan.id} is missing; a crash may leave that"]
    stand.later(minutes=61)
    assert found(stand) == []


@pytest.mark.parametrize("point", [KillPoint.INTENT_RECORDED, KillPoint.OUTCOME_RECORDED, KillPoint.CHECK_RECORDED])
async def test_a_recovered_action_is_as_recorded_again(stand: Stand, point: KillPoint) -> None:
    """Its run went on after a crash between a record and its row."""
    approved = await stand.approved()
    stand.at[point] = _die
    with pytest.raises(Died):
        await stand.door.act(approved.plan, 0)
        await stand.door.check(approved.plan, 0)
    stand.reopen()
    assert (await stand.door.act(approved.plan, 0)).state in ("acted", "done")
    assert (await stand.door.check(approved.plan, 0)).state == "done"
    await stand.door.ended(approved.plan, "done", "it helped")
    assert found(stand) == []
