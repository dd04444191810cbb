"""An attacker who can write anything into the data folder: whatever they write is found, and gives no permission."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from helmward.core.errors import HelmwardError
from helmward.core.paths import lock
from helmward.door import check
from helmward.door.audit import verify
from helmward.faces.serve import card
from helmward.house import integrity

from .heist import Heist
from .heist import heist as played
from .tamperings import CATALOGUE, FORGED_SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Heist]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(check, "SOAK", 0.05)  # nothing crash-loops here
        patched.setattr(integrity, "_SETTLED", 0.01)  # and nothing is being written when we look
        async with played(tmp_path_factory.mktemp("heist")) as made:
            yield made


async def test_untouched_the_house_goes_on_and_finds_nothing(base: Heist) -> None:
    await base.begin()
    async with base.house() as house:
        assert await house.integrity.look() == []
        await base.nothing_new(house)
        closed = house.door.means.ledger.closed
        assert [closed.get(base.past.plans[name].id) for name in ("pending", "approved")] == ["done", "done"]
        assert house.tampered() == []
    assert {one.action for one in base.proxy.writes if one.action and not one.dry} == set(base.past.permitted)


async def test_audit_verify_of_a_stopped_house_names_the_rows(base: Heist) -> None:
    await base.begin()
    now = datetime.now(UTC)
    assert integrity.look_into(base.data, base.keys, now) == []
    for name in ("a_waiting_plan_was_allowed", "an_action_is_removed", "a_requesters_token_is_an_administrators"):
        CATALOGUE[name](base)
    found = integrity.look_into(base.data, base.keys, now)
    plans = base.past.plans
    assert f"plans: {plans['waiting'].id} is not the plan that was recorded" in found
    assert any(one.startswith(f"actions: {plans['done'].action_id(0)} is missing") for one in found)
    assert any(base.past.actors["rita"].token in one for one in found)
    CATALOGUE["the_state_is_removed"](base)
    assert integrity.look_into(base.data, base.keys, now) == [f"The state {base.data / 'state.db'} is gone."]
    assert not (base.data / "state.db").exists()


async def test_there_are_at_least_fifty() -> None:
    assert len(CATALOGUE) >= 50


@pytest.mark.parametrize("name", CATALOGUE)
async def test_it_is_found_and_gives_no_permission(base: Heist, name: str) -> None:
    await base.begin()
    CATALOGUE[name](base)
    found, started = _log_is_bad(base), False
    try:
        async with base.house() as house:
            started = True
            assert found or house.tampered(), "nothing was found"
            _no_made_up_token(base, house)
            await base.nothing_new(house)
            assert found or await house.integrity.look()
    except HelmwardError as refusal:
        assert not started, "only a start may be refused"
        assert str(refusal).endswith("."), "a refusal is a sentence"
        assert not [one for one in base.proxy.writes if one.action and not one.dry]


def _log_is_bad(base: Heist) -> bool:
    try:
        return not verify(base.data / "audit", base.keys, patience=0.0).ok
    except HelmwardError:
        return True


def _no_made_up_token(base: Heist, house: object) -> None:
    anna = base.past.actors["anna"].token.removeprefix("tok-")
    for text in (f"hw_{anna}_{FORGED_SECRET}", f"hw_00c0ffee_{FORGED_SECRET}", base.past.texts["gone"]):
        assert not house.identity.holds(text, house.clock())  # type: ignore[attr-defined]


async def test_the_lock_is_not_taken_through_a_link(base: Heist) -> None:
    """It would empty whatever the link names: a key, for example."""
    await base.begin()
    victim = base.keys / "audit-signing.key"
    before = victim.read_bytes()
    (base.data / "server.lock").unlink(missing_ok=True)
    (base.data / "server.lock").symlink_to(victim)
    with pytest.raises(HelmwardError, match="is a link"), lock(base.data):
        pass
    assert victim.read_bytes() == before


async def test_the_card_is_written_into_nobodys_file(base: Heist) -> None:
    """Whoever guesses the name of the file before it becomes the card gets no token."""
    await base.begin()
    victim = base.folder / "victim"
    victim.write_text("theirs")
    (base.data / f".server.json.{os.getpid()}").symlink_to(victim)
    async with card(base.data, "http://127.0.0.1:1", "a-token", base.keys):
        assert victim.read_text() == "theirs"
        assert not (base.data / "server.json").is_symlink()
        assert (base.data / "server.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["file", "link"])
async def test_a_kill_file_from_whomever_stops_everything(base: Heist, kind: str) -> None:
    """The data folder's owner may stop us at any time; nothing more."""
    await base.begin()
    path = base.data / "KILL"
    path.touch() if kind == "file" else path.symlink_to(base.keys / "audit-signing.key")
    async with base.house() as house:
        await base.nothing_new(house)
        assert "all" in house.door.kills.standing()
    assert not [one for one in base.proxy.writes if one.action and not one.dry]


@pytest.mark.parametrize("name", ["a_token_is_removed", "a_tokens_secret_is_the_attackers", "a_token_is_revoked"])
async def test_without_the_approvers_credential_what_they_approved_is_not_carried_out(base: Heist, name: str) -> None:
    await base.begin()
    CATALOGUE[name](base)
    async with base.house() as house:
        await base.nothing_new(house)
        ended = [house.door.means.ledger.closed.get(base.past.plans[plan].id) for plan in ("pending", "approved")]
        assert ended == ["failed", "failed"]
    assert not [one for one in base.proxy.writes if one.action and not one.dry]


async def test_a_start_says_in_the_log_what_it_found(base: Heist) -> None:
    await base.begin()
    CATALOGUE["a_waiting_plan_was_allowed"](base)
    async with base.house() as house:
        (sentence,) = house.tampered()
        found = [json.loads(line) for line in house.audit_tail(50)]
    (record,) = [one for one in found if one["action"] == "integrity.check"]
    assert (record["outcome"], record["details"]["found"]) == ("failed", [sentence])
    assert base.past.plans["waiting"].id in sentence
