"""What the house audits of itself: that it starts and stops, under which settings, and the tokens it makes for itself."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from helmward import __version__
from helmward.core.errors import HelmwardError
from helmward.core.keys import admin_token, key
from helmward.core.nouns import Actor
from helmward.core.settings import Loaded
from helmward.core.times import parse_duration, parse_time
from helmward.door.audit import AuditError, AuditLog, Entry
from helmward.door.audit.record import time_text
from helmward.door.identity import Identity, Minted, Role
from helmward.guard.secrets import mask_value

HELMWARD = Actor(name="helmward", kind="service")
"""The house itself, as an actor."""

_log = logging.getLogger(__name__)
_MOST_ORIGINS = 300  # settings named one by one


@asynccontextmanager
async def audited(
    loaded: Loaded, data_dir: Path, key_dir: Path, clock: Callable[[], datetime]
) -> AsyncIterator[AuditLog]:
    """The open audit log, from the start of a server to its stop. Raises AuditError: then the server does not start."""
    log = AuditLog(data_dir / "audit", key_dir, clock, mask_value)
    try:
        if log.recovered:
            await log.append(_own("audit.recover", "a torn commit was never acknowledged", bytes=log.recovered))
        start = log.append(_own("server.start", version=__version__, process=os.getpid()))
        await asyncio.gather(start, log.append(_own("settings.load", **settings_in_force(loaded, key_dir))))
        try:
            yield log
        finally:
            log.note_now(_own("server.stop", process=os.getpid()))
    finally:
        log.close()


def settings_in_force(loaded: Loaded, key_dir: Path) -> dict[str, Any]:
    """Where each setting that is no default came from, and a keyed hash over all values: equal only for equal settings,
    and telling nothing of them."""
    values = loaded.settings.model_dump_json().encode()
    digest = hmac.digest(key(key_dir, "secret-hash.key"), b"settings\n" + values, "sha256").hex()
    named = dict(sorted(loaded.origins.items())[:_MOST_ORIGINS])
    return {"hash": digest, "origins": named, "unnamed": len(loaded.origins) - len(named)}


def own_tokens(identity: Identity, key_dir: Path, now: datetime, role: Role = "requester") -> Minted:
    """The token of commands of the server's own user, anew and with this role; and that of the administrator is there."""
    admin_token(
        key_dir,
        lambda: identity.administrator(HELMWARD, now),
        lambda text: identity.adopt(HELMWARD, text, now),
    )
    return identity.local(HELMWARD, role, now)


def end_local(identity: Identity, local: Minted, now: datetime) -> None:
    """The token of the server's own user ends with it; even where that cannot be recorded any more."""
    try:
        identity.revoke(HELMWARD, local.token.id, now)
    except AuditError as error:
        _log.error("%s ends, but that could not be recorded: %s", local.token.id, error)
        identity.abandon(local.token.id, now)


def since_text(since: str, now: datetime) -> str:
    """A time or a duration back from now as records write it. Raises UsageError for neither."""
    moment = parse_time(since)
    try:
        return time_text(moment if moment is not None else now - parse_duration(since))
    except OverflowError:
        raise HelmwardError("That is before all time.") from None


def _own(action: str, reason: str = "", target: str = "helmward", **details: Any) -> Entry:
    return Entry(actor=HELMWARD, action=action, target=target, reason=reason, details=details)
