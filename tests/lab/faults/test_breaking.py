"""What `lab break` and `lab mend` refuse, each with one sentence, and that they touch no other cluster."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest
from tests.engines import on, on_each

from helmward.core.errors import HelmwardError, UnreachableError, UsageError
from helmward.lab import breaking, description
from helmward.lab.description import Description

from .conftest import LabThread
from .shop import Shop

both = pytest.mark.parametrize("lab", on_each(), indirect=True)


async def test_without_a_lab(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="No lab is running: start one with 'helmward up --lab'"):
        await breaking.break_(tmp_path, ["image"])


async def test_a_lab_that_died_is_no_lab(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    _describe(tmp_path, Description("embedded", child.pid, "http://127.0.0.1:1", "", "", {}))
    with pytest.raises(UnreachableError, match="No lab is running"):
        breaking.broken(tmp_path)


@both
async def test_unknown_names_and_repeats(shop: Shop) -> None:
    with pytest.raises(UsageError, match="There is no fault 'imagge': take one of bad-config, crash"):
        await breaking.break_(shop.folder, ["imagge"])
    with pytest.raises(UsageError, match="'image' is not broken"):
        await breaking.mend(shop.folder, ["image"])
    await breaking.break_(shop.folder, ["selector"])
    with pytest.raises(UsageError, match="'selector' is broken already"):
        await breaking.break_(shop.folder, ["image", "selector"])
    assert breaking.broken(shop.folder) == ["selector"]
    assert await breaking.mend(shop.folder) == ["selector"]
    assert await breaking.mend(shop.folder) == []


@pytest.mark.parametrize("lab", [on("embedded")], indirect=True)
async def test_a_fault_of_the_other_engine(shop: Shop) -> None:
    with pytest.raises(UsageError, match="'quota' needs the kube engine and this lab runs the embedded one"):
        await breaking.break_(shop.folder, ["quota"])


@both
async def test_another_cluster_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    _describe(tmp_path, msgspec.structs.replace(description.read(shop.folder), instance="another"))
    with pytest.raises(HelmwardError, match="is not the lab's own, so nothing was changed there"):
        await breaking.break_(tmp_path, ["image"])
    assert "2.5.0" not in str(await shop.get("Deployment", "payment-service"))


@both
async def test_a_second_lab_in_the_folder_is_refused(lab: LabThread) -> None:
    with pytest.raises(UsageError, match="A lab runs in"):
        lab.start()
    assert description.read(lab.folder).instance == lab.lab.instance


@both
async def test_writes_are_a_persons(shop: Shop) -> None:
    await breaking.break_(shop.folder, ["image"])
    found = await shop.get("Deployment", "payment-service")
    managers = {entry["manager"]: str(entry["fieldsV1"]) for entry in found["metadata"]["managedFields"]}
    assert "f:image" in managers["kubectl-set"]


def _describe(folder: Path, lab: Description) -> None:
    description.file(folder).write_bytes(msgspec.json.encode(lab))
