"""Secrets of the installation itself. They live in the key folder, outside the data folder, readable by their user alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from helmward.core.errors import HelmwardError


def key(folder: Path, name: str, size: int = 32) -> bytes:
    """The random key `name` of `size` bytes; made at first use. Raises HelmwardError if it cannot be kept there."""
    return bytes.fromhex(_kept(folder / name, lambda: secrets.token_hex(size)))


def admin_token(folder: Path, mint: Callable[[], str], holds: Callable[[str], bool]) -> str:
    """The administrator's token; minted anew where there is none, or the one there no longer holds (`holds`)."""
    path = folder / "admin.token"
    token = _kept(path, mint)
    if not holds(token):
        path.unlink()
        token = _kept(path, mint)
    return token


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        if path.exists():
            return path.read_text().strip()
        text = make()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise HelmwardError(
            f"The key {path} cannot be read or made ({error.strerror}); mend the folder's owner and permissions, "
            "or name another with HELMWARD_KEY_DIR."
        ) from None
    return text
