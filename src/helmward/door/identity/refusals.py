"""Why somebody is not who they say, for them and for the audit log."""

from __future__ import annotations

from typing import Literal

from helmward.core.errors import DeniedError

Why = Literal["malformed", "unknown", "revoked", "expired", "forged", "password", "guessing"]


class Refused(DeniedError):
    """A credential that does not hold. `why` is for the audit log, `credential` the id it claimed ("" for none)."""

    http_status = 401

    def __init__(self, sentence: str, why: Why, credential: str = "") -> None:
        super().__init__(sentence)
        self.why: Why = why
        self.credential = credential


class TooManyGuesses(Refused):
    """Too many wrong passwords; whether this one is right was not looked at."""

    http_status = 429


def unknown(credential: str = "") -> Refused:
    """No such token, or another secret."""
    sentence = "This token is not valid; ask an administrator for one (`helmward tokens create`)."
    return Refused(sentence, "unknown" if credential else "malformed", credential)


def forged(what: str, credential: str) -> Refused:
    """A row without the audit record that would make it count."""
    sentence = f"{what} is not as the audit log has it: its row was tampered with. Ask an administrator for a new one."
    return Refused(sentence, "forged", credential)
