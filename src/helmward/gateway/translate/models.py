"""The answers of `GET /v1/models` and `GET /v1/models/{name}` in both APIs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api


def model_card(api: Api, name: str, created: int = 0) -> dict[str, Any]:
    """One model. `created`: Unix seconds, 0 where it is not known (anthropic `types/model_info.py` allows the epoch).

    OpenAI: openai `types/model.py`. Anthropic: `types/model_info.py`.
    """
    if api == "openai":
        return {"id": name, "object": "model", "created": created, "owned_by": "helmward"}
    when = datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": "model", "id": name, "display_name": name, "created_at": when, "lifecycle": "active"}


def model_list(api: Api, names: Sequence[str], created: int = 0) -> bytes:
    """All models at once. Anthropic pages (anthropic `pagination.py`): there is one page, with its first and last id."""
    cards = [model_card(api, name, created) for name in names]
    if api == "openai":
        return encode({"object": "list", "data": cards})
    ends = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None}
    return encode({"data": cards, "has_more": False, **ends})
