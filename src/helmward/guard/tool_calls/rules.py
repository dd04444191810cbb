"""The names of what is wrong with a call, and what is done about each by default."""

from __future__ import annotations

from helmward.guard.contract import Rule

NAME = "tool-calls"

RULES: tuple[Rule, ...] = (
    # Between the house and the model: what the call itself is.
    Rule("not-offered", "block"),
    Rule("unsafe-name", "block"),
    Rule("malformed-arguments", "block"),
    Rule("schema-mismatch", "block"),
    # In an argument.
    Rule("shell-injection", "block"),
    Rule("destructive-command", "block"),
    Rule("remote-script", "block"),
    Rule("reverse-shell", "block"),
    Rule("path-traversal", "block"),
    Rule("sensitive-file", "block"),
    Rule("sql-injection", "block"),
    Rule("destructive-sql", "flag"),
    Rule("metadata-service", "block"),
    Rule("local-url", "block"),
    Rule("internal-url", "flag"),
    Rule("secret-in-network-argument", "block", "restricted"),
    Rule("option-injection", "block"),
    Rule("hidden-characters", "block"),
    # Any of these in a text that people read or keep: an issue's body, a message, a manifest.
    Rule("suspected", "flag"),
)


def rule(name: str) -> str:
    """A rule's full name."""
    return f"{NAME}/{name}"
