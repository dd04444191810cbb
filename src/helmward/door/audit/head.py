"""What lies beside the key: the signing key, its public half, and for each data folder where its log ends.

The head is found by the data folder's path, never by anything in that folder: an emptied folder is missed too.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from helmward.core.keys import key
from helmward.core.typed import decode
from helmward.door.audit.durable import KillPoint, Reached, nothing, replace
from helmward.door.audit.errors import AuditError

SLOT = 4096
"""Bytes of a slot of the head's file."""

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
        data = path.read_bytes()
        return _newest(data) if data[:1] != b"{" else decode(data, Head)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise AuditError(f"The head of the audit log, {path}, cannot be read ({error}); restore it.") from None


class HeadFile:
    """The file that a writer keeps its head in: two slots, written in turn, each with a checksum. Whatever tears a write, the
    head before it stands in the other slot.

    A head that the disk loses with the power was of records that the disk has: the log is taken up after them. So it is made
    durable every now and then (`sync`), not with each group.
    """

    def __init__(self, path: Path, head: Head) -> None:
        """Begin it with this head; durable when this returns. Raises OSError."""
        replace(path, _slot(head) * 2)
        self._path, self._next, self._synced = path, 0, True
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)

    def move(self, head: Head, reached: Reached = nothing) -> None:
        """The new head stands, for whoever reads; a process that dies takes nothing of it back. Raises OSError."""
        if not os.path.samestat(os.fstat(self._descriptor), os.lstat(self._path)):
            raise OSError(errno.ESTALE, "it was replaced")
        slot, at, self._synced = _slot(head), self._next * SLOT, False
        if reached is not nothing:
            os.pwrite(self._descriptor, slot[: len(slot.rstrip()) // 2], at)
            reached(KillPoint.HALF_HEAD)
        os.pwrite(self._descriptor, slot, at)
        self._next = 1 - self._next
        reached(KillPoint.HEAD_WRITTEN)

    def sync(self) -> None:
        """The head is on the disk. Raises OSError."""
        if not self._synced:
            os.fdatasync(self._descriptor)
            self._synced = True

    def close(self) -> None:
        """Make it durable and release the file."""
        with suppress(OSError):
            self.sync()
        os.close(self._descriptor)


def _slot(head: Head) -> bytes:
    """`<SHA-256, 16 hex> <JSON>`, filled with spaces; a page, so that one slot's fate is not the other's."""
    data = msgspec.json.encode(head)
    return (sha256(data).hexdigest()[:16].encode() + b" " + data).ljust(SLOT - 1) + b"\n"


def _newest(data: bytes) -> Head:
    found = []
    for at in range(0, len(data), SLOT):
        check, _, text = data[at : at + SLOT].rstrip().partition(b" ")
        if sha256(text).hexdigest()[:16].encode() == check:
            found.append(decode(text, Head))
    if not found:
        raise ValueError("no slot of it is whole")
    return max(found, key=lambda head: head.sequence)


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
