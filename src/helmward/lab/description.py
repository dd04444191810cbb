"""`lab.json`: which lab runs in a folder, how to reach it, and the proof that an API server is this lab's own."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from helmward.core.errors import HelmwardError, UnreachableError, UsageError
from helmward.core.typed import decode
from helmward.lab.client import Client, path_of

FILE = "lab.json"
SYSTEM = "kube-system"
CONFIG_MAP = "helmward-lab"
"""The ConfigMap in kube-system whose `instance` only the lab of this description has."""

_NONE = "No lab is running: start one with 'helmward up --lab' or 'helmward lab up'."


class Description(msgspec.Struct, frozen=True):
    """A running lab: engine, process id, URL, the administrator's kubeconfig, instance id, other users' kubeconfigs."""

    engine: str
    pid: int
    url: str
    kubeconfig: str
    instance: str
    users: dict[str, str]


def file(folder: Path) -> Path:
    """Where the description of the lab in `folder` is."""
    return folder / FILE


def read(folder: Path) -> Description:
    """The lab that runs in `folder`; raises UnreachableError when none does."""
    try:
        found = decode(file(folder).read_bytes(), Description)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError) as error:
        raise UnreachableError(_NONE) from error
    if not _alive(found.pid):
        raise UnreachableError(_NONE)
    return found


def remove(folder: Path, instance: str) -> None:
    """Take the description away, if it is that of lab `instance` and not of another."""
    try:
        found = decode(file(folder).read_bytes(), Description)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return
    if found.instance == instance:
        file(folder).unlink(missing_ok=True)


def refuse_second(folder: Path) -> None:
    """Raises UsageError when a lab runs in `folder` already."""
    try:
        found = read(folder)
    except UnreachableError:
        return
    raise UsageError(
        f"A lab runs in {folder} already (process {found.pid}): stop it first, or take another --data-dir."
    )


async def verify(lab: Description, client: Client) -> None:
    """Raises HelmwardError unless the API server behind `client` is the one this lab started."""
    found = await client.find(path_of("ConfigMap", SYSTEM, CONFIG_MAP))
    if found is None or (found.get("data") or {}).get("instance") != lab.instance:
        raise HelmwardError(f"The API server at {lab.url} is not the lab's own, so nothing was changed there.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
