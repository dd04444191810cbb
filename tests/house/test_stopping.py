"""Who may pull the kill switch, and what goes on while it is on."""

from __future__ import annotations

import pytest

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor, Scope
from helmward.door.killswitch import FILE, Killed
from helmward.house import stopping

from .home import Home

PERSON = Actor(name="alice", kind="user", roles=("requester",))
READS = ("events_list", {"namespace": "default"})


@pytest.mark.parametrize(
    "by",
    [
        Actor(name="bot", kind="agent", roles=("requester",)),
        Actor(name="bob", kind="user", roles=("requester",), scope=Scope(namespaces=("team-*",))),
    ],
)
async def test_what_stops_the_others_takes_more_than_an_agent(home: Home, by: Actor) -> None:
    async with home.house() as house:
        with pytest.raises(DeniedError, match="may not pull the kill switch"):
            await stopping.kill(house, by, "all", "", "no reason")
        assert list(house.door.kills.standing()) == []


async def test_people_see_what_goes_on_while_everything_is_stopped(home: Home) -> None:
    async with home.house() as house:
        await stopping.kill(house, PERSON, "all", "", "look first")
        (home.folder / "data" / FILE).touch()
        await house.door.read(PERSON, *READS)
        await stopping.kill(house, PERSON, "actor", "alice", "not you")
        with pytest.raises(Killed, match="kill switch for actor alice"):
            await house.door.read(PERSON, *READS)
