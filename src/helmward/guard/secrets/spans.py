"""What the secret guard writes: its name, and the mark that replaces a secret."""

from __future__ import annotations

GUARD = "secrets"
# What replaces a text that the engine could not scan.
UNREADABLE = "unreadable"


def mark(kind: str) -> str:
    """The text that stands where a secret of this kind was."""
    return f"[{GUARD}/{kind}]"
