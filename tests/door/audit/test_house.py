"""The running house audits what it is, and what is done to it; where that cannot be recorded, it is not done."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.settings import load
from helmward.door.audit import AuditError, verify
from helmward.house.auditing import settings_in_force, since_text

from ...house.home import Home, one
from ...house.home import home as make

DANA = Actor(name="dana", kind="user", roles=("admin",))
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with make(tmp_path) as made:
        yield made


def audited(home: Home) -> list[dict[str, Any]]:
    """Every record in the log's files."""
    lines = [
        line for path in sorted((home.folder / "data" / "audit").iterdir()) for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines if '"sequence"' in line]


def words(records: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(record["action"], record["target"], record["outcome"]) for record in records]


def names_of_tokens(home: Home) -> list[str]:
    with sqlite3.connect(home.folder / "data" / "state.db") as raw:
        found = [name for (name,) in raw.execute("SELECT name FROM tokens WHERE revoked IS NULL")]
    raw.close()
    return found


@contextmanager
def dead_log(home: Home) -> Iterator[None]:
    """The folder of the head is out of reach: nothing can be acknowledged."""
    heads, away = home.folder / "keys" / "audit", home.folder / "keys" / "away"
    heads.rename(away)
    heads.write_text("not a folder")
    try:
        yield
    finally:
        heads.unlink()
        away.rename(heads)


async def test_a_life_is_audited(home: Home) -> None:
    async with home.house():
        pass
    records = audited(home)
    token = records[-2]["target"]
    assert words(records) == [
        ("server.start", "helmward", "done"),
        ("settings.load", "helmward", "done"),
        ("token.create", "administrator", "done"),
        ("token.create", "local", "done"),
        ("policy.load", "policy", "done"),
        ("token.revoke", token, "done"),
        ("server.stop", "helmward", "done"),
    ]
    assert records[3]["details"]["id"] == token
    assert {(record["actor"]["kind"], record["actor"]["name"]) for record in records} == {("service", "helmward")}
    async with home.house():
        pass
    assert words(audited(home)[7:])[:3] == [*words(records)[:2], words(records)[3]]
    verdict = verify(home.folder / "data" / "audit", home.folder / "keys")
    assert (verdict.complete, verdict.records) == (True, 12)


async def test_a_failure_of_the_house_still_ends_its_audited_life(home: Home) -> None:
    with pytest.raises(UsageError):
        async with home.house():
            raise UsageError("It ends badly.")
    assert audited(home)[-1]["action"] == "server.stop"


def test_settings_are_audited_without_their_values(tmp_path: Path) -> None:
    secret = secrets.token_urlsafe(24)
    channel = {"name": "chat", "kind": "webhook", "url": f"https://hooks.example.com/{secret}"}
    plain = load(None, {"HOME": str(tmp_path), "HELMWARD_SERVER__PORT": "9000"})
    hooked = plain.replaced({"channels": [channel]})
    other = plain.replaced({"channels": [channel | {"url": channel["url"] + "x"}]})
    found = [settings_in_force(loaded, tmp_path) for loaded in (plain, hooked, other, hooked)]
    assert found[0]["origins"] == {"server.port": "environment HELMWARD_SERVER__PORT"}
    assert secret not in json.dumps(found)
    hashes = [one["hash"] for one in found]
    assert len(set(hashes)) == 3
    assert hashes[1] == hashes[3]
    assert settings_in_force(plain, tmp_path / "other")["hash"] != hashes[0]


