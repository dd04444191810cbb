"""Breaks and mends the running lab of a folder, as the person who works on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from helmward.core.errors import HelmwardError, UsageError
from helmward.lab import description
from helmward.lab.client import Client
from helmward.lab.description import Description
from helmward.lab.faults.base import Fault, catalogue, fault_named
from helmward.lab.faults.hands import Hands
from helmward.lab.faults.memory import Memory
from helmward.lab.runner import PERSON


def broken(folder: Path) -> list[str]:
    """The faults that are in place now, oldest first. Raises UnreachableError when no lab runs."""
    description.read(folder)
    return Memory(folder).broken()


async def break_(folder: Path, names: Sequence[str]) -> None:
    """Put faults in place. Raises UsageError for an unknown one, one already there, or one this engine cannot show."""
    lab, memory = description.read(folder), Memory(folder)
    faults = [_fit(fault_named(name), lab) for name in dict.fromkeys(names)]
    async with _person(lab) as client:
        with memory.exclusively():
            for fault in faults:
                if fault.name in memory.broken():
                    raise UsageError(
                        f"'{fault.name}' is broken already: mend it with 'helmward lab mend {fault.name}'."
                    )
            for fault in faults:
                await _put_in_place(fault, Hands(client, folder, fault.name))


async def mend(folder: Path, names: Sequence[str] = ()) -> list[str]:
    """Undo faults, all of them when none is named, the newest first; the names of those mended.

    Raises UsageError for an unknown one or one that is not broken.
    """
    lab, memory = description.read(folder), Memory(folder)
    for name in names:
        fault_named(name)
    async with _person(lab) as client:
        with memory.exclusively():
            there = memory.broken()
            for name in names:
                if name not in there:
                    raise UsageError(f"'{name}' is not broken, so there is nothing to mend.")
            chosen = [name for name in reversed(there) if not names or name in names]
            for name in chosen:
                await fault_named(name).mend(Hands(client, folder, name))
    return chosen


def faults() -> list[Fault]:
    """Every fault there is."""
    return list(catalogue().values())


def _fit(fault: Fault, lab: Description) -> Fault:
    if lab.engine not in fault.engines:
        needed = " or ".join(fault.engines)
        raise UsageError(
            f"'{fault.name}' needs the {needed} engine and this lab runs the {lab.engine} one: "
            f"start it with 'helmward lab up --engine {fault.engines[0]}'."
        )
    return fault


async def _put_in_place(fault: Fault, hands: Hands) -> None:
    try:
        await fault.break_(hands)
    except HelmwardError:
        # Half a fault is nobody's exercise.
        await fault.mend(hands)
        raise


@asynccontextmanager
async def _person(lab: Description) -> AsyncIterator[Client]:
    client = Client.from_kubeconfig(Path(lab.users[PERSON]))
    try:
        await description.verify(lab, client)
        yield client
    finally:
        await client.close()
