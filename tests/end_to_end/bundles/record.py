"""Records evidence bundles of the faults on the real control plane: `python -m tests.end_to_end.bundles.record FOLDER [FAULT…]`.

The stand-in kubelet runs the shop; the ages that kubectl prints are put back by some minutes, as if nobody had looked
at once.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from tests.end_to_end.bundles import ages, services
from tests.end_to_end.bundles.collect import Kubectl, collect
from tests.end_to_end.bundles.faults import ALL, Fault, Shop, shows
from tests.end_to_end.bundles.programs import registry
from tests.end_to_end.bundles.shop import SETTING, objects

from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kubelet.kubelet import Kubelet, switch
from helmward.lab.kubelet.pace import Pace

_AT_ONCE = 3
_LIMIT = 150.0


async def main(target: Path, wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="bundles") as scratch:
        engine = KubeEngine(Path(scratch) / "kube")
        await engine.start()
        kubelet = Kubelet(engine.kubeconfig, Path(scratch), registry(), nodes=4, pace=Pace(8))
        await kubelet.start()
        try:
            recorder = Recorder(Kubectl(engine.kubeconfig), target, engine, kubelet, Path(scratch))
            await recorder.prepare()
            await recorder.record(wanted)
        finally:
            await kubelet.stop()
            await engine.stop()


class Recorder:
    def __init__(self, kubectl: Kubectl, target: Path, engine: Any, kubelet: Any, scratch: Path) -> None:
        self.kubectl, self.target, self.engine, self.kubelet, self.scratch = kubectl, target, engine, kubelet, scratch
        self.gate = asyncio.Semaphore(_AT_ONCE)
        self.failed: list[str] = []

    async def prepare(self) -> None:
        await self.kubectl("taint", "node", "lab-node-1", "node-role.kubernetes.io/control-plane=:NoSchedule")
        await self.kubectl("label", "node", "lab-node-1", "node-role.kubernetes.io/control-plane=")
        storage = {
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "standard"},
            "provisioner": "rancher.io/local-path", "volumeBindingMode": "WaitForFirstConsumer",
        }  # fmt: skip
        await self.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(storage))

    async def record(self, wanted: list[str]) -> None:
        faults = [ALL[name] for name in wanted or ALL]
        await asyncio.gather(*(self._guarded(fault) for fault in faults if not fault.alone))
        for fault in faults:
            if fault.alone:
                await self._guarded(fault)
        print("failed:", self.failed)

    async def _guarded(self, fault: Fault) -> None:
        async with self.gate:
            started = time.monotonic()
            try:
                await self._one(fault)
                print(f"{fault.name}: {time.monotonic() - started:.0f} s", flush=True)
            except Exception as error:  # noqa: BLE001
                self.failed.append(fault.name)
                print(f"{fault.name}: FAILED {error}", flush=True)

    async def _one(self, fault: Fault) -> None:
        namespace = f"boutique-{sorted(ALL).index(fault.name):02d}{secrets.token_hex(1)}"
        password = secrets.token_hex(8)
        shop = Shop(objects(namespace, password), namespace)
        if fault.before is not None:
            fault.before(shop)
        await self._apply(shop)
        await self._until(lambda: self._healthy(namespace, bool(fault.before)), f"a healthy shop for {fault.name}")
        desired = yaml.safe_dump_all(_shown(shop), sort_keys=False)
        if fault.edit is not None:
            fault.edit(shop)
        for command in fault.outside:
            await self.kubectl(*command)
        for command in fault.commands:
            await self.kubectl(*command, "-n", namespace)
        if fault.unplug:
            cable = switch(self.scratch, fault.unplug)
            cable.parent.mkdir(exist_ok=True)
            cable.touch()
        if fault.kill:
            os.kill(self.engine.pids[fault.kill], signal.SIGKILL)
        await self._apply(shop, [name for command in fault.commands for name in command[1:]])
        for name in fault.restart:
            await self.kubectl("delete", "pod", "-l", f"app={name}", "-n", namespace, "--wait=false")
        await self._until(lambda: self._shows(fault, namespace), f"the signs of {fault.name}")
        folder = self.target / fault.name
        shutil.rmtree(folder, ignore_errors=True)
        await collect(self.kubectl, namespace, folder)
        (folder / "manifests").mkdir()
        (folder / "manifests/shop.yaml").write_text(desired)
        (folder / "faulty.yaml").write_text(yaml.safe_dump_all(_shown(shop), sort_keys=False))
        (folder / "namespace").write_text(namespace)
        _reword(folder, fault)
        ages.put_back(folder, fault.later)
        services.write(folder, fault.dead)
        for command in fault.undo:
            await self.kubectl(*command)
        if fault.unplug:
            switch(self.scratch, fault.unplug).unlink()
            await self._until(lambda: self._all_ready(), "the node")
        await self.kubectl("delete", "namespace", namespace, "--wait=false")

    async def _apply(self, shop: Shop, gone: list[str] | None = None) -> None:
        await self.kubectl(
            "apply",
            "-f",
            "-",
            stdin=yaml.safe_dump_all(shop.objects),
            check=not gone and "quota" not in str(shop.objects).lower(),
        )

    async def _healthy(self, namespace: str, broken: bool) -> bool:
        text = await self.kubectl("get", "pods", "-n", namespace, "--no-headers", check=False)
        ready = re.findall(r"^\S+ +1/1 +Running", text, re.M)
        return len(ready) == (7 if broken else 8)

    async def _all_ready(self) -> bool:
        return "NotReady" not in await self.kubectl("get", "nodes")

    async def _shows(self, fault: Fault, namespace: str) -> bool:
        text = await self.kubectl("get", "pods,events,resourcequotas", "-n", namespace, "--no-headers")
        text = re.sub(r"^(?:pod|event|resourcequota)/", "", text, flags=re.M)
        for name in ("orderservice", "frontend", "checkoutservice"):
            text += await self.kubectl("logs", f"deploy/{name}", "-n", namespace, "--tail=20", check=False)
        return shows(fault, text)

    async def _until(self, ask: Any, what: str) -> None:
        deadline = time.monotonic() + _LIMIT
        while not await ask():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}")
            await asyncio.sleep(1.5)


def _shown(shop: Shop) -> list[Any]:
    text = yaml.safe_load_all(yaml.safe_dump_all(shop.objects))
    return [_without_setting(item) for item in text]


def _without_setting(item: Any) -> Any:
    if isinstance(item, list):
        return [_without_setting(one) for one in item if not (isinstance(one, dict) and one.get("name") == SETTING)]
    if isinstance(item, dict):
        return {key: _without_setting(value) for key, value in item.items()}
    return item


def _reword(folder: Path, fault: Fault) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_text()
            for old, new in fault.words:
                text = re.sub(old, new, text)
            path.write_text(text)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
