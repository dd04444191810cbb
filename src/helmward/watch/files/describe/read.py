"""A description file to drafts: one object or several, each with the Events printed below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from helmward.core.times import format_time
from helmward.watch.files import events
from helmward.watch.files.ages import time_of
from helmward.watch.files.aliases import kind_called, kind_of_object
from helmward.watch.files.clock import described_time
from helmward.watch.files.describe import cluster, config, network, pods, workloads
from helmward.watch.files.describe.blocks import blocks
from helmward.watch.files.describe.events import described_events, split_events
from helmward.watch.files.describe.tree import Node, parse
from helmward.watch.files.drafts import Draft, Rank
from helmward.watch.files.layout import Place
from helmward.watch.files.refusal import Refused
from helmward.watch.files.secrets import Reducer
from helmward.watch.files.shapes import labels_of
from helmward.world.kinds import Kind

_LASTS = re.compile(r"Terminating \(lasts (\S+)\)")
Lines = list[tuple[int, str]]
Document = dict[str, Any]

_READERS: dict[str, Callable[[Node, datetime], Document]] = {
    "Pod": pods.pod,
    "Deployment": workloads.deployment,
    "ReplicaSet": workloads.replica_set,
    "StatefulSet": workloads.stateful_set,
    "DaemonSet": workloads.daemon_set,
    "Job": workloads.job,
    "CronJob": workloads.cron_job,
    "Service": network.service,
    "Endpoints": network.endpoints,
    "EndpointSlice": network.endpoint_slice,
    "Ingress": network.ingress,
    "Node": cluster.node,
    "PersistentVolumeClaim": cluster.claim,
    "PersistentVolume": cluster.volume,
    "StorageClass": cluster.storage_class,
    "ResourceQuota": cluster.quota,
    "ServiceAccount": cluster.service_account,
    "HorizontalPodAutoscaler": cluster.autoscaler,
    "Namespace": cluster.namespace,
}


def read_description(text: str, file: str, place: Place, now: datetime, reducer: Reducer) -> Iterator[Draft]:
    """The objects and Events of one file. Raises Refused where it describes nothing of a known kind."""
    found = False
    for block in blocks(text, place.kind.name if place.kind else ""):
        above, below = split_events(block)
        root = parse(_folded(above))
        kind = place.kind or _own_kind(root)
        if kind is None:
            raise Refused("nothing says of which kind it is; name the folder after the resource")
        found = True
        yield from _Described(kind, root, file, place, now).drafts(above, below, reducer)
    if not found:
        raise Refused("it is no output of `kubectl describe` (it has no `Name:` line)")


class _Described:
    """One described object."""

    def __init__(self, kind: Kind, root: Node, file: str, place: Place, now: datetime) -> None:
        self.kind, self.root, self.file, self.now = kind, root, file, now
        self.name = root.get("Name")
        namespace = root.get("Namespace") or place.namespace or "default"
        self.namespace = namespace if kind.namespaced else ""

    def drafts(self, above: Lines, below: Lines, reducer: Reducer) -> Iterator[Draft]:
        """The object, what it implies, and its Events."""
        yield self._draft(self._document(above, reducer), Rank.DESCRIBED)
        if (implied := workloads.guessed(self.kind.name, self.root)) is not None:
            yield self._draft(implied, Rank.GUESSED)
        if self.kind.name == "Service" and (made := network.endpoints_of_service(self.root)) is not None:
            yield self._draft(made, Rank.GUESSED, kind_called("endpoints"))
        of = events.About(self.kind.name, self.namespace, self.name)
        # Events about cluster-scoped objects are kept in the namespace `default`.
        for event, line in described_events(below, of, self.namespace or "default", self.now):
            yield events.draft(event, Rank.DESCRIBED, self.file, line)

    def _draft(self, document: Document, rank: Rank, kind: Kind | None = None) -> Draft:
        kind = kind or self.kind
        metadata = {**document.pop("metadata", {}), "name": self.name, "namespace": self.namespace}
        made = {"apiVersion": kind.api, "kind": kind.name, "metadata": metadata, **document}
        return Draft(kind, self.namespace, self.name, rank, self.file, self.root.line, b"", made)

    def _document(self, above: Lines, reducer: Reducer) -> Document:
        content = [line for _, line in above]
        start = config.data_starts(content)
        if self.kind.name == "ConfigMap":
            made = config.config_map(content[start:]) if start is not None else {}
        elif self.kind.name == "Secret":
            made = {"type": self.root.get("Type"), **config.secret(content[start:] if start else [], reducer)}
        elif (reader := _READERS.get(self.kind.name)) is not None:
            made = reader(self.root, self.now)
        else:
            made = {}
        return {**made, "metadata": {**self._metadata(), **made.get("metadata", {})}}

    def _metadata(self) -> Document:
        root = self.root
        made: Document = {"labels": labels_of(",".join(root.pairs("Labels")))}
        if annotations := _annotations(root):
            made["annotations"] = annotations
        created = described_time(root.get("CreationTimestamp") or root.get("Creation Timestamp"))
        if created is not None:
            made["creationTimestamp"] = format_time(created)
        if (match := _LASTS.match(root.get("Status"))) and (when := time_of(match.group(1), self.now)):
            made["deletionTimestamp"] = when
        above, _, name = root.get("Controlled By").partition("/")
        if name:
            kind = kind_called(above)
            made["ownerReferences"] = [
                {"apiVersion": kind.api if kind else "", "kind": above, "name": name, "controller": True}
            ]
        return made


def _annotations(root: Node) -> dict[str, str]:
    pairs = (text.partition(":") for text in root.pairs("Annotations"))
    return {key.strip(): value.strip() for key, _, value in pairs if value}


def _own_kind(root: Node) -> Kind | None:
    """The kind of a custom resource, whose description names it (`API Version:`, `Kind:`)."""
    name, api = root.get("Kind"), root.get("API Version")
    return kind_of_object(api, name) if name and api else None


def _folded(lines: Lines) -> Lines:
    """The lines, but a termination message's further ones, which kubectl prints flush left, stand under `Message:`."""
    made: Lines = []
    index = 0
    while index < len(lines):
        number, line = lines[index]
        made.append((number, line))
        index += 1
        if not line.lstrip().startswith("Message:") or not line.startswith("      "):
            continue
        end = next(
            (i for i in range(index, min(index + 400, len(lines))) if lines[i][1].startswith("      Exit Code:")), index
        )
        made += [(inner, " " * 12 + content.strip()) for inner, content in lines[index:end]]
        index = end
    return made
