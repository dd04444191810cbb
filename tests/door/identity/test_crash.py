"""A process killed between a record and its row: no row counts without its record, and nothing that ended comes back."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helmward.door.identity import Refused
from helmward.door.identity.points import KillPoint

from .rooms import ADMIN, NOW, Room

# Makes, changes and ends credentials over and over, says what was acknowledged, and kills itself the third time it comes to
# a point.
_VICTIM = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from helmward.adapters.stores.state import State
from helmward.core.keys import key
from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog
from helmward.door.identity import Identity, NewAccount, NewToken
from helmward.door.ledger import Ledger

folder, fatal, seen = Path(sys.argv[1]), sys.argv[2], []
now = datetime(2026, 1, 31, 12, tzinfo=UTC)
admin = Actor(name="root", kind="user")

def reached(point):
    seen.append(point.value)
    if seen.count(fatal) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

def say(*words):
    os.write(1, (" ".join(words) + "\\n").encode())

log = AuditLog(folder / "data/audit", folder / "keys", lambda: now, lambda _n, t: t)
state = State(folder / "data/state.db")
identity = Identity(state, Ledger(log, lambda: now), key(folder / "keys", "identity.key"), reached)
for number in range(6):
    name = f"person{number}"
    identity.accounts.add(admin, NewAccount(name, "user", ("requester",)), now)
    say("added", name)
    kept = identity.create(admin, NewToken(name, ("requester",)), now)
    say("token", kept.text)
    ended = identity.create(admin, NewToken(name, ("viewer",)), now)
    say("token", ended.text)
    identity.accounts.change(admin, name, roles=("viewer",))
    say("changed", name)
    say("ending", ended.text)
    identity.revoke(admin, ended.token.id, now)
    say("ended", ended.text)
    if number % 2:
        say("removing", name, kept.text)
        identity.remove(admin, name, now)
        say("removed", name, kept.text)
"""


@pytest.mark.parametrize("point", KillPoint)
def test_killed_there_rows_and_records_agree(room: Room, tmp_path: Path, point: KillPoint) -> None:
    room.close()
    victim = subprocess.run([sys.executable, "-c", _VICTIM, tmp_path, point], capture_output=True, timeout=60)
    room._open()
    assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()
    said = [line.split() for line in victim.stdout.decode().splitlines()]
    ending = {words[-1] for words in said if words[0] in ("ending", "removing")}
    ended = {words[-1] for words in said if words[0] in ("ended", "removed")}
    leaving = {words[1] for words in said if words[0] == "removing"}
    for text in (words[1] for words in said if words[0] == "token"):
        assert room.identity.holds(text, NOW) or text in ending
        assert not (room.identity.holds(text, NOW) and text in ended)
    for _, name in (words for words in said if words[0] == "added"):
        assert name in room.ledger.actors or name in leaving
    for name in room.ledger.actors:  # whoever counts can be used: the row that counts is there
        found = room.identity.accounts.get(name).account
        assert found.roles in {("requester",), ("viewer",)}
        assert found.roles == ("viewer",) or ["changed", name] not in said
    for row in room.rows("tokens"):
        try:
            room.identity._tokens.get(row["id"])
        except Refused:
            assert row["id"] not in room.ledger.tokens
    after = room.token("afterwards", "viewer")
    assert room.who(after).name == "afterwards"
    for name in list(room.ledger.actors):
        room.identity.remove(ADMIN, name, NOW)


def test_every_point_is_reached(room: Room) -> None:
    seen: list[KillPoint] = []
    room.reached = seen.append
    room.again()
    room.actor("bob", "viewer")
    room.identity.revoke(ADMIN, room.token("bob").token.id, NOW)
    room.identity.remove(ADMIN, "bob", NOW)
    assert set(seen) == set(KillPoint)
