"""The names of what injection finds, and what is done about each by default.

What a person writes is blocked where it is sure. What stands in a tool's result is masked, so that the rest of it goes on as
data: these rules are called `indirect-…`. What is doubtful is flagged, in both.
"""

from __future__ import annotations

from helmward.guard.contract import Role, Rule

NAME = "injection"
SUSPECTED = "suspected"
"""The rule of what is doubtful."""

KINDS = (
    "instruction-override",
    "role-forgery",
    "prompt-extraction",
    "jailbreak-persona",
    "approval-forgery",
    "tool-smuggling",
    "exfiltration-request",
    "secrecy-pressure",
    "encoded-instruction",
    "hidden-text",
)
"""What a text can try."""

ADDRESSED = "instruction"
"""Text in a tool's result that speaks to the model: known as `indirect-instruction`; from a person it is what one expects."""

RULES: tuple[Rule, ...] = (
    *(Rule(kind, "block") for kind in KINDS),
    *(Rule(f"indirect-{kind}", "mask") for kind in (*KINDS, ADDRESSED)),
    Rule(SUSPECTED, "flag"),
)


def rule_of(kind: str, role: Role) -> str:
    """The full name of the rule for a kind in a text of this role."""
    if kind == SUSPECTED:
        return f"{NAME}/{SUSPECTED}"
    return f"{NAME}/indirect-{kind}" if role == "tool" else f"{NAME}/{kind}"
