"""The act: audit intent → kill switch → mint → write → audit outcome; what cannot be recorded is not done."""

from __future__ import annotations

from .stand import Stand


async def test_a_change_is_made_once(stand: Stand) -> None:
    plan, _ = await stand.done()
    assert await stand.value() == "new"
    again = await stand.door.act(plan, 0)
    assert again.state == "done"
