"""The section `gateway` of the settings: where models are, who may spend how much, what may leave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from helmward.core.model import DataClass
from helmward.core.settings_section import HomePath, Section


class UpstreamSettings(Section):
    """A server that speaks the OpenAI or the Anthropic API (vLLM, Ollama, a provider). Its key may be kept out of this file."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$", description="What it is called.")
    api: Literal["openai", "anthropic"] = Field(description="Which API it speaks.")
    url: str = Field(pattern=r"^https?://", description="Its base URL, with /v1 where the server has it.")
    key_env: str | None = Field(default=None, description="The environment variable that holds its key.")
    key_file: HomePath | None = Field(default=None, description="The file that holds its key.")
    highest_class: DataClass = Field(
        default="internal", description="The most confidential data that may go there: public … restricted."
    )
    connect_seconds: float = Field(default=5.0, gt=0, le=60, description="How long connecting may take.")
    first_byte_seconds: float = Field(default=60.0, gt=0, le=3600, description="How long the first byte may take.")
    idle_seconds: float = Field(default=60.0, gt=0, le=3600, description="How long a stream may be silent.")
    total_seconds: float = Field(default=600.0, gt=0, le=7200, description="How long a whole answer may take.")
    retries: int = Field(
        default=2, ge=0, le=5, description="How often a call that surely had no effect is tried again."
    )
    connections: int = Field(default=100, ge=1, le=10000, description="How many calls run there at the same time.")


class ModelSettings(Section):
    """A model under the name that callers use. Several entries of one name: the first that is healthy and may see the data."""

    name: str = Field(min_length=1, max_length=100, description="The name that callers use.")
    upstream: str = Field(description="The upstream that has it.")
    upstream_name: str | None = Field(default=None, description="Its name there; without it the same.")
    fallbacks: tuple[str, ...] = Field(default=(), description="Names of models to try where this one fails.")
    kind: Literal["chat", "embeddings"] = Field(default="chat", description="What it does.")
    input_usd_per_million: float | None = Field(default=None, ge=0, description="Its price, where the table is wrong.")
    output_usd_per_million: float | None = Field(default=None, ge=0, description="Its price, where the table is wrong.")


class BudgetSettings(Section):
    """How much somebody may use in a window of time. Each given figure holds."""

    key: str = Field(default="*", description="Which keys, by name; patterns such as ci-*.")
    user: str = Field(default="*", description="Which actors, by name; patterns.")
    team: str = Field(default="*", description="Which teams; patterns.")
    each: Literal["key", "user", "team", "all"] = Field(
        default="key", description="For whom the figures are counted: each key, user, team, or all of them together."
    )
    seconds: float = Field(default=86400.0, gt=0, le=31_622_400, description="The length of the window.")
    requests: int | None = Field(default=None, ge=0, description="At most so many requests.")
    tokens: int | None = Field(default=None, ge=0, description="At most so many tokens, in and out.")
    usd: float | None = Field(default=None, ge=0, description="At most so much money.")
    concurrent: int | None = Field(default=None, ge=0, description="At most so many at the same time.")


class TeamSettings(Section):
    """Who belongs together."""

    name: str = Field(min_length=1, max_length=60, description="The team's name.")
    members: tuple[str, ...] = Field(default=(), description="Actors and keys, by name; patterns such as payments-*.")


class GatewaySettings(Section):
    """Model traffic through Helmward. Without models there is none."""

    upstreams: tuple[UpstreamSettings, ...] = Field(default=(), description="Where models run.")
    models: tuple[ModelSettings, ...] = Field(default=(), description="The models that callers may name.")
    budgets: tuple[BudgetSettings, ...] = Field(default=(), description="Who may use how much.")
    teams: tuple[TeamSettings, ...] = Field(default=(), description="Who belongs together.")
    air_gapped: bool = Field(default=False, description="Connect to the hosts of `allowed_hosts` and nothing else.")
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="Hosts or addresses (host, host:port, network) that upstreams may be at when air-gapped.",
    )
    buffer_from: DataClass | None = Field(
        default=None,
        description="From this class on a stream is held back until the whole answer has passed the guards.",
    )
    max_body_mib: int = Field(default=10, ge=1, le=100, description="The largest request, in MiB.")
    max_output_tokens: int = Field(
        default=4096, ge=1, le=1_000_000, description="What is reserved for an answer whose request sets no maximum."
    )

    @model_validator(mode="after")
    def _known(self) -> GatewaySettings:
        names = [upstream.name for upstream in self.upstreams]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two upstreams are called '{twice}'")
        models = {model.name for model in self.models}
        for model in self.models:
            if model.upstream not in names:
                raise ValueError(f"the model '{model.name}' names the upstream '{model.upstream}', which is not there")
            if unknown := next((name for name in model.fallbacks if name not in models), None):
                raise ValueError(f"the model '{model.name}' falls back to '{unknown}', which is not there")
        return self
