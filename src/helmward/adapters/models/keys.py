"""The keys of upstreams: read once at the start, shown to nobody but their upstream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from helmward.core.errors import UsageError
from helmward.core.settings_gateway import UpstreamSettings

ANTHROPIC_VERSION = "2023-06-01"
"""The version of the Messages API that is spoken (docs.anthropic.com, API versioning)."""
_HIDDEN = b"(hidden)"


class Key:
    """A key that does not print itself."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Key(hidden)"

    def headers(self, api: str) -> dict[str, str]:
        """The headers that carry it: `Authorization: Bearer` (OpenAI), `x-api-key` (Anthropic)."""
        if not self._text:
            return {}
        return {"x-api-key": self._text} if api == "anthropic" else {"Authorization": f"Bearer {self._text}"}

    async def hidden_in(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """A body without it, however it is cut into pieces: some servers repeat in an error what they were sent."""
        key, held = self._text.encode(), b""
        async for piece in pieces:
            whole = (held + piece).replace(key, _HIDDEN) if key else piece
            kept = next(
                (size for size in range(min(len(key) - 1, len(whole)), 0, -1) if key.startswith(whole[-size:])), 0
            )
            held, whole = whole[len(whole) - kept :], whole[: len(whole) - kept]
            if whole:
                yield whole
        if held:
            yield held


def read_key(upstream: UpstreamSettings, env: Mapping[str, str]) -> Key:
    """The key that the settings name; an empty one where they name none. Raises UsageError naming upstream and setting."""
    if upstream.key_env is not None:
        text, where = env.get(upstream.key_env, ""), f"the environment variable {upstream.key_env} (`key_env`)"
    elif upstream.key_file is not None:
        where = f"the file {upstream.key_file} (`key_file`)"
        try:
            text = upstream.key_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise UsageError(f"The key of the upstream '{upstream.name}' cannot be read from {where}: {why}.") from None
    else:
        return Key("")
    text = text.strip()
    if not text:
        raise UsageError(f"The upstream '{upstream.name}' has no key: {where} is not set or empty.")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise UsageError(f"The key of the upstream '{upstream.name}' in {where} is not one word of ASCII text.")
    return Key(text)
