"""Verify: the tool's own success, nothing new at high around the target, the incident's causes gone; else undone, once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helmward.core.nouns import Finding, Resource, Severity
from helmward.core.plans import Action, Plan
from helmward.door import check
from helmward.door.points import KillPoint
from helmward.door.propose import About
from helmward.door.tool import Settled

from .dead import dead_audit
from .stand import ANNA, RITA, Stand

APP = Resource(api_version="v1", kind="ConfigMap", namespace="shop", name="app")
INCIDENT = "inc-aaaaaaaa"


@pytest.fixture(autouse=True)
def short_soak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "SOAK", 0.1)


def finding(identity: str, resource: Resource = APP) -> Finding:
    return Finding(
        id=identity, code="HW-POD-004", slug="crash-loop", severity=Severity.HIGH, resource=resource, owner=None,
        message="it crashes", why="", remedy="", evidence=(),
    )  # fmt: skip


def stands(stand: Stand, identity: str, resource: Resource = APP) -> None:
    stand.around.found[identity] = finding(identity, resource)


async def acted(stand: Stand, **about: Any) -> Plan:
    found = await stand.yes(ANNA, await stand.proposed(about=About(incident=INCIDENT, **about)))
    await stand.door.act(found.plan, 0)
    return found.plan


async def checked(stand: Stand, plan: Plan) -> Action:
    return await stand.door.check(plan, 0)


async def test_what_helped_is_done_with_its_proof(stand: Stand) -> None:
    action = await checked(stand, await acted(stand))
    assert (action.state, action.proof) == ("done", ("the value stands", "nothing new at high or above around it"))


async def test_a_new_finding_at_high_on_the_target_is_no_success(stand: Stand) -> None:
    stand.tool.deadline = 0.3
    plan = await acted(stand)
    stands(stand, "fnd-new")
    action = await checked(stand, plan)
    assert (action.state, action.text) == ("failed", "HW-POD-004 it crashes")


async def test_a_finding_that_stood_before_is_none_of_ours(stand: Stand) -> None:
    stands(stand, "fnd-old")
    assert (await checked(stand, await acted(stand))).state == "done"


async def test_what_stood_before_is_known_from_the_log(stand: Stand) -> None:
    """Who can write rows cannot make a new finding an old one."""
    stand.tool.deadline = 0.3
    plan = await acted(stand)
    forged = '{"standing":["fnd-new"]'
    stand.forge("UPDATE actions SET data = replace(data, '\"standing\":[]', ?)", forged.removeprefix("{"))
    stands(stand, "fnd-new")
    assert (await checked(stand, plan)).state == "failed"


async def test_what_stood_before_outlives_a_restart(stand: Stand) -> None:
    stands(stand, "fnd-old")
    plan = await acted(stand)
    stand.forge("DELETE FROM actions")
    stand.reopen()
    assert (await checked(stand, plan)).state == "done"


async def test_a_finding_elsewhere_is_none_of_ours(stand: Stand) -> None:
    plan = await acted(stand)
    stands(stand, "fnd-far", Resource(api_version="v1", kind="ConfigMap", namespace="shop", name="other"))
    assert (await checked(stand, plan)).state == "done"


async def test_the_first_cause_must_be_gone(stand: Stand) -> None:
    stand.tool.deadline = 0.3
    stands(stand, "fnd-cause")
    action = await checked(stand, await acted(stand, cures=("fnd-cause",)))
    assert (action.state, action.text) == ("failed", "fnd-cause still stands")


async def test_the_first_cause_may_go_later(stand: Stand) -> None:
    stands(stand, "fnd-cause")
    plan = await acted(stand, cures=("fnd-cause",))
    asyncio.get_running_loop().call_later(0.3, stand.around.found.clear)
    action = await checked(stand, plan)
    assert action.proof[-1] == "the first cause is gone"


async def test_success_must_last(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that starts and dies is ready for a moment."""
    monkeypatch.setattr(check, "SOAK", 30.0)
    stand.tool.deadline = 1.0
    plan = await acted(stand)
    asyncio.get_running_loop().call_later(0.3, lambda: stands(stand, "fnd-new"))
    assert (await checked(stand, plan)).state == "failed"


async def test_what_can_come_no_more_is_not_waited_for(stand: Stand) -> None:
    stand.tool.deadline = 3600.0
    stand.tool.verdict = Settled(state="no", text="the rollout exceeded its progress deadline")
    assert (await checked(stand, await acted(stand))).state == "failed"


async def test_a_verdict_stands(stand: Stand) -> None:
    plan = await acted(stand)
    await checked(stand, plan)
    stands(stand, "fnd-new")
    stand.reopen()
    assert (await checked(stand, plan)).state == "done"
    assert len(stand.records("action.verify")) == 1


# ---- what did not help ----


async def test_a_fix_that_makes_things_worse_is_undone_once_and_healing_pauses(stand: Stand) -> None:
    stand.runs_go, stand.tool.deadline = True, 0.3
    stand.at[KillPoint.WRITTEN] = lambda: stands(stand, "fnd-new")
    found = await stand.yes(ANNA, await stand.proposed(about=About(incident=INCIDENT)))
    assert await stand.ended() == ["undone"]
    assert await stand.value() == "old"
    assert stand.ledger.paused.keys() == {INCIDENT}
    undos = [one.plan for one in await stand.door.plans() if one.plan.undo_of]
    assert [one.undo_of for one in undos] == [found.plan.action_id(0)], "the finding still stands, and yet: once"
    assert (await stand.door.plan(found.plan.id)).state == "undone"
    (action,) = await stand.door.actions(found.plan.id)
    assert (action.state, action.text) == ("undone", "HW-POD-004 it crashes")
    ((told, event, text),) = stand.told
    assert (told, event) == (found.plan.id, "undone"), "a person is told, once"
    assert "it crashes" in text


