"""Registered actors: they bound their tokens, at once, and their passwords are theirs alone."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.door.audit import AuditError, tail
from helmward.door.identity import NewAccount, Refused, TooManyGuesses
from helmward.door.identity.guesses import WINDOW, Guesses

from .rooms import ADMIN, NOW, Room


@contextmanager
def dead_log(room: Room) -> Iterator[None]:
    heads, away = room.keys / "audit", room.keys / "away"
    heads.rename(away)
    heads.write_text("not a folder")
    try:
        yield
    finally:
        heads.unlink()
        away.rename(heads)


# ---- what bounds a token ----


def test_a_token_is_never_more_than_its_holder(room: Room) -> None:
    wide = room.token("bob", "admin")
    assert room.who(wide).roles == ("admin",)
    room.actor("bob", "oncall", scope=Scope(namespaces=("team-*",)))
    bounded = room.who(wide)
    assert (bounded.roles, bounded.scope) == (("oncall",), Scope(namespaces=("team-*",)))
    with pytest.raises(UsageError, match="bob is not admin or approver"):
        room.token("bob", "admin")
    narrow = room.token("bob", "viewer", scope=Scope(namespaces=("team-a",), environments=("staging",)))
    assert room.who(narrow) == Actor(
        name="bob", kind="user", roles=("viewer",), token=narrow.token.id,
        scope=Scope(namespaces=("team-a",), environments=("staging",)),
    )  # fmt: skip


def test_a_change_holds_at_once_and_ends_what_was_given(room: Room) -> None:
    room.actor("bob", "requester", "approver")
    minted = room.token("bob", "requester", "approver")
    before = room.who(minted)
    room.identity.accounts.change(ADMIN, "bob", roles=("requester",))
    assert room.who(minted).roles == ("requester",)
    assert not room.identity.stands(before, NOW)
    assert room.identity.stands(room.who(minted), NOW)
    room.identity.accounts.change(ADMIN, "bob", scope=Scope(namespaces=("a",)))
    assert room.who(minted).scope.namespaces == ("a",)
    room.identity.accounts.change(ADMIN, "bob", roles=("viewer", "requester", "approver"), scope=Scope())
    assert room.who(minted) == before


@pytest.mark.parametrize("kind", ["agent", "service"])
def test_what_a_machine_holds_never_approves(room: Room, kind: str) -> None:
    minted = room.token("bot", "admin")  # made for a person; then the name is registered as a machine's
    room.actor("bot", "requester", kind=kind)
    assert room.who(minted).kind == kind
    assert room.who(minted).roles == ("requester",)
    with pytest.raises(UsageError, match="only"):
        room.actor("other", "approver", kind=kind)


def test_an_agents_token_of_a_person_is_an_agents(room: Room) -> None:
    room.actor("alice", "admin")
    minted = room.token("alice", "requester", kind="agent")
    assert (room.who(minted).kind, room.who(minted).roles) == ("agent", ("requester",))


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        ((), (), ()), (("a",), (), ("a",)), ((), ("a",), ("a",)), (("a", "b"), ("b", "c"), ("b",)),
        (("team-*",), ("team-a", "other"), ("team-a",)), (("team-*",), ("team-a-*",), ("team-a-*",)),
        (("*",), ("x*",), ("x*",)), (("a",), ("b",), ("",)), (("a*",), ("*b",), ("",)),
    ],
)  # fmt: skip
def test_scopes_that_meet(room: Room, one: tuple[str, ...], other: tuple[str, ...], left: tuple[str, ...]) -> None:
    room.actor("bob", "viewer", scope=Scope(namespaces=one, clusters=other))
    minted = room.token("bob", "viewer", scope=Scope(namespaces=other, clusters=one))
    assert room.who(minted).scope == Scope(namespaces=left, clusters=left)


def test_nowhere_is_not_everywhere(room: Room) -> None:
    from helmward.door.places import within

    room.actor("bob", "requester", scope=Scope(namespaces=("a",)))
    actor = room.who(room.token("bob", "requester", scope=Scope(namespaces=("b",))))
    for namespace in ("", "a", "b", "*"):
        assert not within(actor.scope, namespace, "staging", "https://x")


@pytest.mark.parametrize("pattern", ["", "a?", "[ab]", "a b", "x" * 201, "ü", "a\n"])
def test_patterns_that_are_none(room: Room, pattern: str) -> None:
    with pytest.raises(UsageError):
        room.actor("bob", "viewer", scope=Scope(namespaces=(pattern,)))
    with pytest.raises(UsageError):
        room.token("bob", "viewer", scope=Scope(environments=(pattern,)))


@pytest.mark.parametrize(
    "name", ["", "Bob", "a b", "heal", "helmward", "local", "administrator", "a\n", "-a", "x" * 64]
)
def test_names_that_are_none(room: Room, name: str) -> None:
    with pytest.raises(UsageError):
        room.actor(name, "viewer")
    assert room.ledger.actors == {}


def test_a_name_is_taken_once(room: Room) -> None:
    room.actor("bob", "viewer")
    with pytest.raises(UsageError, match="already"):
        room.actor("bob", "admin")
    with pytest.raises(UsageError, match="no actor 'carol'"):
        room.identity.remove(ADMIN, "carol", NOW)
    with pytest.raises(UsageError, match="no actor"):
        room.identity.accounts.change(ADMIN, "carol", roles=("admin",))


def test_whoever_is_removed_takes_their_tokens_along(room: Room) -> None:
    room.actor("bob", "requester", password="correct horse battery")
    minted, person = room.token("bob", "requester"), room.identity.verify_password("bob", "correct horse battery")
    room.identity.remove(ADMIN, "bob", NOW)
    assert not room.identity.holds(minted.text, NOW)
    assert not room.identity.stands(person, NOW)
    room.actor("bob", "requester", password="correct horse battery")
    assert not room.identity.holds(minted.text, NOW)
    assert not room.identity.stands(person, NOW)


# ---- when something fails ----


def test_without_the_log_nothing_changes(room: Room) -> None:
    room.actor("bob", "viewer")
    minted = room.token("bob", "viewer")
    with dead_log(room):
        for attempt in (
            lambda: room.identity.accounts.change(ADMIN, "bob", roles=("admin",)),
            lambda: room.actor("carol", "admin"),
            lambda: room.identity.remove(ADMIN, "bob", NOW),
            lambda: room.token("bob", "viewer"),
            lambda: room.identity.revoke(ADMIN, minted.token.id, NOW),
        ):
            with pytest.raises(AuditError):
                attempt()
        assert room.who(minted).roles == ("viewer",)
    assert room.identity.accounts.find("carol") is None
    assert len(room.rows("tokens")) == 1


def test_a_token_whose_row_cannot_be_written_is_none(room: Room) -> None:
    room.sql("CREATE TRIGGER full BEFORE INSERT ON tokens BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    with pytest.raises(HelmwardError):
        room.token("bob", "admin")
    assert (room.ledger.tokens, room.rows("tokens")) == ({}, [])
    room.again()
    assert room.ledger.tokens == {}


def test_a_crash_between_row_and_record_leaves_the_old_one(room: Room) -> None:
    """The row of a change without its record, as a crash leaves it."""
    room.actor("bob", "requester")
    minted = room.token("bob", "requester")
    kept = room.rows("actors")
    room.identity.accounts.change(ADMIN, "bob", roles=("viewer",))
    (newer,) = room.rows("actors")
    room.identity.accounts.change(ADMIN, "bob", roles=("requester",))
    assert room.rows("actors") == kept
    room.forge("actors", newer)
    room.again()
    assert room.who(minted).roles == ("requester",)
    assert sorted(one.state for one in room.identity.accounts.all()) == ["unrecorded", "valid"]


def test_many_at_once_come_one_after_the_other(room: Room) -> None:
    room.actor("bob", "viewer")

    def change(number: int) -> None:
        roles = ("viewer",) if number % 2 else ("requester",)
        room.identity.accounts.change(ADMIN, "bob", roles=roles, scope=Scope(namespaces=(f"n{number}",)))

    def add(_number: int) -> bool:
        try:
            room.actor("carol", "viewer")
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(40)))
        assert list(pool.map(add, range(8))).count(True) == 1
    assert [one.state for one in room.identity.accounts.all()] == ["valid", "valid"]
    before = room.identity.accounts.get("bob")
    room.again()
    assert room.identity.accounts.get("bob") == before


def test_who_is_removed_while_they_log_in_has_no_token(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.actor("alice", "approver", password="correct horse battery")
    proves = room.identity.accounts.proves

    def slowly(*given: Any) -> bool:
        proved = proves(*given)
        room.identity.remove(ADMIN, "alice", NOW)
        return proved

    monkeypatch.setattr(room.identity.accounts, "proves", slowly)
    with pytest.raises(Refused):
        room.identity.login("alice", "correct horse battery", "", NOW)
    assert room.ledger.tokens == {}


# ---- passwords ----


def test_a_password_opens_its_own_actor_alone(room: Room) -> None:
    password = secrets.token_urlsafe(12)
    room.actor("alice", "approver", password=password)
    room.actor("bob", "approver")
    alice = room.identity.verify_password("alice", password)
    assert (alice.name, alice.kind, alice.roles) == ("alice", "user", ("approver",))
    assert room.identity.stands(alice, NOW)
    for name, wrong in (("alice", password + "x"), ("alice", ""), ("bob", password), ("nobody", password), ("", "")):
        with pytest.raises(Refused, match="name or the password") as caught:
            room.identity.verify_password(name, wrong)
        assert caught.value.why == "password"
    assert password not in b"".join(file.read_bytes() for file in room.data.rglob("*") if file.is_file()).decode(
        "latin1"
    )


def test_a_new_password_ends_what_the_old_one_stood_for(room: Room) -> None:
    room.actor("alice", "approver", password="correct horse battery")
    alice = room.identity.verify_password("alice", "correct horse battery")
    room.identity.accounts.change(ADMIN, "alice", password="staple correct horse")
    assert not room.identity.stands(alice, NOW)
    with pytest.raises(Refused):
        room.identity.verify_password("alice", "correct horse battery")
    assert room.identity.verify_password("alice", "staple correct horse").name == "alice"


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1001])
def test_passwords_that_are_none(room: Room, password: str) -> None:
    with pytest.raises(UsageError, match="between 12 and 1000"):
        room.actor("alice", "approver", password=password)
    assert room.ledger.actors == {}


def test_machines_have_no_password(room: Room) -> None:
    with pytest.raises(UsageError, match="no password"):
        room.actor("bot", "requester", kind="agent", password="correct horse battery")
    room.actor("bot", "requester", kind="agent")
    with pytest.raises(UsageError, match="no password"):
        room.identity.accounts.change(ADMIN, "bot", password="correct horse battery")


def test_a_name_that_is_unknown_takes_as_long(room: Room) -> None:
    room.actor("alice", "approver", password="correct horse battery")

    def cost(name: str) -> float:
        begin = time.thread_time()
        with pytest.raises(Refused):
            room.identity.verify_password(name, "wrong")
        return time.thread_time() - begin

    known, unknown = min(cost("alice") for _ in range(2)), min(cost("nobody") for _ in range(2))
    assert 0.5 < known / unknown < 2
    assert known > 0.02


def test_login_gives_a_token_that_ends(room: Room) -> None:
    room.actor("alice", "approver", scope=Scope(namespaces=("team-*",)), password="correct horse battery")
    minted = room.identity.login("alice", "correct horse battery", "127.0.0.1", NOW)
    alice = room.who(minted)
    assert (alice.roles, alice.scope.namespaces) == (("approver",), ("team-*",))
    assert minted.token.expires == "2026-02-01T00:00:00Z"
    (record,) = (json.loads(line) for line in tail(room.data / "audit", 1))
    assert record["action"] == "session.begin"
    room.again()
    assert room.identity.holds(minted.text, NOW), "a restart knows it by its record"
    room.now = NOW.replace(month=2, day=1)
    assert not room.identity.holds(minted.text, room.now)


def test_guessing_ends_after_a_few(room: Room) -> None:
    room.actor("alice", "approver", password="correct horse battery")
    for _ in range(5):
        with pytest.raises(Refused):
            room.identity.verify_password("alice", "wrong", "10.0.0.1")
    with pytest.raises(TooManyGuesses):
        room.identity.verify_password("alice", "correct horse battery", "10.0.0.1")
    assert room.identity.verify_password("alice", "correct horse battery", "10.0.0.2").name == "alice"


def test_guesses_are_counted_by_name_by_place_and_by_time() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    for number in range(30):
        guesses.begin("alice", f"10.0.0.{number}")
    with pytest.raises(TooManyGuesses):
        guesses.begin("alice", "10.0.1.1")
    for number in range(30):
        guesses.begin(f"person{number}", "10.0.2.2")
    with pytest.raises(TooManyGuesses):
        guesses.begin("somebody", "10.0.2.2")
    now[0] = WINDOW
    guesses.begin("alice", "10.0.1.1")
    assert len(guesses._times) == 3  # the others are forgotten


def test_right_ones_do_not_count() -> None:
    guesses = Guesses(lambda: 0.0)
    for _ in range(100):
        guesses.begin("alice", "here")
        guesses.succeeded("alice", "here")


def test_an_account_is_what_was_asked_for(room: Room) -> None:
    wish = NewAccount("alice", "user", ("viewer", "requester"), Scope(namespaces=("b", "a", "a")))
    account = room.identity.accounts.add(ADMIN, wish, NOW)
    assert (account.roles, account.scope.namespaces, account.signs_in) == (("requester",), ("a", "b"), False)
    assert room.identity.accounts.all() == [account]
