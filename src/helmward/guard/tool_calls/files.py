"""Files: paths that climb out of where they should stay, and files that hold secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import re2

from helmward.guard.tool_calls.purpose import Purpose

_CLIMBS: Any = re2.compile(
    r"(?i)(?:^|[/\\=:\s\"'])\.\.(?:[/\\]+\.\.)+(?:[/\\]|$)|\w[/\\]+\.\.[/\\]+\.\.[/\\]|\.\.[/\\]+(?:etc|proc|root|var|windows)[/\\]|\.\.\.\.//"
)
_LEADS_UP: Any = re2.compile(r"(?i)(?:^|[/\\])\.\.(?:[/\\]|$)")
_SENSITIVE: Any = re2.compile(
    r"(?i)/etc/(?:shadow|gshadow|sudoers|passwd|kubernetes/(?:admin|super-admin|controller-manager|scheduler)\.conf|kubernetes/pki)\b"
    r"|/(?:proc|dev/fd)/(?:self|\d+)/(?:environ|mem|maps|root)\b|/var/run/secrets/|/run/secrets/|/secrets/kubernetes\.io/"
    r"|(?:^|[/~\\])\.(?:ssh/(?:id_|authorized_keys|identity)|aws/credentials|kube/config|docker/config\.json|netrc|pgpass|git-credentials"
    r"|npmrc|pypirc|vault-token|gnupg)\b|\bid_(?:rsa|ed25519|ecdsa|dsa)(?:$|[^.\w])|/var/lib/(?:etcd|kubelet)/"
    r"|\\windows\\system32\\config\\(?:sam|system)\b|/run/(?:containerd|crio|docker)[/\w]*\.sock|/var/run/docker\.sock"
)


def files(value: str, purpose: Purpose) -> Iterator[tuple[str, float]]:
    """Path traversal, also percent-encoded twice; and files that hold secrets, in any argument."""
    plain = unquote(unquote(value)) if "%" in value else value
    if purpose not in ("command", "query") and _CLIMBS.search(plain):
        yield "path-traversal", 0.9
    elif purpose in ("name", "path") and _LEADS_UP.search(plain) and not plain.startswith(("../", "./")):
        yield "path-traversal", 0.7
    elif plain != value and _LEADS_UP.search(plain) and not _LEADS_UP.search(value):
        yield "path-traversal", 0.9
    if _SENSITIVE.search(plain):
        yield "sensitive-file", 0.85