async def test_a_person_resumes_healing(stand: Stand) -> None:
    await test_a_fix_that_makes_things_worse_is_undone_once_and_healing_pauses(stand)
    stand.reopen()
    assert INCIDENT in stand.ledger.paused
    await stand.door.resume(ANNA, INCIDENT, "mended by hand")
    stand.reopen()
    assert stand.ledger.paused == {}


async def test_an_undo_is_verified_by_its_values_alone(stand: Stand) -> None:
    plan, action = await stand.done()
    stands(stand, "fnd-new")
    stand.tool.verdict = Settled(state="no", text="nothing works any more")
    stand.runs_go = True
    undo = await stand.door.undo(RITA, action.id)
    assert await stand.ended() == ["done"]
    assert (await stand.door.plan(undo.plan.id)).state == "done"
    assert (await stand.door.plan(plan.id)).state == "undone"
    assert stand.told == []


async def test_an_undo_is_never_undone(stand: Stand) -> None:
    from helmward.core.errors import UsageError

    _, action = await stand.done()
    stand.runs_go = True
    undo = await stand.door.undo(RITA, action.id)
    await stand.ended()
    with pytest.raises(UsageError, match="itself an undo"):
        await stand.door.undo(RITA, undo.plan.action_id(0))


async def test_a_persons_undo_suspends_healing_of_its_incident(stand: Stand) -> None:
    stand.runs_go = True
    found = await stand.yes(ANNA, await stand.proposed(about=About(incident=INCIDENT)))
    await stand.ended()
    await stand.door.undo(RITA, found.plan.action_id(0))
    assert await stand.ended() == ["done"]
    paused = stand.ledger.paused[INCIDENT]
    assert paused.by == RITA.name
    assert f"was taken back by {RITA.name}" in paused.reason


async def test_what_cannot_be_undone_any_more_says_so(stand: Stand) -> None:
    """Somebody changed the value while it was being verified."""
    stand.runs_go, stand.tool.deadline = True, 0.5
    stands(stand, "fnd-cause")
    found = await stand.yes(ANNA, await stand.proposed(about=About(cures=("fnd-cause",))))
    await asyncio.wait_for(_until_written(stand), 30)
    await stand.meddle("theirs")
    assert await stand.ended() == ["failed"]
    assert await stand.value() == "theirs"
    assert "not undone" in (await stand.door.plan(found.plan.id)).text
    assert [(plan, event) for plan, event, _ in stand.told] == [(found.plan.id, "failed")]


async def _until_written(stand: Stand) -> None:
    while await stand.value() != "new":
        await asyncio.sleep(0.01)


async def test_an_irreversible_act_that_fails_is_only_reported(stand: Stand) -> None:
    stand.runs_go = True
    stand.burn.verdict = Settled(state="no", text="it did not help")
    found = await stand.yes(ANNA, await stand.proposed(tool="config_burn"))
    assert await stand.ended() == ["failed"]
    assert await stand.value() == "new"
    text = (await stand.door.plan(found.plan.id)).text
    assert stand.told == [(found.plan.id, "failed", text)]
    assert "it did not help" in text
    assert "the value is gone" in text


async def test_of_several_steps_the_last_is_taken_back_first(stand: Stand) -> None:
    from helmward.door.propose import Wish

    stand.runs_go, stand.twice.verdict = True, Settled(state="no", text="it did not help")
    one, two = ({"namespace": "shop", "name": name, "value": "new"} for name in ("app", "other"))
    found = await stand.door.propose(RITA, [Wish("config_set", one), Wish("config_twice", two)])
    await stand.yes(ANNA, found)
    assert await stand.ended() == ["undone"]
    assert [await stand.value(name) for name in ("app", "other")] == ["old", "old"]
    intents = [record["details"] for record in stand.records("action.act") if record["outcome"] == "intended"]
    undone = [details["undoOf"] for details in intents if details["undoOf"]]
    assert undone == [found.plan.action_id(1), found.plan.action_id(0)]


async def test_an_api_server_that_does_not_answer_has_not_said_no(stand: Stand) -> None:
    from helmward.core.cluster import Unavailable

    plan = await acted(stand)
    reader, answers = stand.means.reader, iter([Unavailable("no", status=503)] * 3)
    settled = stand.tool.settled

    async def later(*given: Any) -> Settled:
        for error in answers:
            raise error
        return await settled(*given)

    stand.tool.settled = later  # type: ignore[method-assign]
    assert reader is stand.means.reader
    assert (await checked(stand, plan)).state == "done"


async def test_a_verification_that_cannot_be_recorded_takes_nothing_back(stand: Stand) -> None:
    from helmward.door.audit import AuditError

    stand.tool.verdict = Settled(state="no", text="it did not help")
    plan = await acted(stand)
    with dead_audit(stand), pytest.raises(AuditError):
        await checked(stand, plan)
    assert await stand.value() == "new"
