"""What each channel posts, and what the settings may name."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.adapters.channels.channel import Refused, Target, TryLater, post, seconds_until
from helmward.adapters.channels.opening import open_channels, sender_of
from helmward.adapters.channels.slack import Slack, payload
from helmward.adapters.channels.webhook import Webhook, signature
from helmward.core.errors import UsageError
from helmward.core.notices import Message, message_schema
from helmward.core.nouns import Severity
from helmward.core.settings import ChannelSettings

from .notes import note
from .receiver import Receiver


def _message(*notes: Any, **fields: Any) -> Message:
    return Message(id="msg-1", notifications=notes or (note(),), **fields)


async def test_a_webhook_posts_what_its_schema_says(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    await Webhook(Target(receiver.url), http).send(
        _message(note(), note("inc-2", owner=None, event="resolved"), more=3)
    )
    (body,) = await receiver.until(1)
    jsonschema.validate(body, message_schema())
    assert body["schema"] == "helmward.dev/notification/v1"
    assert body["notifications"][0] == {
        "event": "open",
        "incident": "inc-1",
        "severity": "high",
        "title": "payment-service cannot pull its image",
        "namespace": "production",
        "owner": {"kind": "Deployment", "namespace": "production", "name": "payment-service"},
        "cause": "The registry has no such tag",
        "remedy": "Correct the tag",
        "opened": "2026-01-01T00:00:00Z",
        "time": "2026-01-01T00:00:05Z",
        "link": "",
    }
    assert "webhook-signature" not in receiver.received[0][0]


@pytest.mark.parametrize("whsec", [False, True])
async def test_a_signed_body_can_be_checked(receiver: Receiver, http: aiohttp.ClientSession, whsec: bool) -> None:
    key = b"k" * 24
    secret = b"whsec_" + base64.b64encode(key) if whsec else key
    await Webhook(Target(receiver.url, secret), http).send(_message())
    headers, body = receiver.received[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == expected
    assert signature(secret, "other", headers["webhook-timestamp"], body) != expected


async def test_slack_gets_blocks(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    notes = (note(link="https://helmward.example/i?a=1&b=2"), note("inc-2", event="resolved"))
    await Slack(Target(receiver.url), http).send(_message(*notes, more=12, lost=1))
    (body,) = await receiver.until(1)
    texts = [block.get("text", {}).get("text") or block["elements"][0]["text"] for block in body["blocks"]]
    assert texts[0].splitlines() == [
        ":large_orange_circle: *payment-service cannot pull its image*",
        "high, opened 2026-01-01T00:00:00Z · Deployment/production/payment-service",
        "Cause: The registry has no such tag",
        "Remedy: Correct the tag",
        "<https://helmward.example/i?a=1&amp;b=2|inc-1>",
    ]
    assert texts[1].splitlines()[1:] == [
        "high, resolved 2026-01-01T00:00:05Z · Deployment/production/payment-service",
        "`helmward explain inc-2`",
    ]
    assert texts[2:] == ["and 12 more", "1 earlier notification was lost"]
    assert body["text"] == "high incident opened: payment-service cannot pull its image (and 13 more)"


HOSTILE = st.one_of(
    st.text(max_size=100),
    st.sampled_from(
        ["<!channel>", "<https://evil.example|click>", "&lt;!here&gt;", "*b*", "\x1b[31m", "\u202egpj", "`x`", "a|b>"]
    ),
    st.text("<>&*:_", min_size=3000, max_size=4000),
)


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_hostile_texts_stay_texts_in_slack(title: str, cause: str, remedy: str, link: str) -> None:
    odd = note(title, title=title, cause=cause, remedy=remedy, link=link, namespace=title, owner=None)
    body = payload(_message(*[odd] * 10, more=1, lost=1))
    assert len(body["blocks"]) <= 50
    for block in body["blocks"]:
        text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        assert 0 < len(text) <= 3000
        without_links = re.sub(r"<https?://[^<>|\s]+\|[^<>]*>", "", text)
        assert "<" not in without_links and ">" not in without_links
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", without_links, re.S)
        assert not set(text) & {"\x1b", "\u202e"}
    json.dumps(body).encode()


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x/>|<!channel>", "https://x y", "https://" + "a" * 900]
)
def test_a_link_that_is_none_becomes_a_command(link: str) -> None:
    text = payload(_message(note(link=link)))["blocks"][0]["text"]["text"]
    assert text.endswith("`helmward explain inc-1`")


async def test_what_a_status_means(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    for status, error in (
        (400, Refused),
        (404, Refused),
        (410, Refused),
        (301, Refused),
        (500, TryLater),
        (429, TryLater),
    ):
        receiver.answers = [status]
        with pytest.raises(error, match=str(status)):
            await post(http, receiver.url, b"{}", {})
    receiver.answers = [204]
    await post(http, receiver.url, b"{}", {})
    with pytest.raises(TryLater, match="ClientConnector"):
        await post(http, "http://127.0.0.1:1/", b"{}", {})
    with pytest.raises(Refused, match="no URL"):
        await post(http, "http://", b"{}", {})


def test_retry_after() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (seconds_until(later) or 0) <= 90
    assert seconds_until("7") == 7
    assert seconds_until("-7") == 0
    assert seconds_until("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert [seconds_until(text) for text in (None, "", "soon", "1.5.2")] == [None] * 4


def _channel(**fields: Any) -> ChannelSettings:
    return ChannelSettings(**{"name": "ops", "kind": "webhook", **fields})


async def test_an_address_may_stand_elsewhere(receiver: Receiver, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(receiver.url + "\n")
    wanted = [
        _channel(name="a", url=receiver.url, group_seconds=0),
        _channel(name="b", url_env="HOOK", secret_env="KEY", group_seconds=0),
        _channel(name="c", kind="slack", url_file=file, group_seconds=0),
    ]
    env = {"HOOK": receiver.url, "KEY": "k" * 20}
    async with open_channels(wanted, env, http, lambda text: text) as senders:
        assert [sender.name for sender in senders] == ["a", "b", "c"]
        for sender in senders:
            sender.offer(note())
    assert len(receiver.received) == 3
    assert sum("webhook-signature" in headers for headers, _ in receiver.received) == 1
    assert [sender.counts.delivered for sender in senders] == [1, 1, 1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "slak", "url": "https://x"}, "The channel 'ops' is of no known kind 'slak'; did you mean 'slack'?"),
        ({"kind": "zzz", "url": "https://x"}, "The channel 'ops' is of no known kind 'zzz'; there are slack, webhook."),
        ({"url_env": "HOOK"}, "The channel 'ops': the environment variable HOOK of its url_env is not set."),
        (
            {"url": "https://x", "secret_env": "KEY"},
            "The channel 'ops': the environment variable KEY of its secret_env",
        ),
        ({"url_file": "/nowhere/url"}, "The channel 'ops': its url_file /nowhere/url cannot be read."),
        ({"url": "ftp://x"}, "The channel 'ops': its address is no http or https URL."),
        ({"url": "https://["}, "The channel 'ops': its address is no http or https URL."),
        ({"kind": "slack", "url": "https://x", "secret_env": "HOME"}, "a slack channel does not sign."),
    ],
)
async def test_what_cannot_be_opened_is_one_sentence(
    http: aiohttp.ClientSession, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        sender_of(_channel(**fields), {"HOME": "/x"}, http, lambda text: text)


def test_a_message_survives_its_json() -> None:
    message = _message(note(severity=Severity.CRITICAL), lost=2)
    assert msgspec.json.decode(msgspec.json.encode(message), type=Message) == message
