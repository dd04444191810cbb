"""The sections `guard`, `ask` and `mcp` of the settings: what texts may say, and who may speak how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from helmward.core.model import DataClass
from helmward.core.settings_section import Section


class RuleSettings(Section):
    """What happens where a rule finds something; the first entry that fits decides."""

    rule: str = Field(description="The rule or a pattern: secrets/aws-access-key, pii/*.")
    roles: tuple[Literal["system", "user", "assistant", "tool"], ...] = Field(
        default=(), description="In texts of these roles; empty: in all."
    )
    classes: tuple[DataClass, ...] = Field(default=(), description="In data of these classes; empty: in all.")
    action: Literal["allow", "flag", "mask", "block"] = Field(description="What is done.")


class GuardSettings(Section):
    """What text may pass. Without entries, each guard's own defaults hold."""

    rules: tuple[RuleSettings, ...] = Field(default=(), description="Actions by rule, role and class.")
    disabled: tuple[str, ...] = Field(default=(), description="Guards that stay off, by name.")
    canaries: tuple[str, ...] = Field(
        default=(), description="Marks planted in prompts and documents; an answer that holds one is blocked."
    )
    allowed_link_hosts: tuple[str, ...] = Field(
        default=(),
        description="Hosts that links and images in a model's answers may name; patterns such as *.example.com.",
    )
    seconds: float = Field(
        default=2.0, gt=0, le=30, description="How much CPU time the guards of one text may take; then it is denied."
    )


class AskSettings(Section):
    """Plain language. Without a model, `ask` works by grammar."""

    model: str | None = Field(default=None, description="The model (of `gateway.models`) that may help.")
    steps: int = Field(default=8, ge=1, le=50, description="How many rounds of tool calls the model may make.")
    seconds: float = Field(default=60.0, gt=0, le=600, description="How long one question may take.")
    tokens: int = Field(default=200_000, ge=100, le=10_000_000, description="How many tokens one question may use.")


class McpSettings(Section):
    """The MCP server at /mcp."""

    enabled: bool = Field(default=True, description="Serve MCP at /mcp.")
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Host headers that are accepted besides the server's own address."
    )
    allowed_origins: tuple[str, ...] = Field(default=(), description="Origins of browsers that may call.")
