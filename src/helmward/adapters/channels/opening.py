"""From the settings to running senders: which class a channel's kind means, and where its address stands."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from yarl import URL

from helmward.adapters import channels as package
from helmward.adapters.channels.channel import Target
from helmward.adapters.channels.sender import Sender
from helmward.core.errors import UsageError
from helmward.core.extend import REGISTRY, Registry, load_package
from helmward.core.settings_tree import ChannelSettings


@asynccontextmanager
async def open_channels(
    settings: Sequence[ChannelSettings],
    env: Mapping[str, str],
    http: aiohttp.ClientSession,
    mask: Callable[[str], str],
    registry: Registry = REGISTRY,
) -> AsyncIterator[list[Sender]]:
    """A running sender for each channel of the settings; what waits is sent when the block is left.

    Raises UsageError for a kind that nothing offers, and for an address or a key that is not there.
    """
    load_package(package)
    async with AsyncExitStack() as stack:
        senders = [sender_of(one, env, http, mask, registry) for one in settings]
        for sender in senders:
            sender.start()
        stack.push_async_callback(_close, senders)
        yield senders


async def _close(senders: Sequence[Sender]) -> None:
    await asyncio.gather(*(sender.close() for sender in senders))


def sender_of(
    settings: ChannelSettings,
    env: Mapping[str, str],
    http: aiohttp.ClientSession,
    mask: Callable[[str], str],
    registry: Registry = REGISTRY,
) -> Sender:
    """The sender of one channel, not started. Raises UsageError as `open_channels` does."""
    channel = _class_of(settings, registry)
    secret = _variable(settings, settings.secret_env, "secret_env", env) if settings.secret_env else None
    if secret is not None and not channel.signs:
        raise UsageError(
            f"The channel '{settings.name}' has a secret_env, but a {settings.kind} channel does not sign."
        )
    target = Target(_address(settings, env), secret.encode() if secret else None)
    return Sender(registry.make(channel, target=target, http=http), settings, mask)


def check_kinds(settings: Iterable[ChannelSettings], registry: Registry = REGISTRY) -> None:
    """Raises UsageError for a kind that nothing offers. Opens nothing, and needs no address."""
    load_package(package)
    for one in settings:
        _class_of(one, registry)


def _class_of(settings: ChannelSettings, registry: Registry) -> Any:
    known: Iterable[Any] = registry.slots["channel"].values()
    kinds = {channel.kind: channel for channel in known}
    if settings.kind in kinds:
        return kinds[settings.kind]
    near = difflib.get_close_matches(settings.kind, kinds, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(kinds))}."
    raise UsageError(f"The channel '{settings.name}' is of no known kind '{settings.kind}'; {hint}")


def _address(settings: ChannelSettings, env: Mapping[str, str]) -> str:
    if settings.url_file is not None:
        try:
            text = settings.url_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(
                f"The channel '{settings.name}': its url_file {settings.url_file} cannot be read."
            ) from None
    else:
        text = settings.url or _variable(settings, settings.url_env or "", "url_env", env)
    try:
        url = URL(text)
        valid = url.scheme in ("http", "https") and bool(url.host)
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"The channel '{settings.name}': its address is no http or https URL.")
    return text


def _variable(settings: ChannelSettings, name: str, field: str, env: Mapping[str, str]) -> str:
    if not env.get(name):
        raise UsageError(f"The channel '{settings.name}': the environment variable {name} of its {field} is not set.")
    return env[name]
