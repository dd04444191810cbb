"""The kubeconfig of a user with a token."""

from __future__ import annotations

import base64

import yaml

CONTEXT = "helmward-lab"
ADMIN = "lab-admin"


def kubeconfig(url: str, certificate_authority: bytes, user: str, token: str) -> str:
    """The YAML text (client.authentication: a static bearer token)."""
    cluster = {"server": url, "certificate-authority-data": base64.b64encode(certificate_authority).decode()}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user}}],
            "current-context": CONTEXT,
        },
        sort_keys=False,
    )
