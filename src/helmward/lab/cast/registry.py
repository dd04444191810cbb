"""The lab's image registry: which images exist, which need a credential, and how containerd words a refusal."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helmward.lab.cast.process import Program
from helmward.lab.kubelet import words

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?)"
_REFERENCE = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_RESOLVER = "10.96.0.10:53"


class InvalidName(Exception):
    """The image name is no reference; the text is Go's."""


class PullFailed(Exception):
    """The pull failed; the text is what the kubelet gets from containerd."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image name taken apart, as `docker.io/library/` fills it in."""

    host: str
    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.host}/{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that was found: its reference, size in bytes, and the program it runs."""

    reference: str
    digest: str
    size: int
    program: Callable[[], Program]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of the registry: its tags, what they run, and whether a pull needs a credential."""

    tags: frozenset[str]
    program: Callable[[], Program]
    megabytes: int
    private: bool = False


def parse(name: str) -> Reference:
    """An image name as the field writes it; raises InvalidName."""
    match = _REFERENCE.fullmatch(name)
    if match is None:
        lower = _REFERENCE.fullmatch(name.lower())
        raise InvalidName("repository name must be lowercase" if lower else "invalid reference format")
    host, path = match["host"], match["path"]
    if host is not None and not ("." in host or ":" in host or host == "localhost"):
        host, path = None, f"{host}/{path}"
    if host is None:
        host, path = "docker.io", path if "/" in path else f"library/{path}"
    return Reference(host, path, match["tag"] or "latest")


class Registry:
    """Repositories by host and name. `credentials` maps a host to the `user:password` that opens its private ones."""

    def __init__(self, hosts: Mapping[str, Mapping[str, Repository]], credentials: Mapping[str, str]) -> None:
        self._hosts = hosts
        self._credentials = credentials

    def pull(self, reference: Reference, credential: str | None) -> Image:
        """The image, or PullFailed in containerd's words. `credential` is `user:password` for its host, if any."""
        repositories = self._hosts.get(reference.host)
        if repositories is None:
            raise PullFailed(_unresolved(reference, _no_such_host(reference)))
        repository = repositories.get(reference.repository)
        if repository is None:
            raise PullFailed(_unresolved(reference, words.PULL_DENIED.say()))
        if repository.private and credential != self._credentials.get(reference.host, ""):
            raise PullFailed(_unresolved(reference, _refused_token(reference, credential)))
        if reference.tag not in repository.tags:
            missing = words.IMAGE_NOT_FOUND.say(reference=reference)
            raise PullFailed(words.RPC_NOT_FOUND.say(error=_unresolved(reference, missing)))
        digest = hashlib.sha256(str(reference).encode()).hexdigest()
        return Image(str(reference), f"sha256:{digest}", repository.megabytes * 1_000_000, repository.program)


def _unresolved(reference: Reference, error: str) -> str:
    return words.RESOLVE_FAILED.say(reference=reference, error=error)


def _no_such_host(reference: Reference) -> str:
    url = f"https://{reference.host}/v2/{reference.repository}/manifests/{reference.tag}"
    missing = words.NO_SUCH_HOST.say(host=reference.host.partition(":")[0], resolver=_RESOLVER)
    return words.REQUEST_FAILED.say(url=url, error=missing)


def _refused_token(reference: Reference, credential: str | None) -> str:
    scope = f"repository%3A{reference.repository.replace('/', '%2F')}%3Apull"
    url = f"https://{reference.host}/token?scope={scope}&service={reference.host}"
    refused = words.TOKEN_REFUSED.say(url=url, status="401 Unauthorized")
    word = words.NO_OAUTH_TOKEN if credential else words.NO_ANONYMOUS_TOKEN
    return word.say(error=refused)
