"""From a wish to a plan: refused before anything is looked up, recorded before anybody sees it, decided by the strictest."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.core.settings_changes import LimitSettings
from helmward.door.policy.engine import Policy
from helmward.door.propose import MOST_STEPS, Wish
from helmward.door.store import seal

from .stand import ADA, ANNA, BOT, HEAL, RITA, Stand, asking, person, standing


def wish(**given: Any) -> Wish:
    return Wish(given.pop("tool", "config_set"), {"namespace": "shop", "name": "app", "value": "new", **given})


async def test_a_plan_writes_nothing(stand: Stand) -> None:
    found = await stand.proposed()
    assert (found.state, await stand.value()) == ("waiting", "old")
    (change,) = found.plan.steps[0].changes
    assert (change.path, change.before, change.after) == ("/data/mode", "old", "new")


async def test_a_plan_is_recorded_with_its_seal_and_digest(stand: Stand) -> None:
    plan = (await stand.proposed()).plan
    (record,) = stand.records("plan.propose")
    details = record["details"]
    assert (details["seal"], details["digest"], details["verdict"]) == (seal(plan), plan.digest, "ask")
    assert (record["actor"]["name"], details["tools"], details["targets"]) == (
        "rita",
        ["config_set"],
        ["ConfigMap/shop/app"],
    )


async def test_the_digest_covers_what_is_promised_and_nothing_that_changes_by_itself(stand: Stand) -> None:
    first = (await stand.proposed()).plan.digest
    stand.later(minutes=5)
    await stand.hand.patch("/api/v1/namespaces/shop/configmaps/app", {"metadata": {"labels": {"seen": "now"}}})
    assert (await stand.proposed(ADA)).plan.digest == first
    assert (await stand.proposed(value="newer")).plan.digest != first
    await stand.meddle("theirs")
    assert (await stand.proposed()).plan.digest != first


# ---- wrong usage ----


async def test_an_unknown_tool(stand: Stand) -> None:
    with pytest.raises(UsageError, match="no tool 'config_sett'; did you mean config_set"):
        await stand.proposed(tool="config_sett")
    with pytest.raises(UsageError, match="helmward tools list"):
        await stand.proposed(tool="zzz")


async def test_a_tool_that_reads_is_not_planned(stand: Stand) -> None:
    with pytest.raises(UsageError, match="changes nothing: call it"):
        await stand.proposed(tool="config_show")
    with pytest.raises(UsageError, match="plan it first"):
        await stand.door.read(RITA, "config_set", {"namespace": "shop"})


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"name": 7}, "name", "valid string"),
        ({"name": ""}, "name", "pattern"),
        ({"value": None}, "value", "valid string"),
        ({"value": "x" * 101}, "value", "at most 100 characters"),
        ({"replicas": 3}, "replicas", "no argument of that name; it has namespace, name, key, value"),
        ({"namespace": "Shop"}, "namespace", "pattern"),
        ({"namespace": "x" * 64}, "namespace", "at most 63 characters"),
    ],
)
async def test_a_wrong_argument_names_the_field_and_what_was_expected(
    stand: Stand, given: dict[str, Any], field: str, expected: str
) -> None:
    with pytest.raises(UsageError, match=rf"^config_set: {field}: .*{expected}"):
        await stand.door.propose(RITA, [wish(**given)])


async def test_a_missing_argument(stand: Stand) -> None:
    with pytest.raises(UsageError, match="config_set: value: it must be given"):
        await stand.door.propose(RITA, [Wish("config_set", {"namespace": "shop", "name": "app"})])


@pytest.mark.parametrize(
    "name",
    ["../secrets/x", "app/../../x", "app?dryRun=All", "app%2f..", "app#x", "app\n", "app\x00", "ａｐｐ", "app app", "-app",
     "$(id)", "{{app}}", "a" * 254, "app\u202e", ".", ".."],
)  # fmt: skip
@pytest.mark.parametrize("field", ["name", "namespace"])
async def test_hostile_names_are_refused_and_shown_as_they_are_to_nobody(stand: Stand, field: str, name: str) -> None:
    with pytest.raises(UsageError, match=f"^config_set: {field}: ") as refusal:
        await stand.door.propose(RITA, [wish(**{field: name})])
    text = str(refusal.value)
    assert text.isprintable()
    assert "\u202e" not in text
    assert stand.records("plan.propose") == []


@pytest.mark.parametrize("tool", ["config_set\n", "\x1b[31mconfig_set", "x" * 10_000, "", "config_set; rm"])
async def test_hostile_names_of_tools(stand: Stand, tool: str) -> None:
    with pytest.raises(UsageError) as refusal:
        await stand.proposed(tool=tool)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("identity", ["plan-%", "plan-_", "plan-", "plan-\x1b[31m", "plan-' OR 1=1 --", "x" * 10_000])
async def test_hostile_ids(stand: Stand, identity: str) -> None:
    await stand.proposed()
    await stand.proposed()
    with pytest.raises(UsageError) as refusal:
        await stand.door.plan(identity)
    assert str(refusal.value).isprintable()


async def test_nothing_of_that_name(stand: Stand) -> None:
    with pytest.raises(HelmwardError):
        await stand.proposed(name="nothing")


# ---- how much ----


async def test_a_plan_of_ten_thousand_objects_is_refused(stand: Stand) -> None:
    stand.tool.objects = 10_000
    found = await stand.proposed()
    assert found.state == "refused"
    assert "touches 10000 objects; rita may touch at most 50" in found.text


async def test_a_plan_of_ten_thousand_steps_is_refused_before_anything_is_looked_up(stand: Stand) -> None:
    with pytest.raises(UsageError, match=f"between 1 and {MOST_STEPS} steps; this one has 10000"):
        await stand.door.propose(RITA, [wish()] * 10_000)
    with pytest.raises(UsageError, match="has 0"):
        await stand.door.propose(RITA, [])


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        (LimitSettings(objects=1), "2 objects"),
        (LimitSettings(namespaces=1), "2 namespaces"),
        (LimitSettings(replicas_share=0.05), "0.1 of the workload's replicas"),
        (LimitSettings(objects=1, environments=("production",)), "2 objects"),
    ],
)
async def test_blast_radius(tmp_path: Any, policy: Policy, limit: LimitSettings, what: str) -> None:
    async with standing(tmp_path, policy, asking(limits=(limit,))) as stand:
        found = await stand.door.propose(RITA, [wish(), wish(namespace="dev-shop")])
        assert found.state == "refused"
        assert what in found.text
        assert (await stand.door.act(found.plan, 0)).state == "failed"


async def test_limits_of_others_do_not_count(tmp_path: Any, policy: Policy) -> None:
    limits = (LimitSettings(objects=0 + 1, kinds=("agent",)), LimitSettings(namespaces=1, actors=("walt",)))
    async with standing(tmp_path, policy, asking(limits=limits)) as stand:
        assert (await stand.door.propose(RITA, [wish(), wish(namespace="dev-shop")])).state == "waiting"
        assert (await stand.door.propose(BOT, [wish(), wish(name="other")])).state == "refused"


async def test_actions_in_a_window(tmp_path: Any, policy: Policy) -> None:
    async with standing(tmp_path, policy, asking(limits=(LimitSettings(actions=1, seconds=60),))) as stand:
        await stand.done()
        second = await stand.approved(value="newer", name="other")
        action = await stand.door.act(second.plan, 0)
        assert (action.state, await stand.value("other")) == ("failed", "old")
        assert "the limit is 1" in action.text
        stand.later(seconds=61)
        await stand.done(value="newest", name="other")


async def test_a_limit_does_not_stand_between_a_failure_and_its_undo(tmp_path: Any, policy: Policy) -> None:
    from helmward.door.tool import Settled

    async with standing(tmp_path, policy, asking(limits=(LimitSettings(actions=1, concurrent=1),))) as stand:
        stand.runs_go, stand.tool.verdict = True, Settled(state="no", text="it did not help")
        await stand.approved()
        assert await stand.ended() == ["undone"]
        assert await stand.value() == "old"


# ---- who ----


async def test_who_may_not_propose_learns_so_before_anything_is_looked_up(stand: Stand) -> None:
    for who in (person("walt", "viewer"), ANNA, person("nobody")):
        with pytest.raises(DeniedError, match="config_set is denied"):
            await stand.proposed(who, name="nothing")
    assert {one["outcome"] for one in stand.records("plan.propose")} == {"denied"}


async def test_a_scope_holds_for_proposals(stand: Stand) -> None:
    away = person("rita", "requester", scope=Scope(namespaces=("team-*",)))
    with pytest.raises(DeniedError, match="namespace shop is outside of what rita may touch"):
        await stand.proposed(away)


async def test_where_changes_are_off_nobody_proposes(tmp_path: Any, policy: Policy) -> None:
    async with standing(tmp_path, policy, asking().model_copy(update={"mode": "observe"})) as stand:
        for who in (RITA, ADA, HEAL):
            with pytest.raises(DeniedError, match="only observes"):
                await stand.proposed(who)


async def test_the_strictest_step_decides(stand: Stand) -> None:
    stand.means.judge.settings = asking().model_copy(update={"mode": "auto"})
    small = await stand.door.propose(HEAL, [wish()])
    assert small.state == "approved"
    both = await stand.door.propose(HEAL, [wish(), wish(tool="config_burn", name="other")])
    assert both.state == "waiting"


async def test_what_policy_allows_runs_at_once_and_not_when_it_no_longer_does(stand: Stand) -> None:
    stand.means.judge.settings = asking().model_copy(update={"mode": "auto"})
    found = await stand.door.propose(HEAL, [wish()])
    assert stand.started == [found.plan.id]
    stand.means.judge.settings = asking()
    action = await stand.door.act(found.plan, 0)
    assert (action.state, await stand.value()) == ("failed", "old")
    stand.means.judge.settings = asking().model_copy(update={"mode": "auto"})
    again = await stand.door.propose(HEAL, [wish()])
    assert (await stand.door.act(again.plan, 0)).state == "acted"


async def test_somebody_called_like_the_house_is_not_the_house(stand: Stand) -> None:
    stand.means.judge.settings = asking().model_copy(update={"mode": "auto"})
    for kind in ("user", "agent"):
        fake = Actor(name="heal", kind=kind, roles=("requester",), token="tok-fake")  # type: ignore[arg-type]
        assert (await stand.door.propose(fake, [wish()])).state == "waiting"


async def test_a_list_hides_nothing_that_may_be_called_and_shows_nothing_that_may_not(stand: Stand) -> None:
    seen = {
        who.name: {tool.name for tool in stand.door.tools(who)}
        for who in (RITA, person("walt", "viewer"), person("nobody"))
    }
    assert seen["rita"] > seen["walt"] == {"config_show"}
    assert seen["nobody"] == set()
    with pytest.raises(DeniedError, match="may not use config_set"):
        stand.door.tool(person("walt", "viewer"), "config_set")


# ---- reading ----


async def test_a_read_is_authorised_and_audited_before_it_is_given_away(stand: Stand) -> None:
    assert (await stand.door.read(RITA, "config_show", {"namespace": "shop"})).text == "of shop"
    (record,) = stand.records("tool.call")
    assert (record["target"], record["outcome"]) == ("config_show", "done")
    with pytest.raises(DeniedError):
        await stand.door.read(person("nobody"), "config_show", {"namespace": "shop"})
    assert stand.records("tool.call")[-1]["outcome"] == "denied"


async def test_a_read_that_cannot_be_audited_is_not_given_away(stand: Stand) -> None:
    from helmward.door.audit import AuditError

    from .dead import dead_audit

    with dead_audit(stand), pytest.raises(AuditError):
        await stand.door.read(RITA, "config_show", {"namespace": "shop"})


async def test_reads_are_limited(tmp_path: Any, policy: Policy) -> None:
    limit = LimitSettings(effects=("READ",), actions=2, seconds=60)
    async with standing(tmp_path, policy, asking(limits=(limit,))) as stand:
        for _ in range(2):
            await stand.door.read(RITA, "config_show", {"namespace": "shop"})
        with pytest.raises(DeniedError, match="the limit is 2"):
            await stand.door.read(RITA, "config_show", {"namespace": "shop"})
        await stand.door.read(ADA, "config_show", {"namespace": "shop"})
        stand.later(seconds=61)
        await stand.door.read(RITA, "config_show", {"namespace": "shop"})
