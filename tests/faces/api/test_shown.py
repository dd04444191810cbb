"""What the API shows of roles, tokens and settings: found by words, in pages, the worst first."""

from __future__ import annotations

from helmward.door.identity import ROLES
from helmward.house.settings_shown import shown

from ..station import Station
from .test_access import call


async def test_every_role_says_what_it_is_for(station: Station) -> None:
    _, _, answer = await call(station, "GET", "/api/v1/roles", station.token("viewer"))
    found = {one["name"]: one for one in answer["roles"]}
    assert tuple(found) == ROLES
    assert all(one["text"].endswith(".") for one in found.values())
    assert found["requester"]["includes"] == ["caller", "viewer"]
    assert (found["approver"]["kinds"], len(found["viewer"]["kinds"])) == (["user"], 3)


async def test_tokens_are_found_by_state_name_and_words_in_pages(station: Station) -> None:
    admin = station.token("admin")
    made = [
        (await call(station, "POST", "/api/v1/tokens", admin, json={"name": "pager-7", "roles": [role]}))[2]["id"]
        for role in ("viewer", "requester", "caller")
    ]
    await call(station, "DELETE", f"/api/v1/tokens/{made[0]}", admin)

    async def found(query: str) -> tuple[list[str], int]:
        _, _, answer = await call(station, "GET", f"/api/v1/tokens?name=pager-7{query}", admin)
        assert answer["states"] == {"valid": 2, "expired": 0, "revoked": 1, "forged": 0}
        return [one["id"] for one in answer["tokens"]], answer["total"]

    assert await found("") == (made[::-1], 3)
    assert await found("&state=valid") == (made[:0:-1], 2)
    assert await found("&q=CALLER%20tok-") == ([made[2]], 1)
    assert await found("&limit=1&offset=1") == ([made[1]], 3)
    assert (await call(station, "GET", "/api/v1/tokens?limit=0", admin))[0] == 422
    assert (await call(station, "GET", "/api/v1/tokens?state=lost", admin))[0] == 422


async def test_settings_are_found_by_words_and_by_not_being_defaults(station: Station) -> None:
    viewer = station.token("viewer")
    _, _, whole = await call(station, "GET", "/api/v1/settings", viewer)
    assert whole["server.listen"]["text"].startswith("The address")
    assert all(one["text"] for one in whole.values())
    _, _, found = await call(station, "GET", "/api/v1/settings?q=LISTEN%20loopback", viewer)
    assert list(found) == ["server.listen"]
    _, _, changed = await call(station, "GET", "/api/v1/settings?changed=true", viewer)
    assert changed == {path: one for path, one in whole.items() if one["origin"] != "default"}
    assert station.call(shown, station.house, "no such words") == {}
