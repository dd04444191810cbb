"""The card that a running server leaves for the commands of its own user: its address and a token, sealed by a key that lies
outside the data folder. Whoever can write there could else send a typed password, or a better token, to a server of theirs."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Literal

from helmward.core.keys import key

_KEY = "server-card.key"

Proof = Literal["genuine", "forged", "unknown"]


def sealed(key_dir: Path, url: str, token: str, pid: int) -> str:
    """The card as JSON. Raises HelmwardError where the key cannot be kept."""
    return json.dumps({"url": url, "token": token, "pid": pid, "seal": _seal(key_dir, url, token, pid)})


def proof(key_dir: Path, card: dict[str, object]) -> Proof:
    """Whether the server wrote this card; `unknown` where the key folder is not the server's."""
    if not (key_dir / _KEY).exists():
        return "unknown"
    made = _seal(key_dir, str(card.get("url")), str(card.get("token")), card.get("pid"))
    return "genuine" if hmac.compare_digest(made, str(card.get("seal"))) else "forged"


def _seal(key_dir: Path, url: str, token: str, pid: object) -> str:
    said = json.dumps(["server.json", url, token, pid]).encode()
    return hmac.digest(key(key_dir, _KEY), said, "sha256").hex()
