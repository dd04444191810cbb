"""The card in the data folder names the server; who can write there must not name another one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import Cli
from ..station import Station


@pytest.fixture
def card(station: Station) -> Path:
    return station.folder / "data" / "server.json"


def test_a_card_that_names_another_server_is_shown_nothing(
    cli: Cli, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = card.read_text()
    try:
        for change in ({"url": "http://127.0.0.1:9"}, {"token": "hw_x"}, {"seal": ""}, {"pid": 1}):
            card.write_text(json.dumps(json.loads(kept) | change))
            for words in (["incidents"], ["tokens", "list"], ["login", "alice"]):
                result = cli(*words)
                assert (result.code, "tampered with" in result.err) == (1, True), (change, words)
    finally:
        card.write_text(kept)
    assert cli("tokens", "list").code == 0


def test_without_the_servers_keys_only_its_own_token_is_shown(
    cli: Cli, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    shutil.copy(station.folder / "keys" / "admin.token", keys)
    monkeypatch.setenv("HELMWARD_KEY_DIR", str(keys))
    assert cli("incidents").code == 0
    assert cli("tokens", "list").code == 5, "the administrator's token is not shown to who knows whom"
    refused = cli("login", "alice")
    assert (refused.code, "cannot be proven" in refused.err) == (5, True)
    monkeypatch.setenv("HELMWARD_TOKEN", "hw_00000000_" + "x" * 43)
    assert "cannot be proven" in cli("incidents").err
    monkeypatch.setenv("HELMWARD_URL", station.url)
    assert "not valid" in cli("incidents").err, "who names the server knows whom they tell"
