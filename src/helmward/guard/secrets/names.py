"""What a setting's name says about its value: that it is a secret, of which kind, or only something about one."""

from __future__ import annotations

import re
from functools import lru_cache

from helmward.guard.secrets.words import ABOUT, QUALIFIERS, SWITCHES

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

CONNECTION = "connection-string"
# Names that may hold a secret or not: the value decides.
WEAK = "high-entropy"

_PASSWORDS = ("password", "passwd", "passphrase", "passwort", "pwd")
_KINDS = {
    **dict.fromkeys(
        (*_PASSWORDS, "pass", "pswd", "passcode", "htpasswd", "pw", "bindpw", "rootpw", "userpw", "adminpw"), "password"
    ),
    **dict.fromkeys(("token", "jwt", "pat", "bearer"), "token"),
    **dict.fromkeys(("secret", "pepper"), "secret"),
    **dict.fromkeys(("apikey", "accesskey", "authkey"), "api-key"),
    **dict.fromkeys(("privatekey", "secretkey", "signingkey"), "private-key"),
    **dict.fromkeys(("credential", "credentials", "creds"), "credentials"),
    **dict.fromkeys(("dsn", "connectionstring", "connstr"), CONNECTION),
}
# Plurals of these count only where the word before says that they are for signing in: MAX_TOKENS is a number.
_LISTED = {"tokens": "token", "keys": "api-key", "secrets": "secret", "passwords": "password"}
_SIGNS_IN = frozenset({"api", "auth", "access", "bearer", "refresh", "admin", "client", "user", "private", "signing"})
_KEYS = {
    **dict.fromkeys(("api", "access", "auth", "account", "shared", "function", "subscription", "license"), "api-key"),
    **dict.fromkeys(
        (
            "private",
            "secret",
            "signing",
            "encryption",
            "master",
            "hmac",
            "preshared",
            "ssh",
            "session",
            "cookie",
            "tls",
        ),
        "private-key",
    ),
}
_CONNECTIONS = frozenset({"connection", "conn"})
NAMED = frozenset({*_KINDS.values(), *_LISTED.values(), *_KEYS.values(), WEAK})
"""Every kind that a setting's name can say."""


@lru_cache(maxsize=65536)
def kind_of_name(name: str) -> str | None:
    """The kind of secret a setting of this name holds; WEAK where only the value can tell; None where it holds none."""
    words = [word.lower() for word in _WORD.findall(name[-256:])]
    if not words or words[0] in SWITCHES:
        return None
    strong = _strong(words)
    if strong is not None:
        return strong
    if words[-1] in ABOUT:
        return WEAK if words[-2:] == ["secret", "id"] else None
    return _anywhere(words)


def _strong(words: list[str]) -> str | None:
    while len(words) > 1 and words[-1] in QUALIFIERS and words[-2:] != ["connection", "string"]:
        words = words[:-1]
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in ("key", "keys") and before in _KEYS:
        return _KEYS[before]
    if last == "string" and before in _CONNECTIONS:
        return CONNECTION
    if last in _LISTED:
        return _LISTED[last] if before in _SIGNS_IN else None
    if last in _KINDS and (before, last) != ("proxy", "pass"):
        return _KINDS[last]
    return next((kind for word, kind in _KINDS.items() if len(word) > 4 and last.endswith(word)), None)


def _anywhere(words: list[str]) -> str | None:
    for word in words:
        if word.endswith(_PASSWORDS):
            return "password"
    likely = {
        "key",
        "keys",
        "auth",
        "authorization",
        "signature",
        "sig",
        "pin",
        "session",
        "cookie",
        "salt",
        "seed",
        *_KINDS,
    }
    return WEAK if likely.intersection(words) or words[-1].endswith("key") else None
