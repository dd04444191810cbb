"""Described Service, Endpoints, EndpointSlice and Ingress."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from helmward.watch.files.describe.tree import NOTHING, Node
from helmward.watch.files.shapes import integer, labels_of

_PORT = re.compile(r"(?:(\S+)\s+)?(\d{1,5})/(\w+)")
# describe.go, describeBackendV1: the addresses behind it, or the error of looking for the Service or its endpoints.
_BACKEND = re.compile(r"([^\s:]+):(\S+?)(?: \((.*)\))?")
_ABSENT = re.compile(r'<error: (?:services|endpoints) "[^"]+" not found>')
_ENDPOINT = re.compile(r"(\[[^\]]+\]|[^\s,:]+):(\d{1,5})")
Document = dict[str, Any]


def service(root: Node, now: datetime) -> Document:
    """The ports are printed one after the other, each followed by its TargetPort and Endpoints."""
    ports: list[Document] = []
    for node in root.children:
        if node.key == "Port" and (match := _PORT.fullmatch(node.value)) is not None:
            name, number, protocol = match.groups()
            named = {"name": name} if name and name not in NOTHING else {}
            ports.append({**named, "port": int(number), "protocol": protocol})
        elif node.key == "TargetPort" and ports:
            target = node.value.partition("/")[0]
            ports[-1]["targetPort"] = int(target[:9]) if target.isdecimal() else target
    spec: Document = {"type": root.get("Type") or "ClusterIP", "ports": ports}
    if selector := labels_of(",".join(root.pairs("Selector"))):
        spec["selector"] = selector
    if external := root.get("External Name"):
        spec["externalName"] = external
    if address := root.get("IP"):
        spec["clusterIP"] = address
    return {"spec": spec}


def endpoints_of_service(root: Node) -> Document | None:
    """The Endpoints that a described Service shows (three addresses a port at most); None for one without selector."""
    if not root.get("Selector"):
        return None
    subsets: list[Document] = []
    name = ""
    for node in root.children:
        if node.key == "Port" and (match := _PORT.fullmatch(node.value)) is not None:
            name = match.group(1) or ""
        elif node.key == "Endpoints" and (found := _ENDPOINT.findall(node.value)):
            ports = sorted({int(port) for _, port in found})
            addresses = [{"ip": ip} for ip in dict.fromkeys(host.strip("[]") for host, _ in found)]
            named = {"name": name} if name and name not in NOTHING else {}
            subsets.append({"addresses": addresses, "ports": [{**named, "port": port} for port in ports]})
    return {"subsets": subsets}


def endpoints(root: Node, now: datetime) -> Document:
    """`Subsets:` with Addresses, NotReadyAddresses and a table of Ports for each."""
    subsets: list[Document] = []
    for node in root.under("Subsets"):
        if node.key == "Addresses":
            subsets.append({"addresses": _addresses(node.value)})
        elif node.key == "NotReadyAddresses" and subsets:
            subsets[-1]["notReadyAddresses"] = _addresses(node.value)
        elif node.key == "Ports" and subsets:
            subsets[-1]["ports"] = _ports(node)
    return {"subsets": subsets}


def endpoint_slice(root: Node, now: datetime) -> Document:
    """`Endpoints:` with `- Addresses:`, Conditions, TargetRef and NodeName for each."""
    ports = root.child("Ports")
    found = [_endpoint(node) for node in root.under("Endpoints") if node.key == "- Addresses"]
    return {
        "addressType": root.get("AddressType"),
        "endpoints": found,
        "ports": _ports(ports) if ports is not None else [],
    }


def ingress(root: Node, now: datetime) -> Document:
    """`Rules:` is a table of hosts, under each host its paths and backends."""
    rules: list[Document] = []
    for node in root.under("Rules"):
        words = node.text.split()
        if words[0] in ("Host", "----"):
            continue
        rules.append({"host": words[0] if words[0] != "*" else None, "http": {"paths": _paths(node)}})
    spec: Document = {"ingressClassName": root.get("Ingress Class") or None, "rules": rules}
    if (default := _backend(root.get("Default backend"))) is not None:
        spec["defaultBackend"] = default
    if secured := [node.text.partition(" terminates ") for node in root.under("TLS")]:
        spec["tls"] = [{"secretName": secret, "hosts": hosts.split(",")} for secret, _, hosts in secured]
    return {"spec": spec}


def _paths(host: Node) -> list[Document]:
    paths = []
    for node in host.walk():
        path, _, backend = node.text.partition(" ")
        if node is not host and (found := _backend(backend.strip())) is not None:
            paths.append({"path": path, "backend": found})
    return paths


def _backend(text: str) -> Document | None:
    match = _BACKEND.fullmatch(text)
    if match is None or text in NOTHING or text.startswith("<"):
        return None
    name, port, behind = match.groups()
    absent = {"notFound": True} if _ABSENT.fullmatch(behind or "") else {}
    numbered = {"number": int(port[:9])} if port.isdecimal() else {"name": port}
    return {"service": {"name": name, "port": numbered, **absent}}


def _endpoint(node: Node) -> Document:
    made: Document = {
        "addresses": [part.strip() for part in node.value.split(",")] if node.value not in NOTHING else []
    }
    for inner in (line for child in node.children for line in child.walk()):
        if inner.key == "Ready" and inner.value not in NOTHING:
            made["conditions"] = {"ready": inner.value == "true"}
        elif inner.key == "TargetRef":
            kind, _, name = inner.value.partition("/")
            made["targetRef"] = {"kind": kind, "name": name}
        elif inner.key == "NodeName" and inner.value not in NOTHING:
            made["nodeName"] = inner.value
    return made


def _addresses(text: str) -> list[Document]:
    return [] if text in NOTHING else [{"ip": ip.strip()} for ip in text.split(",")]


def _ports(node: Node) -> list[Document]:
    rows = (inner.text.split() for inner in node.children)
    found = (row for row in rows if len(row) == 3 and row[0] not in ("Name", "----"))
    return [
        {**({"name": row[0]} if row[0] not in NOTHING else {}), "port": integer(row[1]), "protocol": row[2]}
        for row in found
    ]
