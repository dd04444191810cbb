"""What lies beside the key: the signing key, its public half, and for each data folder where its log ends.

The head is found by the data folder's path, never by anything in that folder: an emptied folder is missed too.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from helmward.core.keys import key
from helmward.door.audit.errors import AuditError

KEY, PUBLIC = "audit-signing.key", "audit-signing.pub"


class Head(msgspec.Struct, frozen=True):
    """The last acknowledged record of the log in `folder`, and the chain after its commit (hex)."""

    log: str
    folder: str
    sequence: int
    chain: str


def head_path(key_dir: Path, folder: Path) -> Path:
    """Where the head of the log in `folder` is kept. The folder's last name is taken as it is: it lies in the data
    folder, where a link could be put in its place."""
    place = folder.parent.resolve() / folder.name
    return key_dir / "audit" / f"{sha256(os.fsencode(place)).hexdigest()[:16]}.json"


def read_head(path: Path) -> Head | None:
    """The head; None if there is none. Raises AuditError if it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Head)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"The head of the audit log, {path}, cannot be read ({error}); restore it.") from None


def signing_key(key_dir: Path) -> Ed25519PrivateKey:
    """The key that signs; made at first use, its public half beside it. Raises HelmwardError if it cannot be kept."""
    private = Ed25519PrivateKey.from_private_bytes(key(key_dir, KEY))
    public, text = key_dir / PUBLIC, _raw(private.public_key()).hex() + "\n"
    try:
        if not public.exists() or public.read_text() != text:
            public.write_text(text)
    except OSError as error:
        raise AuditError(f"{public} cannot be written ({error.strerror}); mend the key folder.") from None
    return private


def public_key(key_dir: Path) -> Ed25519PublicKey:
    """The key to verify with: of the signing key, or where only its public half was copied, that. Makes none.

    Raises AuditError if there is neither.
    """
    try:
        if (key_dir / KEY).exists():
            return Ed25519PrivateKey.from_private_bytes(key(key_dir, KEY)).public_key()
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex((key_dir / PUBLIC).read_text()))
    except (OSError, ValueError) as error:
        raise AuditError(
            f"There is no key to verify the audit log with in {key_dir} ({error}); name its folder with HELMWARD_KEY_DIR."
        ) from None


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