async def test_what_people_do_to_incidents(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        entry = await one(house)
        await house.acknowledge(entry.id[:7], DANA, "looking")
        await house.suppress(entry.id, DANA, "2h", "planned")
        with pytest.raises(UsageError):
            await house.suppress("inc-unheardof", DANA, "2h", "planned")
    records = [record for record in audited(home) if record["actor"]["name"] == "dana"]
    assert words(records) == [
        (f"incident.{what}", entry.id, outcome)
        for what in ("acknowledge", "suppress")
        for outcome in ("intended", "done")
    ]
    assert [record["reason"] for record in records] == ["looking", "looking", "planned", "planned"]
    assert records[2]["details"]["until"].endswith("Z")


async def test_without_the_log_nothing_is_done_to_incidents(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        entry = await one(house)
        with dead_log(home):
            with pytest.raises(AuditError, match="until then nothing is done"):
                await house.acknowledge(entry.id, DANA, "looking")
            with pytest.raises(AuditError):
                await house.suppress(entry.id, DANA, "2h", "planned")
            assert "cannot be written" in house.status()["unaudited"]
        now = house.incident(entry.id)
        assert (now.acknowledged, now.suppressed, now.state) == (None, None, "open")
        await house.acknowledge(entry.id, DANA, "looking")
        assert house.status()["unaudited"] is None
        assert house.incident(entry.id).acknowledged is not None


async def test_tokens(home: Home) -> None:
    async with home.house() as house:
        minted = house.create_token(DANA, "grafana", "viewer", "30d")
        house.revoke_token(DANA, minted.token.id)
        with pytest.raises(UsageError):
            house.revoke_token(DANA, "tok-unheardof")
        with pytest.raises(UsageError):
            house.create_token(DANA, "local", "viewer", None)
    records = [record for record in audited(home) if record["actor"]["name"] == "dana"]
    assert words(records) == [
        ("token.create", "grafana", "done"), ("token.revoke", minted.token.id, "done"),
    ]  # fmt: skip
    assert records[0]["details"]["id"] == minted.token.id
    assert minted.text.split("_")[2] not in json.dumps(records)


async def test_without_the_log_no_token_is_made_or_ended(home: Home) -> None:
    async with home.house() as house:
        kept = house.create_token(DANA, "kept", "viewer", None)
        with dead_log(home):
            with pytest.raises(AuditError):
                house.create_token(DANA, "unaudited", "admin", None)
            with pytest.raises(AuditError):
                house.revoke_token(DANA, kept.token.id)
        assert "unaudited" not in names_of_tokens(home)
        assert house.identity.holds(kept.text, house.clock())


async def test_without_the_log_no_server_starts_and_nothing_is_made(home: Home) -> None:
    async with home.house():
        pass
    before = names_of_tokens(home)
    with dead_log(home), pytest.raises(AuditError):
        async with home.house():
            pass
    assert names_of_tokens(home) == before
    async with home.house():
        pass


async def test_a_server_stops_even_if_that_cannot_be_recorded(home: Home) -> None:
    with dead_log_later(home) as kill:
        async with home.house() as house:
            token = house.local_token
            kill()
    assert audited(home)[-1]["action"] in ("token.revoke", "server.stop")
    async with home.house() as house:
        assert not house.identity.holds(token, house.clock())
    assert verify(home.folder / "data" / "audit", home.folder / "keys").complete


@contextmanager
def dead_log_later(home: Home) -> Iterator[Any]:
    dying = dead_log(home)
    yield dying.__enter__
    dying.__exit__(None, None, None)


async def test_a_server_does_not_start_on_a_log_that_was_rolled_back(home: Home) -> None:
    async with home.house():
        pass
    (segment,) = (home.folder / "data" / "audit").iterdir()
    yesterday = segment.read_bytes()
    async with home.house():
        pass
    segment.write_bytes(yesterday)
    with pytest.raises(AuditError, match="does not hold what was acknowledged up to record 12"):
        async with home.house():
            pass


async def test_a_foreign_administrator_token_is_taken_in_openly(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with home.house():
        pass
    (home.folder / "data").rename(home.folder / "before")
    for head in (home.folder / "keys" / "audit").iterdir():
        head.unlink()
    async with home.house():
        pass
    assert ("token.adopt", "administrator", "done") in words(audited(home))


@pytest.mark.parametrize(
    ("since", "text"),
    [
        ("2h", "2026-01-31T10:00:00.000000Z"), ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000000Z"),
        ("2026-01-31", "2026-01-31T00:00:00.000000Z"),
    ],
)  # fmt: skip
def test_times_as_records_write_them(since: str, text: str) -> None:
    assert since_text(since, NOW) == text


def test_no_time_at_all() -> None:
    with pytest.raises(UsageError, match="not a duration"):
        since_text("yesterday", NOW)
