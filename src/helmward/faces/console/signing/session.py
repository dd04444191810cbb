"""Who is signed in: a cookie that holds the caller's own token, sealed with a key that never leaves the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from helmward.core.typed import decode

COOKIE = "helmward-session"

_NONCE = 12  # bytes (NIST SP 800-38D, 8.2)


class Session(msgspec.Struct, frozen=True):
    """A signed-in caller. `token` is the text of theirs, `until` (Unix seconds) when they sign in again, `id` the session's, as
    house/sessions.py knows it."""

    token: str
    until: float
    id: str = ""


class Sessions:
    """Seals and opens cookies. `secret` is the installation's own (32 bytes)."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"console session\n" + secret).digest())
        self._forms = hashlib.sha256(b"console forms\n" + secret).digest()

    def seal(self, session: Session, cookie: str = COOKIE) -> str:
        """The value of the cookie of this name, good for no other."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, msgspec.json.encode(session), cookie.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, value: str, now: float, cookie: str = COOKIE) -> Session | None:
        """What the cookie of this name holds; None for one that is not ours, or over."""
        try:
            data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
            clear = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], cookie.encode())
            session = decode(clear, Session)
        except (ValueError, InvalidTag, msgspec.DecodeError):
            return None
        return session if now < session.until else None

    def form_key(self, session: Session) -> str:
        """What a form of this session carries, so that no other site can send one for it."""
        return hmac.digest(self._forms, session.id.encode(), "sha256").hex()[:32]

    def fits(self, session: Session, key: str) -> bool:
        """Whether a form is of this session."""
        return hmac.compare_digest(self.form_key(session).encode(), key.encode("utf-8", "replace"))
