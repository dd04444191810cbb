"""Who comes in: what was refused is in the audit log, however often it was tried; and who may approve."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.stores.sessions import SessionRows
from helmward.adapters.stores.state import State
from helmward.core.errors import DeniedError, UsageError
from helmward.core.keys import key
from helmward.core.nouns import Actor, Scope
from helmward.door.audit import AuditError, AuditLog, tail
from helmward.door.audit.replay import replay
from helmward.door.identity import Identity, NewAccount, NewToken, Refused, TooManyGuesses, permits
from helmward.door.ledger import ROOMS, Ledger
from helmward.guard.secrets import mask_value
from helmward.house import denials as module
from helmward.house.auditing import end_local, own_tokens
from helmward.house.denials import MOST, WINDOW, Denials
from helmward.house.people import People
from helmward.house.people_search import Asked, Wanted, tokens
from helmward.house.sessions import MOST_OF_ONE, Sessions

from ..waiting import until

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ADMIN = Actor(name="root", kind="user", roles=("admin",), token="tok-0")
DANA = Actor(name="dana", kind="user", roles=("viewer",), token="tok-1")
PASSWORD = "correct horse battery"


class Office:
    """People with all they need, and seconds that a test sets."""

    def __init__(self, folder: Path) -> None:
        keys = folder / "keys"
        keys.mkdir()
        (folder / "data").mkdir()
        self.seconds = 0.0
        self.audit = AuditLog(folder / "data" / "audit", keys, lambda: NOW, mask_value)
        self.ledger = Ledger(self.audit, lambda: NOW)
        self.state = State(folder / "data" / "state.db")
        self.identity = Identity(self.state, self.ledger, key(keys, "identity.key"))
        self.denials = Denials(self.audit, lambda: self.seconds)
        self.sessions = Sessions(SessionRows(self.state), self.identity, self.audit, lambda: NOW)
        self.people = People(self.identity, self.denials, lambda: NOW, self.sessions)

    def denied(self) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in tail(self.audit.folder, 1000)]
        return [record for record in found if record["action"] == "access.deny"]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    yield made
    made.denials.close()
    made.audit.close()
    made.state.close()


# ---- refusals ----


async def test_each_refusal_is_recorded_until_there_are_many(office: Office) -> None:
    for _ in range(MOST + 7):
        await office.people.refused(Refused("No.", "forged", "tok-12345678"), "GET /x", "10.0.0.1")
    await office.people.refused(Refused("No.", "unknown", "tok-87654321"), "GET /y", "10.0.0.2")
    found = office.denied()
    assert len(found) == MOST + 1
    assert {record["outcome"] for record in found} == {"denied"}
    assert found[0]["target"] == "GET /x"
    assert found[0]["details"] == {"source": "10.0.0.1", "why": "forged", "id": "tok-12345678"}
    assert found[-1]["details"]["source"] == "10.0.0.2"
    office.denials.close()
    last = office.denied()[-1]
    assert last["details"] == {"source": "10.0.0.1", "count": 7}
    assert len(office.denied()) == MOST + 2


async def test_after_a_minute_they_are_counted_and_recorded_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOW", 0.05)
    for _ in range(MOST + 3):
        await office.people.refused(Refused("No.", "unknown"), "GET /x", "10.0.0.1")
    await until(lambda: office.denied()[-1]["details"].get("count") == 3, "the count")
    office.seconds = WINDOW
    await office.people.refused(Refused("No.", "unknown"), "GET /x", "10.0.0.1")
    assert "count" not in office.denied()[-1]["details"]


async def test_very_many_sources_are_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_SOURCES", 5)
    await asyncio.gather(
        *(office.people.refused(Refused("No.", "unknown"), "GET /x", f"10.0.0.{number}") for number in range(100))
    )
    assert len(office.denied()) == 5 + MOST
    office.seconds = WINDOW
    await office.people.refused(Refused("No.", "unknown"), "GET /x", "10.0.1.1")
    assert office.denied()[-1]["details"]["source"] == "10.0.1.1"


async def test_a_refusal_stands_where_it_cannot_be_recorded(office: Office) -> None:
    office.audit.close()
    await office.people.refused(Refused("No.", "unknown"), "GET /x", "10.0.0.1")


async def test_who_lacks_a_role_is_named(office: Office) -> None:
    await office.people.lacking(DANA, DeniedError("No."), "GET /api/v1/tokens")
    (record,) = office.denied()
    assert (record["actor"]["name"], record["details"]["why"]) == ("dana", "rights")


# ---- who approves ----


async def test_who_types_a_password_approves_as_themselves(office: Office) -> None:
    office.people.add_actor(ADMIN, NewAccount("alice", "user", ("approver",), Scope(), PASSWORD))
    assert await office.people.as_approver(DANA, None, None) is DANA
    alice = await office.people.as_approver(DANA, "alice", PASSWORD, "10.0.0.1")
    assert (alice.name, alice.roles) == ("alice", ("approver",))
    assert office.identity.stands(alice, NOW)
    assert office.denied() == []


@pytest.mark.parametrize(("name", "password"), [("alice", None), (None, PASSWORD), ("alice", ""), ("", PASSWORD)])
async def test_half_a_credential_is_none(office: Office, name: str | None, password: str | None) -> None:
    with pytest.raises(UsageError):
        await office.people.as_approver(ADMIN, name, password)


async def test_wrong_passwords_are_audited_and_end(office: Office) -> None:
    office.people.add_actor(ADMIN, NewAccount("alice", "user", ("approver",), Scope(), PASSWORD))
    for attempt in (office.people.login, lambda *words: office.people.as_approver(DANA, *words)):
        with pytest.raises(Refused):
            await attempt("alice", "wrong", "10.0.0.1")
    assert [(record["target"], record["details"]["why"]) for record in office.denied()] == [
        ("login", "password"), ("approve", "password"),
    ]  # fmt: skip
    assert {record["details"]["name"] for record in office.denied()} == {"alice"}
    for _ in range(3):
        with pytest.raises(Refused):
            await office.people.login("alice", "wrong", "10.0.0.1")
    with pytest.raises(TooManyGuesses):
        await office.people.login("alice", PASSWORD, "10.0.0.1")
    assert office.denied()[-1]["details"]["why"] == "guessing"
    assert PASSWORD not in json.dumps(office.denied())


async def test_what_a_command_finds_beside_the_data_does_not_approve(office: Office, tmp_path: Path) -> None:
    found = own_tokens(office.identity, tmp_path / "keys", NOW)
    local = office.identity.check(found.text, NOW)
    assert (local.name, local.roles) == ("local", ("requester",))
    assert not permits(local, "approver")
    in_the_lab = own_tokens(office.identity, tmp_path / "keys", NOW, "admin")
    assert permits(office.identity.check(in_the_lab.text, NOW), "approver")
    assert not office.identity.holds(found.text, NOW)
    end_local(office.identity, in_the_lab, NOW)
    assert not office.identity.holds(in_the_lab.text, NOW)


async def test_the_local_token_ends_where_that_cannot_be_recorded(office: Office, tmp_path: Path) -> None:
    local = own_tokens(office.identity, tmp_path / "keys", NOW)
    office.audit.close()
    end_local(office.identity, local, NOW)
    assert not office.identity.holds(local.text, NOW)


# ---- who manages ----


def test_who_is_bounded_to_a_scope_manages_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bounded = Actor(name="x", kind="user", roles=("admin",), token="tok-2", scope=Scope(namespaces=("team-a",)))
    people = office.people
    for attempt in (
        lambda: people.create_token(bounded, "y", "admin"),
        lambda: people.revoke_token(bounded, "tok-1"),
        lambda: people.add_actor(bounded, NewAccount("y", "user", ("admin",))),
        lambda: people.change_actor(bounded, "y", ("admin",), None, None),
        lambda: people.remove_actor(bounded, "y"),
    ):
        with pytest.raises(DeniedError, match="bounded to a scope"):
            attempt()
    assert (office.ledger.tokens, office.ledger.actors) == ({}, {})
    office.audit.close()
    office.state.close()


# ---- sessions ----


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


def somebody(office: Office, name: str = "ann") -> Actor:
    """Who comes with a new token."""
    return office.identity.check(office.identity.create(ADMIN, NewToken(name, ("viewer",)), NOW).text, NOW)


def signed_in(office: Office, name: str = "ann", password: str | None = None) -> str:
    """The id of a new session of a new token, made for it where there is a password."""
    return office.sessions.begin(somebody(office, name), password is not None, "10.0.0.1", AGENT).id


async def test_what_ended_stays_ended_over_a_restart(office: Office) -> None:
    ann = somebody(office)
    ended, going = (office.sessions.begin(ann, False, "10.0.0.1", AGENT).id for _ in range(2))
    await asyncio.to_thread(office.sessions.end, ann, ended)
    again = Sessions(SessionRows(office.state), office.identity, office.audit, lambda: NOW)
    assert (again.stands(ended), again.stands(going)) == (False, True)
    assert [one["id"] for one in again.of(ann)] == [going]
    assert (again.of(ann)[0]["browser"], again.of(ann)[0]["source"]) == ("Firefox on Linux", "10.0.0.1")
    late = again.begin(ann, False, "", "curl/8\x1b[2J")
    assert late.browser.startswith("curl/8") and "\x1b" not in late.browser
    late = Sessions(SessionRows(office.state), office.identity, office.audit, lambda: NOW + timedelta(hours=13))
    assert not late.stands(going)
    assert SessionRows(office.state).all() == [], "what is over is not kept"


async def test_a_session_that_ended_while_no_row_could_be_written_stays_ended(office: Office, tmp_path: Path) -> None:
    ann = somebody(office)
    ended = office.sessions.begin(ann, True, "", "").id
    with office.state.begin() as connection:
        for table, act in (("sessions", "DELETE"), ("tokens", "UPDATE")):
            connection.exec_driver_sql(
                f"CREATE TRIGGER full_{table} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
    await asyncio.to_thread(office.sessions.end, ann, ended)
    assert not office.sessions.stands(ended) and ann.token in office.ledger.ended
    assert [row.id for row in SessionRows(office.state).all()] == [ended]
    ledger = Ledger(office.audit, lambda: NOW, replay(office.audit.folder, tmp_path / "keys", ROOMS))
    again = Sessions(SessionRows(office.state), office.identity, office.audit, lambda: NOW, ledger.signed_out)
    assert not again.stands(ended)
    with office.state.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full_sessions")
        connection.exec_driver_sql("INSERT INTO sessions VALUES ('ses-x', 'user', 'ann', 't', '', '', 0, 0, 'never')")
    again.forget(["tok-none"])
    assert [row.id for row in SessionRows(office.state).all()] == ["ses-x"], "tried again"
    again = Sessions(SessionRows(office.state), office.identity, office.audit, lambda: NOW, ledger.signed_out)
    assert not again.stands("ses-x"), "what cannot be read keeps no server from starting"


async def test_what_cannot_be_recorded_ends_in_memory_and_rows_all_the_same(office: Office) -> None:
    ann = somebody(office)
    one = office.sessions.begin(ann, True, "", "").id
    office.audit.close()
    with pytest.raises(AuditError):
        office.sessions.end(ann, one)
    assert not office.sessions.stands(one) and SessionRows(office.state).all() == []


async def test_the_name_of_a_token_makes_no_session_its_own(office: Office) -> None:
    admin, viewer = somebody(office), somebody(office)
    one = office.sessions.begin(admin, True, "", "").id
    assert office.sessions.of(viewer) == [] and office.sessions.end_others(viewer) == 0
    with pytest.raises(UsageError, match="no session"):
        office.sessions.end(viewer, one)
    assert office.sessions.stands(one) and [row["id"] for row in office.sessions.of(admin)] == [one]
    office.people.add_actor(ADMIN, NewAccount("ann", "user", ("viewer",), Scope(), PASSWORD))
    assert [row["id"] for row in office.sessions.of(viewer)] == [one], "registered, they are one person"


async def test_a_session_ends_with_its_token_and_with_the_password_that_began_it(office: Office) -> None:
    wish = NewAccount("ann", "user", ("viewer",), password=PASSWORD)
    await asyncio.to_thread(office.people.add_actor, ADMIN, wish)
    by_password, by_token, other = signed_in(office, password=PASSWORD), signed_in(office), signed_in(office, "dana")
    await asyncio.to_thread(office.people.change_actor, ADMIN, "ann", None, None, "another " + PASSWORD)
    assert [office.sessions.stands(one) for one in (by_password, by_token, other)] == [False, True, True]
    token = next(one.id for one in office.identity.tokens(NOW) if one.name == "dana")
    await asyncio.to_thread(office.people.revoke_token, ADMIN, token)
    assert not office.sessions.stands(other)
    assert sum(one.name == "ann" and one.state == "valid" for one in office.identity.tokens(NOW)) == 1
    ann = Actor(name="ann", kind="user")
    assert [one["id"] for one in office.sessions.of(ann)] == [by_token]
    await asyncio.to_thread(office.people.remove_actor, ADMIN, "ann")
    assert office.sessions.of(ann) == [], "their tokens ended, and no session goes on without one"


async def test_one_actor_has_a_bounded_number_of_sessions(office: Office) -> None:
    made = office.identity.create(ADMIN, NewToken("ann", ("viewer",)), NOW)
    actor = office.identity.check(made.text, NOW)
    ids = [office.sessions.begin(actor, False, "", "").id for _ in range(MOST_OF_ONE + 1)]
    assert [office.sessions.stands(one) for one in (ids[0], ids[1], ids[-1])] == [False, True, True]


def test_tokens_that_ended_are_listed_on_request_and_not_for_ever(office: Office) -> None:
    day = timedelta(days=1)
    long, short, old = (
        office.identity.create(
            ADMIN, NewToken("bot", ("viewer",), "service", Scope(), NOW + lasts), NOW - begun
        ).token.id
        for lasts, begun in ((200 * day, 0 * day), (1 * day, 1 * day), (2 * day, 2 * day))
    )

    def listed(after: timedelta, state: Asked | None = None) -> list[str]:
        found = tokens(office.identity, NOW + after, Wanted(state, "bot"))
        assert (found["total"], sum(found["states"].values())) == (
            len(found["tokens"]),
            len(listed(after)) if state else found["total"],
        )
        return [one["id"] for one in found["tokens"]]

    assert listed(3 * day, "current") == [long]
    assert listed(3 * day, "ended") == [old, short]
    assert listed(3 * day) == [long, old, short]
    assert listed(91.5 * day, "ended") == [old]
    assert listed(93 * day) == [long]
    assert len(office.identity.tokens(NOW + 93 * day)) == 3
