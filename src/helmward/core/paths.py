"""Where things live: the data folder and its lock, the key folder, the settings file (CONTRACTS.md)."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from helmward.core.errors import HelmwardError

# What may lie in a data or key folder of ours.
_OURS = frozenset({
    "server.lock", "server.json", "lab", "audit", "KILL",
    "admin.token", "secret-hash.key", "audit-signing.key", "audit-signing.pub",
})  # fmt: skip


_DATABASES = tuple(f"{name}{end}" for name in ("state.db", "workflows.db") for end in ("", "-wal", "-shm", "-journal"))
_PLAIN = ("server.lock", "server.json", "audit", *_DATABASES)


def data_dir(option: Path | None, env: Mapping[str, str], create: bool = False) -> Path:
    """`--data-dir`, else $HELMWARD_DATA_DIR, else $XDG_STATE_HOME/helmward, else ~/.local/state/helmward.

    With `create` the folder is made, readable by its user alone. Raises HelmwardError if that fails.
    """
    named = option or (Path(env["HELMWARD_DATA_DIR"]) if env.get("HELMWARD_DATA_DIR") else None)
    folder = named or _base(env, "XDG_STATE_HOME", ".local/state") / "helmward"
    return _private(folder, "data folder", "--data-dir") if create else folder


def key_dir(env: Mapping[str, str], create: bool = False) -> Path:
    """$HELMWARD_KEY_DIR, else `keys` beside the user's settings. It must not lie in the data folder."""
    named = env.get("HELMWARD_KEY_DIR")
    folder = Path(named) if named else _base(env, "XDG_CONFIG_HOME", ".config") / "helmward" / "keys"
    return _private(folder, "key folder", "HELMWARD_KEY_DIR") if create else folder


def config_file(option: Path | None, env: Mapping[str, str]) -> Path | None:
    """The settings file that was named (`--config`, $HELMWARD_CONFIG); None: the default one, if it is there."""
    return option or (Path(env["HELMWARD_CONFIG"]) if env.get("HELMWARD_CONFIG") else None)


def default_config(env: Mapping[str, str]) -> Path:
    """$XDG_CONFIG_HOME/helmward/helmward.yaml."""
    return _base(env, "XDG_CONFIG_HOME", ".config") / "helmward" / "helmward.yaml"


def refuse_links(folder: Path) -> None:
    """Raises HelmwardError where something of ours in the data folder is a link: what we write would end elsewhere."""
    for name in _PLAIN:
        if (folder / name).is_symlink():
            raise HelmwardError(f"{folder / name} is a link, which Helmward never makes; put the file itself there.")


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the data folder alone. Raises HelmwardError if another server holds it."""
    refuse_links(folder)
    try:
        descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise HelmwardError(
            f"The data folder {folder} cannot be written ({error.strerror}); choose another --data-dir."
        ) from None
    try:
        if not _take(descriptor, fcntl.LOCK_EX, tries=4):
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise HelmwardError(
                f"Another Helmward server (process {holder or 'unknown'}) already runs on {folder}; "
                "stop it, or choose another --data-dir."
            )
        with suppress(OSError):  # a full disk: the number is only for the sentence above
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def held(folder: Path) -> bool:
    """True if a server runs on this data folder now, whatever it may have left there."""
    try:
        descriptor = os.open(folder / "server.lock", os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:  # not ours to open: then somebody else's server may run
        return True
    try:
        return not _take(descriptor, fcntl.LOCK_SH, tries=1)
    finally:
        os.close(descriptor)


def _take(descriptor: int, how: int, tries: int) -> bool:
    """More than one try, since `held` takes the lock for a moment."""
    for left in range(tries - 1, -1, -1):
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except OSError:
            if left:
                time.sleep(0.05)
        else:
            return True
    return False


def _base(env: Mapping[str, str], variable: str, fallback: str) -> Path:
    if env.get(variable):
        return Path(env[variable])
    return (Path(env["HOME"]) if env.get("HOME") else Path.home()) / fallback


def _private(folder: Path, what: str, how: str) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HelmwardError(
            f"The {what} {folder} cannot be created ({error.strerror}); name another with {how}."
        ) from None
    try:
        if folder.stat().st_mode & 0o077:
            _close(folder, what, how)
    except OSError as error:
        raise HelmwardError(
            f"The {what} {folder} cannot be made private ({error.strerror}); name another with {how}, "
            "such as a folder inside it."
        ) from None
    return folder


def _close(folder: Path, what: str, how: str) -> None:
    """Shut others out; but never of a folder that holds what is not ours, such as /tmp."""
    if any(
        entry.name not in _OURS and not entry.name.startswith(("state.db", "server.log")) for entry in folder.iterdir()
    ):
        raise HelmwardError(
            f"The {what} {folder} is open to other users and holds other files; "
            f"run `chmod 700` on it, or name a folder of its own with {how}."
        )
    folder.chmod(0o700)
