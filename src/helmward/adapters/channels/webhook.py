"""A webhook: the message as JSON (`helmward.dev/notification/v1`), signed if there is a key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import ClassVar

import aiohttp
import msgspec

from helmward.adapters.channels.channel import Target, post
from helmward.core.extend import extension
from helmward.core.notices import Message


@extension("channel")
class Webhook:
    """Posts the message's JSON. The same id comes with every try of one message, so the receiver can drop repeats."""

    kind: ClassVar[str] = "webhook"
    most: ClassVar[int] = 100
    signs: ClassVar[bool] = True

    def __init__(self, target: Target, http: aiohttp.ClientSession) -> None:
        self._target = target
        self._http = http

    async def send(self, message: Message) -> None:
        """Deliver it. Raises TryLater or Refused."""
        body = msgspec.json.encode(message)
        moment = str(int(time.time()))
        headers = {"webhook-id": message.id, "webhook-timestamp": moment}
        if self._target.secret:
            headers["webhook-signature"] = signature(self._target.secret, message.id, moment, body)
        await post(self._http, self._target.url, body, headers)


def signature(secret: bytes, identity: str, moment: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0); `whsec_…` keys are base64."""
    key = secret
    if secret.startswith(b"whsec_"):
        try:
            key = base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)
        except binascii.Error:
            key = secret
    digest = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
