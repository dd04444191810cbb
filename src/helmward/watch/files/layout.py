"""What a file is by its path: the places of an evidence bundle (CONTRACTS), wherever in the path the bundle begins."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from helmward.watch.files.aliases import kind_called
from helmward.world.kinds import Kind

CLUSTER = "_cluster"
"""The namespace folder of cluster-scoped resources."""
_DOCUMENT = (".json", ".yaml", ".yml", ".jsonl", ".ndjson")
_SOURCES = re.compile(r"(?:Chart|values|requirements|helmfile|skaffold|[kK]ustomization)(?:[.-][\w.-]+)?\.ya?ml")


class Role(StrEnum):
    """What a file holds."""

    DOCUMENTS = "documents"
    TABLE = "table"
    DESCRIBE = "describe"
    MANIFEST = "manifest"
    LOG = "log"
    METRICS = "metrics"
    ALERTS = "alerts"
    NODE_SERVICE = "node service"
    CHECK = "check"
    QUESTION = "question"
    UNKNOWN = "unknown"


class Place(NamedTuple):
    """A file's role, and what its path says: namespace (None: nothing), resource, and the names that follow."""

    role: Role
    namespace: str | None = None
    kind: Kind | None = None
    names: tuple[str, ...] = ()
    detail: str = ""
    """`wide` or `labels` for a table."""


def place(parts: tuple[str, ...], named: bool = False) -> Place:
    """The place of a file by its path inside what was given; `named`: the file itself was given, so it is documents."""
    if not parts:
        return Place(Role.DOCUMENTS)
    parts = (*parts[:-1], parts[-1].removesuffix(".gz"))
    for start in range(len(parts)):
        found = _bundle(parts[start:])
        if found is not None:
            return found
    name = parts[-1]
    if name == "alerts.json":
        return Place(Role.ALERTS)
    if name == "question.txt":
        return Place(Role.QUESTION)
    if name.endswith(_DOCUMENT) or (named and not name.endswith((".txt", ".log", ".csv", ".md"))):
        return Place(Role.DOCUMENTS)
    return Place(Role.UNKNOWN)


def is_source_of_manifests(parts: tuple[str, ...]) -> str | None:
    """Why a file is what manifests are made from, not a manifest: Helm and Kustomize sources by their names."""
    name = parts[-1] if parts else ""
    if not _SOURCES.fullmatch(name):
        return None
    if name.lower().startswith("kustomization"):
        return "it is a Kustomize source, not a manifest; give the output of `kubectl kustomize`"
    return "it is a source of a Helm chart or a tool, not a manifest; give the output of `helm template`"


def _bundle(parts: tuple[str, ...]) -> Place | None:
    match parts:
        case ("get", *rest) if rest:
            return _get(tuple(rest))
        case ("describe", *rest) if rest and rest[-1].endswith(".txt"):
            return _describe(tuple(rest))
        case ("manifests", *rest) if rest and rest[-1].endswith(_DOCUMENT):
            return Place(Role.MANIFEST)
        case ("logs", namespace, pod, file) if file.endswith((".log", ".txt")):
            return Place(Role.LOG, namespace, None, (pod, file.rpartition(".")[0]))
        case ("logs", namespace, file) if file.endswith((".log", ".txt")):
            return Place(Role.LOG, namespace, None, (file.rpartition(".")[0], ""))
        case ("metrics", file) if file.endswith(".csv"):
            return Place(Role.METRICS, names=(file.removesuffix(".csv"),))
        case ("nodes", node, file) if file.endswith((".txt", ".log")):
            return Place(Role.NODE_SERVICE, names=(node, file.rpartition(".")[0]))
        case ("checks", *rest) if rest and rest[-1].endswith(".txt"):
            return Place(Role.CHECK, names=("/".join(rest).removesuffix(".txt"),))
    return None


def _get(rest: tuple[str, ...]) -> Place | None:
    if len(rest) > 2:
        return None
    stem, dot, extension = rest[-1].rpartition(".")
    folder = rest[0] if len(rest) == 2 else None
    if dot + extension in _DOCUMENT:
        return Place(Role.DOCUMENTS, _namespace(folder), kind_called(stem))
    if extension != "txt":
        return None
    detail = next((word for word in ("wide", "labels") if stem.endswith((f".{word}", f"-{word}", f"_{word}"))), "")
    resource = stem[: -len(detail) - 1] if detail else stem
    return Place(Role.TABLE, _namespace(folder), kind_called(resource), (resource,), detail)


def _describe(rest: tuple[str, ...]) -> Place:
    """`<namespace>/<resource>/<name>.txt`, and the shorter forms without namespace or without name."""
    steps = (*rest[:-1], rest[-1].removesuffix(".txt"))
    if len(steps) >= 3:
        return Place(Role.DESCRIBE, _namespace(steps[-3]), kind_called(steps[-2]), (steps[-2], steps[-1]))
    if len(steps) == 2:
        if (kind := kind_called(steps[1])) is not None:
            return Place(Role.DESCRIBE, _namespace(steps[0]), kind, (steps[1], ""))
        return Place(Role.DESCRIBE, None, kind_called(steps[0]), (steps[0], steps[1]))
    return Place(Role.DESCRIBE, None, kind_called(steps[0]), (steps[0], ""))


def _namespace(folder: str | None) -> str | None:
    return "" if folder in (CLUSTER, "cluster", "cluster-scoped") else folder
