"""The lines of a segment. Every byte of every line is chained by SHA-256; a commit is signed with Ed25519 (RFC 8032).

record   {"sequence":7,"time":"…","actor":…,"hash":"<hex>"}   hash = SHA-256(the chain before it + the line up to `,"hash"`)
commit   {"commit":{"log":…,"first":5,"last":7,"chain":"<hex>"},"signature":"<hex>"}

The chain after a record is its hash; after a commit it is SHA-256(the chain before it + the whole line). It begins with
SHA-256 of DOMAIN and the log's id. A signature covers DOMAIN and the commit's object, `chain` being the chain before it:
so the last commit vouches for everything before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from helmward.core.typed import decode

DOMAIN = b"helmward.dev/audit/v1\n"
COMMIT = b'{"commit":'
_HASH, _HASH_SIZE = b',"hash":"', len(b',"hash":""}') + 64
_SIGNED = re.compile(rb'\{"commit":(\{.*\}),"signature":"([0-9a-f]{128})"\}')


class Commit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records `first` to `last` of the log `log` belong to it, in this order."""

    log: str
    first: int
    last: int
    chain: str


class Signed(NamedTuple):
    """A commit as it stands in its line: what was signed, and the signature."""

    commit: Commit
    message: bytes
    signature: bytes

    def holds(self, key: Ed25519PublicKey) -> bool:
        """True if this key's owner signed it."""
        try:
            key.verify(self.signature, self.message)
        except InvalidSignature:
            return False
        return True


class Group(NamedTuple):
    """Lines ready to be written, and where the log then stands."""

    data: bytes
    hashes: list[str]
    last: int
    chain: bytes


def genesis(log: str) -> bytes:
    """The chain before the first record."""
    return sha256(DOMAIN + log.encode()).digest()


def group(log: str, last: int, chain: bytes, time: str, bodies: Iterable[bytes], key: Ed25519PrivateKey) -> Group:
    """The records that follow record `last`, and their signed commit."""
    lines: list[bytes] = []
    hashes: list[str] = []
    first = last + 1
    for body in bodies:
        last += 1
        content = b'{"sequence":%d,"time":"%s",%s' % (last, time.encode(), body)
        chain = sha256(chain + content).digest()
        hashes.append(chain.hex())
        lines.append(b'%s,"hash":"%s"}\n' % (content, hashes[-1].encode()))
    start = commit_start(log, first, last, chain)
    line = b'%s%s"}' % (start, key.sign(DOMAIN + _said(start)).hex().encode())
    return Group(b"".join([*lines, line, b"\n"]), hashes, last, after_commit(chain, line))


def commit_start(log: str, first: int, last: int, chain: bytes) -> bytes:
    """The line of this commit up to its signature: what the records before it leave no choice about."""
    said = b'{"log":"%s","first":%d,"last":%d,"chain":"%s"}' % (log.encode(), first, last, chain.hex().encode())
    return b'%s%s,"signature":"' % (COMMIT, said)


def is_commit(start: bytes, line: bytes) -> bool:
    """True if `line` is the commit that begins with `start`, with whatever signature."""
    return line.startswith(start) and len(line) == len(start) + 130 and line.endswith(b'"}')


def is_signed(line: bytes, key: Ed25519PublicKey) -> bool:
    """True if the owner of this key signed the commit in `line`."""
    signed = read_commit(line)
    return signed is not None and signed.holds(key)


def after_record(chain: bytes, line: bytes) -> bytes | None:
    """The chain after a record's line (without its newline); None where its hash is not what follows from it."""
    content = line[:-_HASH_SIZE]
    chain = sha256(chain + content).digest()
    return chain if line[-_HASH_SIZE:] == b'%s%s"}' % (_HASH, chain.hex().encode()) else None


def after_commit(chain: bytes, line: bytes) -> bytes:
    """The chain after a commit's line (without its newline)."""
    return sha256(chain + line).digest()


def read_commit(line: bytes) -> Signed | None:
    """The commit of a line; None where it is none."""
    match = _SIGNED.fullmatch(line)
    try:
        commit = decode(match[1], Commit) if match else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Signed(commit, DOMAIN + match[1], bytes.fromhex(match[2].decode())) if match and commit else None


def _said(start: bytes) -> bytes:
    return start[len(COMMIT) : -len(b',"signature":"')]
