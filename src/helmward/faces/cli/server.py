"""Which server a command talks to, and with which token."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from helmward.core import paths
from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError
from helmward.faces import cards

_PATIENCE = 3.0  # seconds


class Server(NamedTuple):
    """Where the server is and the token to show it."""

    url: str
    token: str


def find(
    url: str | None, data_dir: Path | None, admin: bool = False, anonymous: bool = False, typed: bool = False
) -> Server:
    """The server named by `url`, or the one running on the data folder. Raises UnreachableError if there is none.

    HELMWARD_TOKEN goes before all others; without it, only the server of this data folder is shown a token: with
    `admin` the administrator's beside the keys where it can be read, else the one that the server left there. With
    `anonymous`, no token is shown. `typed`: a password will be sent there. What does not stand on the server's card is
    shown to nobody but who is named by `url`, or whose card is proven (cards.py).
    """
    folder = paths.data_dir(data_dir, os.environ)
    card = _card(folder)
    address = (url or (card or {}).get("url", "")).rstrip("/")
    if not address:
        raise UnreachableError(
            f"No Helmward server runs on {folder}; start one with `helmward up`, or set HELMWARD_URL."
        )
    if not _usable(address):
        raise UsageError(f"'{address}' is no URL of a server; write for example http://127.0.0.1:8420.")
    own = card if card is not None and address == card["url"] else None
    if own is not None and not paths.held(folder):
        # Whoever listens there now is not ours: it gets no token to see.
        raise UnreachableError(
            f"The Helmward server on {folder} has ended without a word (process {own.get('pid')}); "
            "start it again with `helmward up`."
        )
    named = url is not None
    if own is not None and not named:
        named = _is_proven(own, folder, beyond=anonymous or typed or bool(os.environ.get("HELMWARD_TOKEN")))
    if anonymous:
        return Server(address, "")
    if os.environ.get("HELMWARD_TOKEN") == "":
        raise UsageError(
            "HELMWARD_TOKEN is set and empty: what was to print the token has failed; set it, or unset it."
        )
    token = os.environ.get("HELMWARD_TOKEN") or (_token(own, admin and named) if own else "")
    if not token:
        if not _listens(address):
            raise UnreachableError(
                f"No server answers at {address}; check HELMWARD_URL, or start one with `helmward up`."
            )
        raise DeniedError(f"The server {address} needs a token; set HELMWARD_TOKEN.")
    if not token.isascii() or not token.isprintable():
        raise DeniedError("The token is not one line of ASCII text; set HELMWARD_TOKEN again.")
    return Server(address, token)


def _is_proven(card: dict[str, Any], folder: Path, beyond: bool) -> bool:
    """Did our server write this card? Raises HelmwardError for a card that it did not write, and DeniedError where that
    cannot be known and more than what stands on the card would be shown (`beyond`)."""
    proven = cards.proof(paths.key_dir(os.environ), card)
    if proven == "forged":
        raise HelmwardError(f"{folder / 'server.json'} is not as the server wrote it: it was tampered with.")
    if proven == "unknown" and beyond:
        raise DeniedError(
            f"That {folder / 'server.json'} names the real server cannot be proven without its key folder; "
            "set HELMWARD_KEY_DIR, or name the server with HELMWARD_URL."
        )
    return proven == "genuine"


def _listens(address: str) -> bool:
    """Whether anything accepts connections there."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def _usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and address.isprintable()
    except ValueError:
        return False


def _token(card: dict[str, str], admin: bool) -> str:
    return (_admin_token() if admin else "") or card["token"]


def _card(folder: Path) -> dict[str, str] | None:
    """What the running server left for the commands of its own user: address and a token to read and request."""
    path = folder / "server.json"
    try:
        card: dict[str, str] = json.loads(path.read_text())
        return card if card["url"] and card["token"] else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HelmwardError(f"{path} cannot be read ({error}); start the server again.") from None


def _admin_token() -> str:
    try:
        return (paths.key_dir(os.environ) / "admin.token").read_text().strip()
    except (OSError, ValueError):
        return ""
