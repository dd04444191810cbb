"""Tokens: made, checked, ended; at rest only hashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helmward.adapters.stores.state import State
from helmward.core.errors import DeniedError, UsageError
from helmward.core.keys import admin_token
from helmward.core.nouns import Actor
from helmward.door.identity import ADMINISTRATOR, LOCAL, Identity, permits

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path / "state.db")
    yield opened
    opened.close()


@pytest.fixture
def identity(state: State) -> Identity:
    return Identity(state)


def refused(identity: Identity, text: str, now: datetime = NOW) -> str:
    with pytest.raises(DeniedError) as caught:
        identity.check(text, now)
    assert text == "" or text not in str(caught.value)
    return str(caught.value)


def test_a_token_stands_for_its_actor(identity: Identity) -> None:
    minted = identity.create(" grafana ", "viewer", NOW)
    assert identity.check(minted.text, NOW) == Actor(name="grafana", kind="user", roles=("viewer",))


def test_only_the_hash_is_kept(identity: Identity, state: State, tmp_path: Path) -> None:
    texts = [identity.create("a", "viewer", NOW).text, identity.local(NOW).text, identity.administrator(NOW)]
    state.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for text in texts:
        assert text.split("_", 2)[1].encode() in stored
        assert text.split("_", 2)[2].encode() not in stored
        assert text.split("_", 2)[2].encode().hex().encode() not in stored


@pytest.mark.parametrize("change", ["flip", "cut", "longer", "other id", "no prefix", "spaces", "empty", "long", "odd"])
def test_what_is_not_exactly_a_token_is_refused(identity: Identity, change: str) -> None:
    text = identity.create("a", "admin", NOW).text
    flipped = text[:-1] + ("A" if text[-1] != "A" else "B")
    wrong = {
        "flip": flipped, "cut": text[:-1], "longer": text + "A", "other id": "hw_00000000_" + text.split("_", 2)[2],
        "no prefix": text[3:], "spaces": f" {text}", "empty": "", "long": "hw_" + "a" * 100_000, "odd": "hw_\x1b[31m_ü\n",
    }[change]  # fmt: skip
    assert "not valid" in refused(identity, wrong)


def test_revoked_and_expired(identity: Identity) -> None:
    revoked = identity.create("a", "viewer", NOW)
    identity.revoke(revoked.token.id, NOW)
    assert "revoked" in refused(identity, revoked.text)
    expiring = identity.create("b", "viewer", NOW, NOW + timedelta(hours=1))
    assert identity.holds(expiring.text, NOW + timedelta(minutes=59))
    assert "expired" in refused(identity, expiring.text, NOW + timedelta(hours=1))


def test_a_token_ends_once(identity: Identity) -> None:
    minted = identity.create("a", "viewer", NOW)
    identity.revoke(minted.token.id, NOW)
    identity.revoke(minted.token.id, NOW + timedelta(days=1))
    assert [token.revoked for token in identity.list()] == ["2026-01-31T12:00:00Z"]


def test_an_unknown_id_cannot_be_revoked(identity: Identity) -> None:
    with pytest.raises(UsageError, match=r"no token 'tok-.x1b'"):
        identity.revoke("tok-\x1b", NOW)


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[31m", "a\nb", "\u202eevil", LOCAL, ADMINISTRATOR])
def test_names_that_are_no_names_or_taken(identity: Identity, name: str) -> None:
    with pytest.raises(UsageError):
        identity.create(name, "viewer", NOW)
    assert identity.list() == []


def test_an_unknown_role(identity: Identity) -> None:
    with pytest.raises(UsageError, match="viewer, requester, admin"):
        identity.create("a", "root", NOW)  # type: ignore[arg-type]


def test_the_local_token_does_not_pile_up(identity: Identity) -> None:
    first = identity.local(NOW)
    second = identity.local(NOW)
    assert "not valid" in refused(identity, first.text)
    assert identity.check(second.text, NOW).roles == ("requester",)
    assert [token.name for token in identity.list()] == [LOCAL]


def admin(folder: Path, identity: Identity) -> str:
    return admin_token(folder, lambda: identity.administrator(NOW), lambda text: identity.adopt(text, NOW))


def test_one_administrator_for_every_data_folder(identity: Identity, tmp_path: Path) -> None:
    other_state = State(tmp_path / "other.db")
    other, keys = Identity(other_state), tmp_path / "keys"
    text = admin(keys, identity)
    assert admin(keys, other) == admin(keys, identity) == text
    assert identity.check(text, NOW).roles == other.check(text, NOW).roles == ("admin",)
    assert len(identity.list()) == len(other.list()) == 1
    other_state.close()


def test_a_revoked_administrator_is_replaced(identity: Identity, tmp_path: Path) -> None:
    text = admin(tmp_path / "keys", identity)
    identity.revoke(identity.list()[0].id, NOW)
    fresh = admin(tmp_path / "keys", identity)
    assert fresh != text
    assert identity.check(fresh, NOW).roles == ("admin",)
    refused(identity, text)


def test_who_removes_the_file_ends_the_token(identity: Identity, tmp_path: Path) -> None:
    text = admin(tmp_path / "keys", identity)
    (tmp_path / "keys" / "admin.token").unlink()
    assert admin(tmp_path / "keys", identity) != text
    assert "revoked" in refused(identity, text)


@pytest.mark.parametrize("left", ["", "garbage", "hw_short_x"])
def test_garbage_in_the_file_is_replaced(identity: Identity, tmp_path: Path, left: str) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "admin.token").write_text(left)
    assert identity.check(admin(keys, identity), NOW).roles == ("admin",)


def test_an_ordinary_token_beside_the_keys_is_no_administrator(identity: Identity) -> None:
    text = identity.create("a", "viewer", NOW).text
    assert not identity.adopt(text, NOW)
    assert identity.check(text, NOW).roles == ("viewer",)


def test_roles_include_the_lesser_ones() -> None:
    ranks = ("viewer", "requester", "admin")
    for rank, role in enumerate(ranks):
        actor = Actor(name="a", kind="user", roles=(role,))
        assert [permits(actor, needed) for needed in ranks] == [rank >= other for other in range(3)]  # type: ignore[arg-type]
    assert not permits(Actor(name="a", kind="user", roles=("unheard-of",)), "viewer")
    assert not permits(Actor(name="a", kind="user"), "viewer")
