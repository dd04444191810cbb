"""The kill switch: everything, one actor, one tool, one system; read before each mint; nothing is undone while it is on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.door.audit import AuditError, Entry
from helmward.door.killswitch import FILE, Killed, scope_of
from helmward.door.ledger import EVERYTHING
from helmward.door.points import KillPoint
from helmward.door.propose import Wish
from helmward.door.tool import Settled

from .dead import dead_audit
from .stand import ADA, ANNA, RITA, Stand, person

SCOPES = [EVERYTHING, "actor:rita", "actor:anna", "tool:config_set", "system:kubernetes"]


def kill_file(stand: Stand) -> Path:
    return stand.folder / "data" / FILE


@pytest.mark.parametrize("scope", [*SCOPES, "file"])
async def test_it_is_read_between_the_intent_and_the_mint(stand: Stand, scope: str) -> None:
    """The intent is durable, and yet nothing is written."""
    found = await stand.approved()

    def pull() -> None:
        if scope == "file":
            kill_file(stand).touch()
        else:
            stand.ledger.record_now(kill_entry(scope))

    stand.at[KillPoint.INTENT_STORED] = pull
    action = await stand.door.act(found.plan, 0)
    assert action.state == "failed"
    assert "kill switch" in action.text
    assert await stand.value() == "old"
    assert [one["outcome"] for one in stand.records("action.act")] == ["intended", "failed"]


def kill_entry(scope: str) -> Entry:
    return Entry(actor=ADA, action="kill.set", target=scope, reason="stop")


@pytest.mark.parametrize("scope", ["actor:walt", "tool:config_burn", "system:gitlab"])
async def test_it_stops_nothing_else(stand: Stand, scope: str) -> None:
    await stand.door.kills.kill(ADA, scope, "stop")
    await stand.done()
    assert await stand.value() == "new"


@pytest.mark.parametrize("scope", [EVERYTHING, "actor:rita", "tool:config_set", "system:kubernetes"])
async def test_no_plan_is_made_while_it_is_on(stand: Stand, scope: str) -> None:
    await stand.door.kills.kill(ADA, scope, "stop")
    with pytest.raises(Killed, match="ada pulled the kill switch"):
        await stand.proposed()


async def test_it_is_asked_again_right_before_each_sending(stand: Stand) -> None:
    """Pulled while the object is read for the write: nothing is sent any more."""
    found = await stand.approved()
    stand.at[KillPoint.BEFORE_WRITE] = lambda: stand.ledger.record_now(kill_entry(EVERYTHING))
    assert (await stand.door.act(found.plan, 0)).state == "failed"
    assert await stand.value() == "old"


async def test_a_kill_returns_when_nothing_is_on_its_way(stand: Stand) -> None:
    found = await stand.approved()
    killed: list[asyncio.Task[None]] = []
    stand.at[KillPoint.SENDING] = lambda: killed.append(
        asyncio.get_running_loop().create_task(stand.door.kills.kill(ADA, EVERYTHING, "stop"))
    )
    await asyncio.gather(stand.door.act(found.plan, 0))
    await killed[0]
    assert await stand.value() == "new"  # it had been sent; nothing comes after
    assert (await stand.door.actions(found.plan.id))[0].state == "acted"


async def test_what_was_written_before_is_known_as_done_while_killed(stand: Stand) -> None:
    found = await stand.approved()
    stand.at[KillPoint.WRITTEN] = _die
    with pytest.raises(Died):
        await stand.door.act(found.plan, 0)
    stand.reopen()
    await stand.door.kills.kill(ADA, EVERYTHING, "stop")
    assert (await stand.door.act(found.plan, 0)).state == "acted"


class Died(BaseException):
    """The process ended here."""


def _die() -> None:
    raise Died


async def test_while_killed_nothing_is_undone_and_half_done_actions_are_listed(stand: Stand) -> None:
    stand.runs_go = True
    stand.tool.verdict = Settled(state="no", text="it did not help")
    stand.at[KillPoint.BEFORE_CHECK] = lambda: stand.ledger.record_now(kill_entry(EVERYTHING))
    found = await stand.approved()
    assert await stand.ended() == ["failed"]
    assert await stand.value() == "new"
    (half,) = await stand.door.half_done()
    assert half.plan == found.plan.id
    stand.reopen()
    assert [one.id for one in await stand.door.half_done()] == [half.id]
    stand.runs_go = True
    await stand.door.kills.revive(ADA, EVERYTHING, "go on")
    stand.tool.verdict = None
    undo = await stand.door.undo(RITA, half.id)
    assert undo.state == "approved"
    assert await stand.ended() == ["done"]
    assert await stand.value() == "old"
    assert await stand.door.half_done() == []


async def test_what_was_proven_is_not_half_done(stand: Stand) -> None:
    await stand.done()
    assert await stand.door.half_done() == []


async def test_half_done_actions_are_listed_whatever_is_in_the_rows(stand: Stand) -> None:
    found = await stand.approved()
    await stand.door.act(found.plan, 0)
    stand.forge("UPDATE actions SET state = 'done'")
    assert len(await stand.door.half_done()) == 1
    stand.forge("DELETE FROM actions")
    assert len(await stand.door.half_done()) == 1
    stand.forge("DELETE FROM plans")
    assert [one.id for one in await stand.door.half_done()] == [found.plan.action_id(0)]


async def test_the_file_works_when_nothing_can_be_recorded(stand: Stand) -> None:
    found = await stand.approved()
    with dead_audit(stand):
        with pytest.raises(AuditError, match=r"make the file .*KILL"):
            await stand.door.kills.kill(ADA, EVERYTHING, "stop")
        kill_file(stand).touch()
        assert list(stand.door.kills.standing()) == [EVERYTHING]
    assert (await stand.door.act(found.plan, 0)).state == "failed"
    assert await stand.value() == "old"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
async def test_whatever_is_called_kill_kills(stand: Stand, kind: str) -> None:
    found, path = await stand.approved(), kill_file(stand)
    {"file": path.touch, "folder": path.mkdir, "link": lambda: path.symlink_to("/nowhere")}[kind]()
    assert (await stand.door.act(found.plan, 0)).state == "failed"
    assert await stand.value() == "old"


async def test_the_file_voids_what_waits_and_what_was_approved(stand: Stand) -> None:
    waiting, approved = await stand.proposed(name="other"), await stand.approved()
    kill_file(stand).touch()
    with pytest.raises(DeniedError):
        await stand.yes(ANNA, waiting)
    kill_file(stand).unlink()
    for found in (waiting, approved):
        assert (await stand.door.plan(found.plan.id)).state == "void"
    assert (await stand.door.act(approved.plan, 0)).state == "failed"


async def test_the_file_is_honoured_from_the_start_on(stand: Stand) -> None:
    found = await stand.approved()
    kill_file(stand).touch()
    stand.reopen()
    assert (await stand.door.act(found.plan, 0)).state == "failed"
    kill_file(stand).unlink()
    assert (await stand.door.plan(found.plan.id)).state == "void"


async def test_a_file_cannot_be_revived_away(stand: Stand) -> None:
    kill_file(stand).touch()
    with pytest.raises(UsageError, match="remove it first"):
        await stand.door.kills.revive(ADA, EVERYTHING, "go on")


async def test_it_outlives_a_restart(stand: Stand) -> None:
    await stand.door.kills.kill(ADA, "tool:config_set", "stop")
    stand.reopen()
    assert list(stand.door.kills.standing()) == ["tool:config_set"]
    with pytest.raises(Killed):
        await stand.proposed()
    await stand.door.kills.revive(ADA, "tool:config_set", "go on")
    stand.reopen()
    await stand.proposed()


async def test_it_is_recorded_who_pulled_it_and_why(stand: Stand) -> None:
    await stand.door.kills.kill(person("walt", "requester"), EVERYTHING, "it burns")
    (record,) = stand.records("kill.set")
    assert (record["actor"]["name"], record["target"], record["reason"]) == ("walt", EVERYTHING, "it burns")


async def test_it_needs_no_policy_and_no_api(stand: Stand) -> None:
    stand.means.judge.policy = None  # type: ignore[assignment]
    await stand.door.kills.kill(ADA, EVERYTHING, "stop")
    with pytest.raises(Killed):
        await stand.door.propose(RITA, [Wish("config_set", {"namespace": "shop", "name": "app", "value": "x"})])


async def test_revive_what_is_not_killed(stand: Stand) -> None:
    with pytest.raises(UsageError, match="not on for tool:config_set"):
        await stand.door.kills.revive(ADA, "tool:config_set", "go on")


@pytest.mark.parametrize(("kind", "name"), [("tool", ""), ("namespace", "shop"), ("actor", "  "), ("", "x")])
def test_scopes_are_checked(kind: str, name: str) -> None:
    with pytest.raises(UsageError, match="one actor, one tool or one system"):
        scope_of(kind, name)


def test_scopes() -> None:
    assert (scope_of("all", ""), scope_of("tool", " x ")) == (EVERYTHING, "tool:x")


async def test_a_misspelt_tool_or_system_stops_nothing_and_says_so(stand: Stand) -> None:
    with pytest.raises(UsageError, match="did you mean config_set"):
        stand.door.scope("tool", "config_sett")
    with pytest.raises(UsageError, match="There is no system 'kubernets'; there are kubernetes"):
        stand.door.scope("system", "kubernets")
    assert [stand.door.scope("tool", "config_set"), stand.door.scope("actor", "whoever")] == [
        "tool:config_set",
        "actor:whoever",
    ]
