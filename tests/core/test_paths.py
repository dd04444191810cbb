"""Folders of ours are private, whatever the umask; and a data folder has one server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helmward.core.errors import HelmwardError
from helmward.core.paths import config_file, data_dir, default_config, key_dir, lock


def _mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_the_places_of_the_contract() -> None:
    env = {"HOME": "/home/ann"}
    assert data_dir(None, env) == Path("/home/ann/.local/state/helmward")
    assert key_dir(env) == Path("/home/ann/.config/helmward/keys")
    assert default_config(env) == Path("/home/ann/.config/helmward/helmward.yaml")
    assert config_file(None, env) is None
    env |= {"XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"}
    assert (data_dir(None, env), key_dir(env)) == (Path("/s/helmward"), Path("/c/helmward/keys"))
    env |= {"HELMWARD_DATA_DIR": "/d", "HELMWARD_KEY_DIR": "/k", "HELMWARD_CONFIG": "/f"}
    assert (data_dir(None, env), key_dir(env), config_file(None, env)) == (Path("/d"), Path("/k"), Path("/f"))
    assert (data_dir(Path("/o"), env), config_file(Path("/o"), env)) == (Path("/o"), Path("/o"))


def test_a_new_folder_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = data_dir(tmp_path / "a" / "b", {}, create=True)
    finally:
        os.umask(before)
    assert _mode(folder) == 0o700


def test_an_open_folder_of_ours_is_shut(tmp_path: Path) -> None:
    for names in ((), ("state.db", "state.db-wal", "server.lock")):
        folder = tmp_path / str(len(names))
        folder.mkdir(mode=0o755)
        for name in names:
            (folder / name).touch()
        assert _mode(data_dir(folder, {}, create=True)) == 0o700


def test_an_open_folder_that_others_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "theirs.txt").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(HelmwardError, match=r"holds other files.*--data-dir"):
        data_dir(tmp_path, {}, create=True)
    assert _mode(tmp_path) == 0o755


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HelmwardError, match=r"key folder .* cannot be created .*HELMWARD_KEY_DIR"):
        key_dir({"HELMWARD_KEY_DIR": str(tmp_path / "file" / "keys")}, create=True)


def test_a_second_server_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from helmward.core.paths import lock\n"
        "with lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None and first.stdout.readline() == "held\n"
        with pytest.raises(HelmwardError, match=f"process {first.pid}"), lock(tmp_path):
            pytest.fail("two held it")
        assert first.stdin is not None
        first.stdin.close()
        first.wait(10)
    with lock(tmp_path):
        assert (tmp_path / "server.lock").read_text() == str(os.getpid())
