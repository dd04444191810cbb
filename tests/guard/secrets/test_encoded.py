"""Secrets in base64 and hexadecimal, whole and streamed; and what only looks like them."""

from __future__ import annotations

import base64
import hashlib

import pytest

from helmward.core.extend import REGISTRY, load_package
from helmward.core.settings_guard import GuardSettings
from helmward.guard import guards as guard_package
from helmward.guard.contract import About
from helmward.guard.pipeline import Guards

load_package(guard_package)
GUARDS = Guards(REGISTRY.build("guard", settings=GuardSettings()))
ABOUT = About("assistant")
_KEY = "AKIA" + "Q3EGRT7WN2XKDM5P"
_URL = "postgres://app:" + "s3cr3tPassw0rd" + "@db:5432/x"
_HIDDEN = [
    base64.b64encode(_KEY.encode()).decode(),
    base64.urlsafe_b64encode(_URL.encode()).decode().rstrip("="),
    _KEY.encode().hex(),
    _URL.encode().hex().upper(),
]


@pytest.mark.parametrize("hidden", _HIDDEN)
def test_found_whole_and_at_every_split(hidden: str) -> None:
    text = f"data: {hidden} and so on"
    whole = GUARDS.check(text, ABOUT)
    assert whole.masked == "data: [secrets/encoded] and so on"
    for cut in range(len(text)):
        stream = GUARDS.stream(ABOUT)
        assert stream.feed(text[:cut]).text + stream.feed(text[cut:]).text + stream.end().text == whole.masked


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"The quick brown fox jumps over the lazy dog.").decode(),
        hashlib.sha256(b"x").hexdigest(),
        "payment-service-5b5bc5c559-57q8m-abcdefghijkl",
        base64.b64encode(bytes(range(200))).decode(),
        "A" * 20_000,
    ],
)
def test_left_alone(text: str) -> None:
    assert GUARDS.check(f"see {text} here", ABOUT).masked == f"see {text} here"
