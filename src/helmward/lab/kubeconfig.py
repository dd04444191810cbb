"""Reads what the lab's engines write: the current context of a kubeconfig file."""

from __future__ import annotations

import base64
import ssl
import tempfile
from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> tuple[str, ssl.SSLContext | None, str]:
    """Server URL, TLS settings (None for plain HTTP) and bearer token ("" for none).

    Raises OSError or KeyError when the file is no kubeconfig.
    """
    config = yaml.safe_load(path.read_text())
    context = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], context["cluster"])["cluster"]
    user = _named(config["users"], context["user"]).get("user") or {}
    token = user.get("token") or (Path(user["tokenFile"]).read_text().strip() if "tokenFile" in user else "")
    return cluster["server"], _tls(cluster, user), token


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _tls(cluster: dict[str, Any], user: dict[str, Any]) -> ssl.SSLContext | None:
    if not cluster["server"].startswith("https"):
        return None
    data = base64.b64decode(cluster.get("certificate-authority-data", "")).decode() or None
    file = None if data else cluster.get("certificate-authority")
    # With the cluster's own authority no other is trusted; reading the machine's takes 25 ms.
    context = ssl.create_default_context(cafile=file, cadata=data)
    if not (data or file) and cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if "client-certificate" in user:
        context.load_cert_chain(user["client-certificate"], user["client-key"])
    elif "client-certificate-data" in user:
        _load_inline_certificate(context, user)
    return context


def _load_inline_certificate(context: ssl.SSLContext, user: dict[str, Any]) -> None:
    # The ssl module takes a client key from a file alone.
    with tempfile.NamedTemporaryFile() as pem:
        pem.write(base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"]))
        pem.flush()
        context.load_cert_chain(pem.name)
