"""Who may reach the lab's API server: the administrator's token, the others' certificates, as kubeconfigs."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from helmward.lab.certificates import Authority
from helmward.lab.private_files import write_private

CONTEXT = "helmward-lab"
ADMIN = "lab-admin"


class Access:
    """Credentials of one start of the lab, in `folder`; the next start makes new ones."""

    def __init__(self, folder: Path, url: str, authority: Authority) -> None:
        self.folder = folder
        self.url = url
        self.authority = authority
        self.tokens = folder / "tokens.csv"
        self.kubeconfig = folder / "kubeconfig"
        token = secrets.token_urlsafe(32)
        write_private(self.tokens, f'{token},{ADMIN},{ADMIN},"system:masters"\n')
        self._write(self.kubeconfig, ADMIN, {"token": token})

    def user(self, name: str, groups: tuple[str, ...] = ()) -> Path:
        """A kubeconfig for one more user: a certificate, because kube-apiserver reads its token file once, at start."""
        file = quote(name, safe="")
        certificate, key = self.authority.issue_client(f"user-{file}", name, groups)
        path = self.folder / f"kubeconfig-{file}"
        credential = {"client-certificate-data": _inline(certificate), "client-key-data": _inline(key)}
        self._write(path, name, credential)
        return path

    def _write(self, path: Path, user: str, credential: dict[str, str]) -> None:
        cluster = {"server": self.url, "certificate-authority-data": _inline(self.authority.certificate)}
        config: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": user, "user": credential}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user}}],
            "current-context": CONTEXT,
        }
        write_private(path, yaml.safe_dump(config, sort_keys=False))


def _inline(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
