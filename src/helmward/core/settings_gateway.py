"""The section `gateway` of the settings: where models are, who may spend how much, what may leave."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from helmward.core.allowed_hosts import AllowedHosts
from helmward.core.model import DataClass
from helmward.core.settings_section import HomePath, Section


class UpstreamSettings(Section):
    """A server that speaks the OpenAI or the Anthropic API (vLLM, Ollama, a provider). Its key may be kept out of this file."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$", description="What it is called.")
    api: Literal["openai", "anthropic"] = Field(description="Which API it speaks.")
    url: str = Field(pattern=r"^https?://", description="Its base URL, with /v1 where the server has it.")
    key_env: str | None = Field(default=None, description="The environment variable that holds its key.")
    key_file: HomePath | None = Field(default=None, description="The file that holds its key.")
    ca_file: HomePath | None = Field(
        default=None, description="The authorities (PEM) that its certificate may come from. Without it, the system's."
    )
    highest_class: DataClass = Field(
        default="internal", description="The most confidential data that may go there: public … restricted."
    )
    connect_seconds: float = Field(default=5.0, gt=0, le=60, description="How long connecting may take.")
    first_byte_seconds: float = Field(default=60.0, gt=0, le=3600, description="How long the first byte may take.")
    idle_seconds: float = Field(default=60.0, gt=0, le=3600, description="How long a stream may be silent.")
    total_seconds: float = Field(default=600.0, gt=0, le=7200, description="How long a whole answer may take.")
    retries: int = Field(
        default=2, ge=0, le=5, description="How often a call that failed is tried again there, where that is safe."
    )
    connections: int = Field(default=100, ge=1, le=10000, description="How many calls run there at the same time.")
    price_list: str | None = Field(
        default=None,
        max_length=60,
        description="Whose prices hold there (openai, anthropic, azure, aws …), where its host does not tell.",
    )

    output_limit_field: Literal["max_completion_tokens", "max_tokens"] | None = Field(
        default=None,
        description="The field by which it heeds the most output tokens (OpenAI's API); without it by its host: OpenAI's own "
        "servers want max_completion_tokens, Ollama and llama.cpp heed max_tokens alone.",
    )

    @model_validator(mode="after")
    def _whole(self) -> UpstreamSettings:
        try:
            parts = urlsplit(self.url)
            plain = parts.hostname and parts.port != 0 and not (parts.username or parts.password)
        except ValueError:
            plain = None
        if not plain or parts.query or parts.fragment or not self.url.isprintable() or " " in self.url:
            raise ValueError(
                f"the url of the upstream '{self.name}' must be http(s)://host[:port][/path] and nothing more"
            )
        if self.key_env is not None and self.key_file is not None:
            raise ValueError(f"the upstream '{self.name}' has a key_env and a key_file; keep one")
        return self

    @property
    def place(self) -> tuple[str, int]:
        """The host and the port of its URL."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


class ModelSettings(Section):
    """A model under the name that callers use. Several entries of one name: the first that is healthy and may see the data."""

    name: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$",
        description="The name that callers use.",
    )
    upstream: str = Field(description="The upstream that has it.")
    upstream_name: str | None = Field(default=None, description="Its name there; without it the same.")
    fallbacks: tuple[str, ...] = Field(default=(), description="Names of models to try where this one fails.")
    kind: Literal["chat", "embeddings"] = Field(default="chat", description="What it does.")
    input_usd_per_million: float | None = Field(
        default=None,
        ge=0,
        le=1e6,
        description="What a million input tokens cost; with the output's, instead of the price list.",
    )
    output_usd_per_million: float | None = Field(
        default=None, ge=0, le=1e6, description="What a million output tokens cost."
    )
    cached_usd_per_million: float | None = Field(
        default=None,
        ge=0,
        le=1e6,
        description="What a million input tokens from a cache cost. Without it, as all input.",
    )


class BudgetSettings(Section):
    """How much somebody may use in a window of time. Each given figure holds. Windows follow each other without a gap, counted
    from 1970 in UTC: those of 86400 seconds are the days."""

    name: str = Field(
        default="",
        max_length=60,
        pattern=r"^([a-z0-9][a-z0-9._-]*)?$",
        description="What it is called. What was used is kept under this name, whatever else of the budget changes.",
    )
    key: str = Field(default="*", description="Which keys, by name; patterns such as ci-*.")
    user: str = Field(default="*", description="Which actors, by name; patterns.")
    team: str = Field(default="*", description="Which teams; patterns.")
    each: Literal["key", "user", "team", "all"] = Field(
        default="key", description="For whom the figures are counted: each key, user, team, or all of them together."
    )
    seconds: float = Field(default=86400.0, ge=1, le=31_622_400, description="The length of the window.")
    requests: int | None = Field(default=None, ge=0, le=10**15, description="At most so many requests.")
    tokens: int | None = Field(default=None, ge=0, le=10**15, description="At most so many tokens, in and out.")
    usd: float | None = Field(default=None, ge=0, le=1e6, description="At most so much money.")
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
        description="Where upstreams may be when air-gapped: host, host:port, address, network. Names are looked up in "
        "/etc/hosts alone; where addresses or networks are listed too, a name must lead to one of them.",
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
        self._check_reach()
        names = [upstream.name for upstream in self.upstreams]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two upstreams are called '{twice}'")
        models = {model.name for model in self.models}
        for model in self.models:
            if model.upstream not in names:
                raise ValueError(f"the model '{model.name}' names the upstream '{model.upstream}', which is not there")
            if unknown := next((name for name in model.fallbacks if name not in models), None):
                raise ValueError(f"the model '{model.name}' falls back to '{unknown}', which is not there")
            if (model.input_usd_per_million is None) != (model.output_usd_per_million is None):
                raise ValueError(
                    f"the model '{model.name}' has one price of two: give that of input and that of output"
                )
        named = [budget.name for budget in self.budgets if budget.name]
        if twice := next((name for name in named if named.count(name) > 1), None):
            raise ValueError(f"two budgets are called '{twice}'")
        return self

    def _check_reach(self) -> None:
        try:
            allowed = AllowedHosts(self.allowed_hosts)
        except ValueError as error:
            raise ValueError(f"allowed_hosts: {error}") from None
        for upstream in self.upstreams if self.air_gapped else ():
            host, port = upstream.place
            if not allowed.host(host, port):
                raise ValueError(
                    f"air_gapped: the upstream '{upstream.name}' is at {host}:{port}, which is not in allowed_hosts"
                )
