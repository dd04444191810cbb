"""Tokens: made, checked, ended; at rest only hashes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from helmward.core.errors import UsageError
from helmward.core.keys import admin_token
from helmward.core.nouns import Actor
from helmward.door.identity import ADMINISTRATOR, LOCAL, ROLES, Identity, Refused, permits
from helmward.door.identity.roles import models_alone

from .rooms import ADMIN, NOW, Room


def refused(room: Room, text: str) -> str:
    with pytest.raises(Refused) as caught:
        room.identity.check(text, room.now)
    assert text == "" or text not in str(caught.value)
    return caught.value.why


def test_a_token_stands_for_its_actor(room: Room) -> None:
    minted = room.token(" grafana ", "viewer")
    assert room.who(minted) == Actor(name="grafana", kind="user", roles=("viewer",), token=minted.token.id)
    room.again()
    assert room.who(minted).name == "grafana"


def test_only_the_hash_is_kept(room: Room) -> None:
    texts = [
        room.token().text,
        room.identity.local(ADMIN, "requester", NOW).text,
        room.identity.administrator(ADMIN, NOW),
    ]
    room.close()
    stored = b"".join(file.read_bytes() for file in room.data.rglob("*") if file.is_file())
    for text in texts:
        assert text.split("_", 2)[1].encode() in stored
        assert text.split("_", 2)[2].encode() not in stored
        assert text.split("_", 2)[2].encode().hex().encode() not in stored


@pytest.mark.parametrize("change", ["flip", "cut", "longer", "other id", "no prefix", "spaces", "empty", "long", "odd"])
def test_what_is_not_exactly_a_token_is_refused(room: Room, change: str) -> None:
    text = room.token("a", "admin").text
    flipped = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]
    wrong = {
        "flip": flipped, "cut": text[:-1], "longer": text + "A", "other id": "hw_00000000_" + text.split("_", 2)[2],
        "no prefix": text[3:], "spaces": f" {text}", "empty": "", "long": "hw_" + "a" * 100_000, "odd": "hw_\x1b[31m_ü\n",
    }[change]  # fmt: skip
    assert refused(room, wrong) == ("unknown" if change in ("flip", "other id") else "malformed")


def test_revoked_and_expired(room: Room) -> None:
    revoked = room.token()
    room.identity.revoke(ADMIN, revoked.token.id, NOW)
    assert refused(room, revoked.text) == "revoked"
    expiring = room.token("b", lasts=timedelta(hours=1))
    room.now = NOW + timedelta(minutes=59)
    assert room.identity.holds(expiring.text, room.now)
    room.now = NOW + timedelta(hours=1)
    assert refused(room, expiring.text) == "expired"
    assert [token.state for token in room.identity.tokens(room.now)] == ["revoked", "expired"]


def test_a_clock_that_is_set_back_revives_nothing(room: Room) -> None:
    expiring = room.token("b", lasts=timedelta(hours=1))
    room.now = NOW + timedelta(hours=2)
    room.token("later")
    room.now = NOW
    assert refused(room, expiring.text) == "expired"


def test_a_token_ends_once(room: Room) -> None:
    minted = room.token()
    room.identity.revoke(ADMIN, minted.token.id, NOW)
    written = room.audit.sequence
    room.identity.revoke(ADMIN, minted.token.id, NOW + timedelta(days=1))
    assert [token.revoked for token in room.identity.tokens(NOW)] == ["2026-01-31T12:00:00Z"]
    assert room.audit.sequence == written


def test_an_unknown_id_cannot_be_revoked(room: Room) -> None:
    with pytest.raises(UsageError, match=r"no token 'tok-.x1b'"):
        room.identity.revoke(ADMIN, "tok-\x1b", NOW)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a\x1b[31m",
        "a\nb",
        "\u202eevil",
        "x" * 101,
        LOCAL,
        ADMINISTRATOR,
        "heal",
        "Heal",
        "helmward",
        "\ud800",
    ],
)
def test_names_that_are_no_names_or_taken(room: Room, name: str) -> None:
    with pytest.raises(UsageError):
        room.token(name, "viewer")
    assert room.identity.tokens(NOW) == []


def test_a_name_that_the_log_would_hide(room: Room) -> None:
    with pytest.raises(UsageError, match="looks like a secret"):
        room.token("AKIA" + "IOSFODNN7EXAMPLQ", "viewer")


@pytest.mark.parametrize(
    ("roles", "kind"), [(("root",), "user"), ((), "user"), (("viewer",), "robot"), (("approver",), "agent"),
    (("oncall",), "service"), (("admin",), "service"), (("viewer", "admin"), "agent")],
)  # fmt: skip
def test_roles_and_kinds_that_are_refused(room: Room, roles: tuple[str, ...], kind: str) -> None:
    from helmward.door.identity import NewToken

    with pytest.raises(UsageError):
        room.identity.create(ADMIN, NewToken("a", roles, kind), NOW)
    assert (room.identity.tokens(NOW), room.ledger.tokens) == ([], {})


def test_the_local_token_does_not_pile_up(room: Room) -> None:
    first = room.identity.local(ADMIN, "requester", NOW)
    second = room.identity.local(ADMIN, "requester", NOW)
    refused(room, first.text)
    assert room.who(second).roles == ("requester",)
    assert [token.name for token in room.identity.tokens(NOW)] == [LOCAL]
    room.again()
    assert set(room.ledger.tokens) == {second.token.id}


def admin(folder: Path, identity: Identity) -> str:
    return admin_token(
        folder, lambda: identity.administrator(ADMIN, NOW), lambda text: identity.adopt(ADMIN, text, NOW)
    )


def test_one_administrator_for_every_data_folder(room: Room, tmp_path: Path) -> None:
    other, keys = Room(tmp_path / "other", tmp_path / "keys"), tmp_path / "keys"
    text = admin(keys, room.identity)
    assert admin(keys, other.identity) == admin(keys, room.identity) == text
    assert room.identity.check(text, NOW).roles == other.identity.check(text, NOW).roles == ("admin",)
    assert len(room.identity.tokens(NOW)) == len(other.identity.tokens(NOW)) == 1
    other.close()


def test_a_revoked_administrator_is_replaced(room: Room) -> None:
    text = admin(room.keys, room.identity)
    room.identity.revoke(ADMIN, room.identity.tokens(NOW)[0].id, NOW)
    fresh = admin(room.keys, room.identity)
    assert fresh != text
    assert room.identity.check(fresh, NOW).roles == ("admin",)
    refused(room, text)


def test_a_revoked_administrator_is_not_adopted_where_its_row_was_removed(room: Room) -> None:
    text = admin(room.keys, room.identity)
    room.identity.revoke(ADMIN, room.identity.tokens(NOW)[0].id, NOW)
    room.sql("DELETE FROM tokens")
    room.again()
    assert not room.identity.adopt(ADMIN, text, NOW)
    assert admin(room.keys, room.identity) != text


def test_an_administrator_whose_row_is_gone_is_adopted_again(room: Room) -> None:
    text = admin(room.keys, room.identity)
    room.sql("DELETE FROM tokens")
    assert admin(room.keys, room.identity) == text
    assert room.identity.check(text, NOW).roles == ("admin",)


def test_who_removes_the_file_ends_the_token(room: Room) -> None:
    text = admin(room.keys, room.identity)
    (room.keys / "admin.token").unlink()
    assert admin(room.keys, room.identity) != text
    refused(room, text)


@pytest.mark.parametrize("left", ["", "garbage", "hw_short_x"])
def test_garbage_in_the_file_is_replaced(room: Room, left: str) -> None:
    (room.keys / "admin.token").write_text(left)
    assert room.identity.check(admin(room.keys, room.identity), NOW).roles == ("admin",)


def test_an_ordinary_token_beside_the_keys_is_no_administrator(room: Room) -> None:
    viewer = room.token("a", "viewer")
    assert not room.identity.adopt(ADMIN, viewer.text, NOW)
    assert room.who(viewer).roles == ("viewer",)
    room.sql("DELETE FROM tokens")
    assert not room.identity.adopt(ADMIN, viewer.text, NOW)


def test_roles_include_others() -> None:
    includes = {
        "caller": {"caller"}, "viewer": {"caller", "viewer"}, "requester": {"caller", "viewer", "requester"},
        "approver": {"caller", "viewer", "approver"}, "oncall": {"caller", "viewer", "requester", "oncall"},
        "admin": set(ROLES),
    }  # fmt: skip
    for role, included in includes.items():
        actor = Actor(name="a", kind="user", roles=(role,))
        assert {needed for needed in ROLES if permits(actor, needed)} == included
    assert not permits(Actor(name="a", kind="user", roles=("unheard-of",)), "viewer")
    assert not permits(Actor(name="a", kind="user"), "viewer")


def test_a_gateway_key_opens_nothing_else() -> None:
    assert models_alone(Actor(name="ci", kind="service", roles=("caller",)))
    assert not models_alone(Actor(name="ada", kind="user", roles=("viewer",)))
    assert not models_alone(Actor(name="nobody", kind="user"))
