"""The names of what leakage finds, and what is done about each by default."""

from __future__ import annotations

from helmward.guard.contract import Rule

NAME = "leakage"

RULES: tuple[Rule, ...] = (
    # Masked, so that the rest of an answer that quotes its instructions goes on.
    Rule("system-prompt", "mask", "confidential"),
    Rule("canary", "block", "confidential"),
    Rule("image-exfiltration", "block"),
    Rule("link-exfiltration", "block"),
    Rule("placeholder-in-link", "block", "confidential"),
)


def rule(name: str) -> str:
    """A rule's full name."""
    return f"{NAME}/{name}"
