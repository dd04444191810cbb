"""Kubeconfig files: read, merged as kubectl merges them. The first file that names a context, cluster or user wins it.

Fields are those of client-go's `tools/clientcmd/api/v1` (Kubernetes 1.34).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import yaml

from helmward.core.errors import UnreadableError
from helmward.core.text import one_line
from helmward.core.typed import convert

T = TypeVar("T")
_MOST_BYTES = 16 << 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Cluster(msgspec.Struct, rename="kebab"):
    """Where a cluster is."""

    server: str = ""
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    proxy_url: str = ""
    extensions: list[dict[str, Any]] = []


class Variable(msgspec.Struct):
    """An environment variable of an exec plugin."""

    name: str
    value: str = ""


class Exec(msgspec.Struct, rename="camel"):
    """An exec plugin."""

    api_version: str = ""
    command: str = ""
    args: list[str] = []
    env: list[Variable] = []
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"


class User(msgspec.Struct, rename="kebab"):
    """How a user proves who it is."""

    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(name="tokenFile", default="")
    as_: str = msgspec.field(name="as", default="")
    as_uid: str = ""
    as_groups: list[str] = []
    as_user_extra: dict[str, list[str]] = {}
    username: str = ""
    password: str = ""
    auth_provider: dict[str, Any] | None = None
    exec: Exec | None = None


class Context(msgspec.Struct):
    """A cluster, a user and a namespace."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""


class _NamedCluster(msgspec.Struct):
    name: str
    cluster: Cluster = msgspec.field(default_factory=Cluster)


class _NamedUser(msgspec.Struct):
    name: str
    user: User = msgspec.field(default_factory=User)


class _NamedContext(msgspec.Struct):
    name: str
    context: Context = msgspec.field(default_factory=Context)


class _File(msgspec.Struct, rename="kebab"):
    current_context: str = ""
    clusters: list[_NamedCluster] = []
    users: list[_NamedUser] = []
    contexts: list[_NamedContext] = []


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A named thing and the file that named it: relative paths in it start from that file's folder."""

    value: T
    file: Path


@dataclass(slots=True)
class Kubeconfig:
    """The merged files."""

    files: Sequence[Path]
    current_context: str = ""
    clusters: dict[str, Entry[Cluster]] = field(default_factory=dict)
    users: dict[str, Entry[User]] = field(default_factory=dict)
    contexts: dict[str, Entry[Context]] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """The files, for a sentence."""
        return " and ".join(str(file) for file in self.files)

    def add(self, file: Path, content: _File) -> None:
        """Merge one more file under those before it. Raises UnreadableError where it names a thing twice."""
        self.current_context = self.current_context or content.current_context
        _merge(self.clusters, "clusters", file, ((named.name, named.cluster) for named in content.clusters))
        _merge(self.users, "users", file, ((named.name, named.user) for named in content.users))
        _merge(self.contexts, "contexts", file, ((named.name, named.context) for named in content.contexts))


def read(files: Sequence[Path], *, must_exist: bool) -> Kubeconfig:
    """Read and merge. Files that are missing count as empty unless they `must_exist`. Raises UnreadableError."""
    merged = Kubeconfig(files)
    for file in files:
        if (content := _read_file(file, must_exist)) is not None:
            merged.add(file, content)
    return merged


def _merge(into: dict[str, Entry[T]], section: str, file: Path, entries: Iterable[tuple[str, T]]) -> None:
    seen: set[str] = set()
    for name, value in entries:
        if name in seen:
            raise UnreadableError(f"The kubeconfig {file} has two {section} named '{one_line(name, 80)}'; remove one.")
        seen.add(name)
        into.setdefault(name, Entry(value, file))


def _read_file(file: Path, must_exist: bool) -> _File | None:
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        if not must_exist:
            return None
        raise UnreadableError(f"The kubeconfig {file} does not exist; check --kubeconfig and KUBECONFIG.") from None
    except OSError as error:
        raise UnreadableError(
            f"The kubeconfig {file} cannot be read: {error.strerror}; check its permissions."
        ) from error
    if len(text) > _MOST_BYTES:
        raise UnreadableError(f"The kubeconfig {file} is larger than 16 MiB, which no kubeconfig is; check the path.")
    return _parse(file, text)


def _parse(file: Path, text: bytes) -> _File:
    # Only the kind of the mistake and its place are shown: the line itself may hold a token.
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader)
        return convert(_without_nulls(document) or {}, _File)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UnreadableError(
            f"The kubeconfig {file} is not valid YAML{place}: {one_line(error.problem or '')}."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise UnreadableError(f"The kubeconfig {file} is not YAML text at all; check the path.") from None
    except msgspec.ValidationError as error:
        raise UnreadableError(f"The kubeconfig {file} has a value of the wrong type: {one_line(str(error))}.") from None


def _without_nulls(node: Any) -> Any:
    """kubectl writes empty sections as null."""
    if isinstance(node, dict):
        return {key: _without_nulls(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [_without_nulls(value) for value in node if value is not None]
    return node
