"""From documents to drafts: which values are objects, what names them, and what is to be said of the rest."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.core.text import one_line
from helmward.watch.files.aliases import is_known, kind_of_object
from helmward.watch.files.documents import Empty, Item, Problem, read_documents
from helmward.watch.files.drafts import Draft, Rank
from helmward.watch.files.secrets import Reducer
from helmward.world.kinds import Kind

_TEMPLATE = "it is a template, not a manifest; render it first, for example with `helm template`"
_MOST_PROBLEMS = 20
# Groups whose files steer a tool and are never stored in a cluster.
_TOOLS = frozenset(
    {"kustomize.config.k8s.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "skaffold", "kind.x-k8s.io", "audit.k8s.io"}
)


class _Meta(msgspec.Struct):
    name: str = ""
    namespace: str | None = None
    uid: str | None = None


class _Header(msgspec.Struct):
    api_version: str = msgspec.field(name="apiVersion", default="")
    kind: str = ""
    metadata: _Meta | None = None


_HEADER = msgspec.json.Decoder(_Header)


class Intake:
    """What the documents of one file yield."""

    def __init__(self, file: str, namespace: str | None, reducer: Reducer, manifest: bool = False) -> None:
        self._file = file
        self._namespace = namespace
        self._reducer = reducer
        self._manifest = manifest
        self.drafts: list[Draft] = []
        self.empty: list[Empty] = []
        self.problems: list[str] = []
        self.reason: str | None = None
        """Why nothing of the file was read, where nothing was."""
        self._more = 0

    def read(self, data: bytes, yaml_name: bool) -> None:
        """Take every document of a file."""
        for found in read_documents(data, yaml_name):
            match found:
                case Item():
                    self._object(found)
                case Empty():
                    self.empty.append(found)
                case Problem(template=True):
                    self.reason = _TEMPLATE
                case Problem():
                    self._problem(found.line, found.what)
        if self._more:
            self.problems.append(f"{self._file}: {self._more} more such problems are not listed.")
        if not self.drafts and not self.empty and not self.problems and self.reason is None:
            self.reason = "it is empty" if not data.strip() else "it holds no Kubernetes object"

    def _object(self, item: Item) -> None:
        header: _Header | None
        try:
            header = _HEADER.decode(item.raw)
        except msgspec.ValidationError:
            header, item = _mended(item)
        except (msgspec.DecodeError, RecursionError) as error:
            self._problem(item.line, f"a document is not valid JSON: {one_line(str(error), 120)}")
            return
        if header is None or not header.kind or not header.api_version:
            self._no_object("it holds something that is no Kubernetes object (no apiVersion and kind)", item.line)
            return
        if (reason := _not_stored(header, item.raw)) is not None:
            self._no_object(reason, item.line)
            return
        self._draft(header, item)

    def _draft(self, header: _Header, item: Item) -> None:
        meta = header.metadata or _Meta()
        if "{{" in meta.name or "{{" in (meta.namespace or ""):
            self.reason = _TEMPLATE
            return
        kind = kind_of_object(header.api_version, header.kind)
        try:
            raw = self._reducer.raw(kind.name, item.raw)
        except (msgspec.DecodeError, RecursionError):
            self._problem(item.line, f"the {kind.name} '{one_line(meta.name, 80)}' is not valid JSON and was left out")
            return
        # `kubectl get -o yaml` is no manifest, whatever folder somebody put it into.
        rank = Rank.LIVE if meta.uid else Rank.MANIFEST if self._manifest else Rank.WRITTEN
        namespace = self._of(kind, meta.namespace)
        if kind.namespaced and namespace != (meta.namespace or ""):
            raw = _named(raw, meta.name, namespace)
        self.drafts.append(Draft(kind, namespace, meta.name, rank, self._file, item.line, raw))

    def _of(self, kind: Kind, namespace: str | None) -> str:
        if not kind.namespaced:
            return ""
        if namespace or not is_known(kind):
            return namespace or ""
        return self._namespace or "default"

    def _no_object(self, reason: str, line: int) -> None:
        self.reason = reason if line == 1 else f"line {line}: {reason}"

    def _problem(self, line: int, what: str) -> None:
        if len(self.problems) >= _MOST_PROBLEMS:
            self._more += 1
            return
        self.problems.append(f"{self._file}:{line}: {one_line(what, 200)}.")


def _mended(item: Item) -> tuple[_Header | None, Item]:
    """An object whose header has a wrong type: a number stands for its text, anything else counts as missing."""
    document: Any = msgspec.json.decode(item.raw)
    if not isinstance(document, dict):
        return None, item
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    named = {key: _text(metadata.get(key)) for key in ("name", "namespace", "uid")}
    header = _Header(_text(document.get("apiVersion")), _text(document.get("kind")), _Meta(**named))
    return header, Item(msgspec.json.encode({**document, "metadata": {**metadata, **named}}), item.line)


def _named(raw: bytes, name: str, namespace: str) -> bytes:
    document = msgspec.json.decode(raw)
    metadata = document.get("metadata")
    kept = metadata if isinstance(metadata, dict) else {}
    document["metadata"] = {**kept, "name": name, "namespace": namespace}
    return msgspec.json.encode(document)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _not_stored(header: _Header, raw: bytes) -> str | None:
    """Why a typed document is nothing that a cluster holds; None if it is an object."""
    group = header.api_version.partition("/")[0]
    if group in _TOOLS:
        return f"it is a {one_line(header.kind, 60)} of {group}, which no cluster holds"
    if header.kind == "Status" and header.api_version == "v1":
        return f"it is an error of the API server: {_status_message(raw)}"
    if header.kind == "Config" and b'"clusters"' in raw:
        return "it is a kubeconfig, which holds credentials; nothing of it was kept"
    if header.metadata is None or not header.metadata.name:
        return f"it holds a {one_line(header.kind, 60)} without a name"
    return None


def _status_message(raw: bytes) -> str:
    document = msgspec.json.decode(raw)
    return one_line(str(document.get("message", "no message")), 160)
