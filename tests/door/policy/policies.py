"""Policies and requests for tests."""

from __future__ import annotations

from typing import Any

HEAD = """package helmward.door

default decision := {"verdict": "deny", "reason": "No rule allows this."}

default visible := false

visible if input.tool != "hidden"
"""
ALLOW = 'decision := {"verdict": "allow", "reason": "It may."} if '
# The line on which the text after HEAD begins.
FIRST = HEAD.count("\n") + 1


def policy(*rules: str) -> dict[str, str]:
    """A policy of these rules under HEAD, in one file."""
    return {"own.rego": HEAD + "\n".join(rules) + "\n"}


def request(**changed: Any) -> dict[str, Any]:
    """A person's restart in mode ask, with what is changed."""
    return {
        "actor": {"name": "ada", "kind": "user", "roles": ["requester"]},
        "tool": "rollout_restart",
        "effect": "MUTATE",
        "permission": "restart",
        "scope": {"namespace": "shop", "cluster": "main", "environment": "production"},
        "mode": "ask",
        "severity": "high",
        "reversible": True,
        "blast": {"objects": 1, "replicas_share": 0.25, "namespaces": 1},
        "ownership": {"managers": ["kubectl"], "reverted_by": None, "overwritten_by": None, "temporary": False},
        "windows": {"business_hours": True, "freeze": False},
        **changed,
    }
