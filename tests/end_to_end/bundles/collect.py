"""Collects an evidence bundle with the real kubectl, as a person at a terminal would: tables, descriptions, logs."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from tests.end_to_end.bundles.shop import SETTING

from helmward.lab.kube.assets import programs_folder

TABLES = (
    *(
        "pods",
        "services",
        "deployments",
        "replicasets",
        "statefulsets",
        "daemonsets",
        "endpoints",
        "configmaps",
        "secrets",
    ),
    *("serviceaccounts", "persistentvolumeclaims", "resourcequotas", "ingresses", "jobs"),
)
DESCRIBED = ("pods", "services", "deployments", "statefulsets", "persistentvolumeclaims", "resourcequotas", "ingresses")
CLUSTER = ("nodes", "persistentvolumes", "storageclasses")
_PREFIX = re.compile(r"^([a-z.0-9]+)/", re.M)


class Kubectl:
    """kubectl with one kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig

    async def __call__(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        process = await asyncio.create_subprocess_exec(
            str(programs_folder() / "kubectl"), "--kubeconfig", str(self._kubeconfig), *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate(None if stdin is None else stdin.encode())
        if check and process.returncode:
            raise AssertionError(f"kubectl {arguments}: {err.decode()}")
        return out.decode() or err.decode()


async def collect(kubectl: Kubectl, namespace: str, folder: Path) -> None:
    """Everything of a namespace and of the cluster's nodes, volumes and storage classes, below `folder`."""
    scope = ("-n", namespace)
    for detail, flags in (("", ()), (".wide", ("-o", "wide")), (".labels", ("--show-labels",))):
        for resource in TABLES:
            text = await kubectl("get", resource, *scope, *flags)
            _write(folder / f"get/{namespace}/{resource}{detail}.txt", text)
        for resource in CLUSTER:
            mine = ("-l", f"shop={namespace}") if resource == "persistentvolumes" else ()
            text = await kubectl("get", resource, *mine, *flags)
            _write(folder / f"get/_cluster/{resource}{detail}.txt", text)
    _write(folder / f"get/{namespace}/events.txt", await kubectl("get", "events", *scope))
    for resource in DESCRIBED:
        await _describe(kubectl, resource, scope, folder / f"describe/{namespace}/{resource}")
    await _describe(kubectl, "nodes", (), folder / "describe/_cluster/nodes")
    await _describe(kubectl, "pv", ("-l", f"shop={namespace}"), folder / "describe/_cluster/persistentvolumes")
    await _logs(kubectl, namespace, folder)


async def _describe(kubectl: Kubectl, resource: str, scope: tuple[str, ...], folder: Path) -> None:
    text = await kubectl("describe", resource, *scope)
    for block in re.split(r"\n\n\n(?=Name:)", text):
        if (name := re.match(r"Name:\s+(\S+)", block)) is not None:
            _write(folder / f"{name.group(1)}.txt", block.rstrip("\n") + "\n")


async def _logs(kubectl: Kubectl, namespace: str, folder: Path) -> None:
    pods = json.loads(await kubectl("get", "pods", "-n", namespace, "-o", "json"))["items"]
    for pod in pods:
        name = pod["metadata"]["name"]
        for status in pod["status"].get("containerStatuses") or []:
            for suffix, flags in (("", ()), (".previous", ("--previous",))):
                if suffix and not status["restartCount"]:
                    continue
                text = await kubectl("logs", name, "-c", status["name"], "-n", namespace, *flags, check=False)
                if not text.startswith(("Error", "error")):
                    _write(folder / f"logs/{namespace}/{name}/{status['name']}{suffix}.log", text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [line for line in text.split("\n") if not re.match(rf"\s+{SETTING}:", line)]
    path.write_text("\n".join(kept))
