"""Containers of a described pod or pod template: specification, status, environment, mounts."""

from __future__ import annotations

import re
from typing import Any

from helmward.core.times import format_time
from helmward.watch.files.clock import described_time
from helmward.watch.files.describe.probes import probe
from helmward.watch.files.describe.tree import Node
from helmward.watch.files.shapes import integer

_PORT = re.compile(r"(\d{1,5})/(\w+)(?: \((\S+)\))?")
_FROM_KEY = re.compile(r"<set to the key '(.*?)' (in secret|of config map) '(.*?)'>\s+Optional: (true|false)")
_FIELD = re.compile(r"(?P<value>.*?)\s*\((?:v1:(?P<field>[\w.\[\]'/-]+)|(?P<resource>(?:limits|requests)\.[\w.-]+))\)")
_ENV_FROM = re.compile(r"(\S+)\s+(ConfigMap|Secret)(?: with prefix '(.*?)')?\s+Optional: (true|false)")
_MOUNT = re.compile(r"(\S+) from (\S+) \((r[ow])(?:,path=\"(.*)\")?\)")
_PROBES = {"Liveness": "livenessProbe", "Readiness": "readinessProbe", "Startup": "startupProbe"}


def containers(section: list[Node]) -> list[dict[str, Any]]:
    """The container specifications under `Containers:` or `Init Containers:`."""
    return [_specification(node) for node in section if node.key]


def statuses(section: list[Node]) -> list[dict[str, Any]]:
    """Their statuses; a container that has none yet (a pod that is not scheduled) is left out."""
    return [_status(node) for node in section if node.key and node.child("State") is not None]


def _specification(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {"name": node.key, "image": node.get("Image")}
    ports = [_port(match) for match in _PORT.finditer(node.get("Port") or node.get("Ports"))]
    if ports:
        made["ports"] = ports
    for title, field in (("Command", "command"), ("Args", "args")):
        if lines := [line.text for inner in node.under(title) for line in inner.walk()]:
            made[field] = lines
    resources = {title.lower(): _amounts(node, title) for title in ("Limits", "Requests") if node.child(title)}
    if resources:
        made["resources"] = resources
    for title, field in _PROBES.items():
        if (found := probe(node.get(title))) is not None:
            made[field] = found
    if sources := [found for inner in node.under("Environment Variables from") if (found := _env_from(inner.text))]:
        made["envFrom"] = sources
    if variables := [_variable(inner) for inner in node.under("Environment") if inner.key]:
        made["env"] = variables
    if mounts := [found for inner in node.under("Mounts") if (found := _mount(inner.text))]:
        made["volumeMounts"] = mounts
    return made


def _status(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": node.key,
        "ready": node.get("Ready") == "True",
        "restartCount": integer(node.get("Restart Count")),
        "image": node.get("Image"),
        "imageID": node.get("Image ID"),
        "containerID": node.get("Container ID"),
        "state": _state(node.child("State")),
    }
    if (last := _state(node.child("Last State"))) != {}:
        made["lastState"] = last
    return made


def _state(node: Node | None) -> dict[str, Any]:
    if node is None:
        return {}
    if node.value == "Running":
        return {"running": _times(node, ("startedAt", "Started"))}
    if node.value == "Waiting":
        return {"waiting": {"reason": reason}} if (reason := node.get("Reason")) else {}
    if node.value != "Terminated":
        return {}
    ended: dict[str, Any] = {"exitCode": integer(node.get("Exit Code")), "reason": node.get("Reason")}
    if signal := integer(node.get("Signal")):
        ended["signal"] = signal
    if message := _message(node):
        ended["message"] = message
    return {"terminated": {**ended, **_times(node, ("startedAt", "Started"), ("finishedAt", "Finished"))}}


def _message(node: Node) -> str:
    """A termination message, whose further lines kubectl prints without any indent of theirs."""
    found = node.child("Message")
    return "\n".join([found.value, *(inner.text for inner in found.children)]) if found is not None else ""


def _times(node: Node, *pairs: tuple[str, str]) -> dict[str, str]:
    moments = ((field, described_time(node.get(title))) for field, title in pairs)
    return {field: format_time(moment) for field, moment in moments if moment is not None and moment.year > 1}


def _port(match: re.Match[str]) -> dict[str, Any]:
    number, protocol, name = match.groups()
    return {"containerPort": int(number), "protocol": protocol, **({"name": name} if name else {})}


def _amounts(node: Node, title: str) -> dict[str, str]:
    return {inner.key: inner.value for inner in node.under(title) if inner.key}


def _env_from(text: str) -> dict[str, Any] | None:
    match = _ENV_FROM.fullmatch(text)
    if match is None:
        return None
    name, kind, prefix, optional = match.groups()
    field = "configMapRef" if kind == "ConfigMap" else "secretRef"
    return {**({"prefix": prefix} if prefix else {}), field: {"name": name, "optional": optional == "true"}}


def _variable(node: Node) -> dict[str, Any]:
    if (match := _FROM_KEY.fullmatch(node.value)) is not None:
        key, where, name, optional = match.groups()
        field = "secretKeyRef" if where == "in secret" else "configMapKeyRef"
        return {"name": node.key, "valueFrom": {field: {"name": name, "key": key, "optional": optional == "true"}}}
    if (match := _FIELD.fullmatch(node.value)) is not None:
        if match["field"]:
            return {"name": node.key, "valueFrom": {"fieldRef": {"fieldPath": match["field"]}}}
        return {"name": node.key, "valueFrom": {"resourceFieldRef": {"resource": match["resource"]}}}
    lines = [node.value, *(line.text for inner in node.children for line in inner.walk())]
    return {"name": node.key, "value": "\n".join(lines)}


def _mount(text: str) -> dict[str, Any] | None:
    match = _MOUNT.fullmatch(text)
    if match is None:
        return None
    path, name, mode, sub = match.groups()
    return {
        "name": name,
        "mountPath": path,
        **({"readOnly": True} if mode == "ro" else {}),
        **({"subPath": sub} if sub else {}),
    }
