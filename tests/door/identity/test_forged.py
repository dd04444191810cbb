"""Somebody who can write anything in the data folder gains nothing: a row without its record is no permission."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helmward.core.keys import key
from helmward.core.nouns import Actor, Scope
from helmward.door.identity import Minted, Refused
from helmward.door.identity.fingerprints import Fingerprints

from .rooms import ADMIN, NOW, Room

TOKEN_FIELDS = ("id", "name", "kind", "roles", "scope", "hash", "created", "expires", "revoked")
ACTOR_FIELDS = ("fingerprint", "name", "kind", "roles", "scope", "password", "created")
TELLING: list[Any] = [
    "admin",
    "approver",
    "viewer admin",
    "user",
    "agent",
    "{}",
    '{"namespaces":[]}',
    "",
    "alice",
    None,
    0,
]
VALUES = st.one_of(
    st.sampled_from(TELLING),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    st.binary(max_size=40),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tampered(room: Room, table: str, field: str, value: Any) -> bool:
    """Put a value into a field of every row; False if the row is as before, or the database does not take it."""
    before = room.rows(table)
    try:
        room.sql(f"UPDATE {table} SET {field} = ?", value)
    except sqlite3.IntegrityError:
        return False
    return [[type(v) for v in row.values()] + [*row.values()] for row in room.rows(table)] != [
        [type(v) for v in row.values()] + [*row.values()] for row in before
    ]


def restored(room: Room, table: str, rows: list[dict[str, Any]]) -> None:
    room.sql(f"DELETE FROM {table}")
    for row in rows:
        room.forge(table, row)


@pytest.mark.parametrize("field", TOKEN_FIELDS)
def test_any_edit_of_a_token_ends_it(room: Room, field: str) -> None:
    minted = room.token("bob", "requester", kind="service", scope=Scope(namespaces=("team-a",)))
    actor, rows = room.who(minted), room.rows("tokens")

    @QUICK
    @given(VALUES)
    def edited(value: Any) -> None:
        if tampered(room, "tokens", field, value):
            assert not room.identity.holds(minted.text, NOW)
            assert not room.identity.stands(actor, NOW)
            room.identity.tokens(NOW)
        restored(room, "tokens", rows)
        assert room.identity.holds(minted.text, NOW)

    edited()


@pytest.mark.parametrize("field", ACTOR_FIELDS)
def test_any_edit_of_an_actor_ends_their_tokens(room: Room, field: str) -> None:
    room.actor("bob", "requester", scope=Scope(namespaces=("team-*",)))
    minted = room.token("bob", "requester")
    actor, rows = room.who(minted), room.rows("actors")

    @QUICK
    @given(VALUES)
    def edited(value: Any) -> None:
        if tampered(room, "actors", field, value):
            assert not room.identity.holds(minted.text, NOW)
            assert not room.identity.stands(actor, NOW)
            assert "valid" not in {one.state for one in room.identity.accounts.all()}
        restored(room, "actors", rows)
        assert room.identity.holds(minted.text, NOW)

    edited()


def forged_row(**fields: Any) -> tuple[str, dict[str, Any]]:
    """A row that is right in itself, and the text that would open it."""
    identity, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    row = {
        "id": f"tok-{identity}", "name": "mallory", "kind": "user", "roles": "admin",
        "scope": msgspec.json.encode(Scope()).decode(), "hash": hashlib.sha256(secret.encode()).digest(),
        "created": "2026-01-31T12:00:00Z", "expires": None, "revoked": None,
    }  # fmt: skip
    return f"hw_{identity}_{secret}", row | fields


def why(room: Room, text: str) -> str:
    with pytest.raises(Refused) as caught:
        room.identity.check(text, NOW)
    return caught.value.why


@pytest.mark.parametrize("restart", [False, True])
def test_a_row_from_nowhere(room: Room, restart: bool) -> None:
    text, row = forged_row()
    room.forge("tokens", row)
    if restart:
        room.again()
    assert why(room, text) == "forged"
    assert not room.identity.stands(Actor(name="mallory", kind="user", roles=("admin",), token=row["id"]), NOW)
    assert [token.state for token in room.identity.tokens(NOW)] == ["forged"]


def test_a_row_in_the_place_of_a_recorded_one(room: Room) -> None:
    minted = room.token("bob", "viewer")
    text, row = forged_row()
    row["id"] = minted.token.id
    room.forge("tokens", row)
    assert why(room, f"hw_{minted.token.id[4:]}_{text.split('_', 2)[2]}") == "forged"
    assert why(room, minted.text) == "unknown"


def test_the_fingerprint_alone_is_no_permission(room: Room) -> None:
    """Not even for somebody who got hold of its key."""
    text, row = forged_row()
    room.forge("tokens", row)
    Fingerprints(key(room.keys, "identity.key")).of("token", row)
    assert why(room, text) == "forged"
    account = {"name": "mallory", "kind": "user", "roles": "admin", "scope": "{}", "password": None, "created": "now"}
    room.forge("actors", account | {"fingerprint": Fingerprints(key(room.keys, "identity.key")).of("actor", account)})
    assert room.identity.accounts.find("mallory") is None
    assert [one.state for one in room.identity.accounts.all()] == ["unrecorded"]


def ended(room: Room, minted: Minted) -> None:
    room.identity.revoke(ADMIN, minted.token.id, NOW)


def removed(room: Room, minted: Minted) -> None:
    room.identity.remove(ADMIN, minted.token.name, NOW)


@pytest.mark.parametrize("end", [ended, removed])
@pytest.mark.parametrize("restart", [False, True])
def test_an_old_row_is_put_back(room: Room, end: Callable[[Room, Minted], None], restart: bool) -> None:
    room.actor("bob", "requester")
    minted = room.token("bob", "requester")
    actor, old, accounts = room.who(minted), room.rows("tokens"), room.rows("actors")
    end(room, minted)
    restored(room, "tokens", old)
    restored(room, "actors", accounts)
    if restart:
        room.again()
    assert why(room, minted.text) == "revoked"
    assert not room.identity.stands(actor, NOW)


def test_the_state_is_rolled_back_to_yesterday(room: Room, tmp_path: Path) -> None:
    room.actor("bob", "requester", "approver", password="correct horse battery")
    room.actor("carol", "requester")
    tokens = {name: room.token(name, "requester") for name in ("bob", "carol", "dave", "erin")}
    approver = room.identity.verify_password("bob", "correct horse battery")
    assert room.identity.stands(approver, NOW)
    room.close()
    shutil.copy(room.data / "state.db", tmp_path / "yesterday.db")
    room.again()
    room.identity.accounts.change(ADMIN, "bob", roles=("viewer",))
    room.identity.remove(ADMIN, "carol", NOW)
    room.identity.revoke(ADMIN, tokens["dave"].token.id, NOW)
    later = room.token("frank", "admin")
    room.close()
    shutil.copy(tmp_path / "yesterday.db", room.data / "state.db")
    for left in room.data.glob("state.db-*"):
        left.unlink()
    room.again()
    assert why(room, tokens["bob"].text) == "forged"
    assert why(room, tokens["carol"].text) == "revoked"
    assert why(room, tokens["dave"].text) == "revoked"
    assert why(room, later.text) == "unknown"
    assert room.who(tokens["erin"]).roles == ("requester",)
    assert not room.identity.stands(approver, NOW)
    with pytest.raises(Refused):
        room.identity.verify_password("bob", "correct horse battery")
    with pytest.raises(Refused):  # nothing is built on what was tampered with
        room.identity.accounts.change(ADMIN, "bob", scope=Scope(namespaces=("a",)))
    room.identity.remove(ADMIN, "bob", NOW)
    room.actor("bob", "viewer")
    assert room.who(room.token("bob", "viewer")).roles == ("viewer",)


def test_what_was_tampered_with_is_named(room: Room) -> None:
    room.actor("bob", "viewer")
    kept, edited = room.token("bob", "viewer"), room.token("carol", "viewer")
    assert room.identity.tampered(NOW) == []
    room.sql("UPDATE tokens SET roles = 'admin' WHERE id = ?", edited.token.id)
    room.forge("tokens", forged_row(id="tok-ffffffff")[1])
    room.sql("UPDATE actors SET roles = 'admin'")
    sentences = "\n".join(room.identity.tampered(NOW))
    for what in (
        edited.token.id,
        "tok-ffffffff",
        "mallory",
        "actor bob is not",
        "actor bob, as it was recorded, is gone",
    ):
        assert what in sentences
    room.sql("DELETE FROM actors")
    assert "actor bob, as it was recorded, is gone" in "\n".join(room.identity.tampered(NOW))
    assert kept.token.id not in sentences


def test_rows_of_another_data_folder(room: Room, tmp_path: Path) -> None:
    other = Room(tmp_path / "other", room.keys)
    other.actor("bob", "admin")
    minted = other.token("bob", "admin")
    assert other.who(minted).roles == ("admin",)
    for table in ("tokens", "actors"):
        for row in other.rows(table):
            room.forge(table, row)
    other.close()
    assert why(room, minted.text) == "forged"
    assert room.identity.accounts.find("bob") is None


def test_another_key_of_fingerprints(room: Room) -> None:
    minted = room.token("bob", "admin")
    (room.keys / "identity.key").write_text(secrets.token_hex(32))
    room.again()
    assert why(room, minted.text) == "forged"


def test_what_is_believed_is_the_same_after_a_restart(room: Room) -> None:
    room.actor("bob", "requester")
    room.actor("carol", "approver")
    kept = room.token("bob", "requester")
    ended(room, room.token("bob", "viewer"))
    room.token("carol", "approver")
    room.identity.remove(ADMIN, "carol", NOW)
    room.identity.local(ADMIN, "requester", NOW)
    room.identity.local(ADMIN, "requester", NOW)
    before = (room.ledger.tokens, room.ledger.ended, room.ledger.actors)
    room.again()
    assert (room.ledger.tokens, room.ledger.ended, room.ledger.actors) == before
    assert room.who(kept).name == "bob"


def test_fingerprints_tell_rows_apart() -> None:
    prints = Fingerprints(b"k" * 32)
    rows: list[dict[str, Any]] = [
        {"a": None}, {"a": "None"}, {"a": ""}, {"a": 1}, {"a": "1"}, {"a": 1.0}, {"a": b"\x01"}, {"a": "01"}, {"b": "1"},
        {"a": "1", "b": ""}, {"a": "", "b": "1"}, {"a": '1","b'}, {},
    ]  # fmt: skip
    assert len({prints.of("token", row) for row in rows} | {prints.of("actor", row) for row in rows}) == 2 * len(rows)
    assert prints.of("token", {"a": 1, "b": 2}) == prints.of("token", {"b": 2, "a": 1})
    assert prints.of("token", {"a": 1}) != Fingerprints(b"j" * 32).of("token", {"a": 1})
