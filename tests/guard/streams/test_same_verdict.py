"""A stream is judged as the whole text is, at every split into chunks."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from helmward.core.extend import REGISTRY, load_package
from helmward.core.settings_guard import GuardSettings
from helmward.guard import guards as guard_package
from helmward.guard.contract import About, Verdict
from helmward.guard.pipeline import Guards

from .splitting import in_chunks

load_package(guard_package)
_SETTINGS = GuardSettings(seconds=30)
GUARDS = Guards(REGISTRY.build("guard", settings=_SETTINGS), _SETTINGS)
ABOUT = About("assistant")
_KEY = "AKIA" + "Q3EGRT7WN2XKDM5P"
_GITHUB = "ghp_" + "x7Kp2mQ9wLtR4vNs8bYc3hJf6dGz1aEo5uTi"
_PEM = (
    "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 3 + "-----END " + "PRIVATE KEY-----"
)

SHORT = [
    f"the key is {_KEY} ok",
    f"password: {_GITHUB[4:24]}\nnext line",
    'export DB_PASSWORD="correct horse battery" && run',
    f"Authorization: Bearer {_GITHUB}\r\nHost: a",
    "postgres://app:s3cr3tPassw0rd@db.internal:5432/x and more",
    f"키는 {_KEY} 입니다. 비밀번호는 없음",
    "password 那是 " + _GITHUB,
    "- --password\n- hunter2hunter2\n- x",
    f"name: DB_PASSWORD\nvalue: {_GITHUB[4:20]}\n",
]


def streamed(text: str, cuts: Sequence[int]) -> Verdict:
    """The text fed in chunks that end at `cuts`."""
    return in_chunks(GUARDS, ABOUT, text, cuts)


@pytest.mark.parametrize("text", SHORT)
def test_every_split_in_two_and_in_single_characters(text: str) -> None:
    whole = GUARDS.check(text, ABOUT)
    assert whole.verdict == "mask"
    for cut in range(len(text) + 1):
        assert streamed(text, [cut]) == whole
    assert streamed(text, range(1, len(text))) == whole


@pytest.mark.parametrize("seed", range(12))
def test_random_splits_of_long_texts(seed: int) -> None:
    random = Random(seed)
    text = "".join(random.choice(_PARTS) for _ in range(random.randrange(5, 120)))
    whole = GUARDS.check(text, ABOUT)
    for _ in range(6):
        cuts = sorted(random.randrange(len(text) + 1) for _ in range(random.randrange(1, 200)))
        assert streamed(text, cuts) == whole


_PARTS = [
    "The pod restarts because its liveness probe fails. ",
    "password ",
    "password = ",
    "token: ",
    f"{_KEY} ",
    f"{_GITHUB}",
    _PEM,
    _PEM[:90],
    "\n",
    " ",
    '"',
    "'",
    "Q3EGRT7WN2XK" * 900,
    "a b " * 4000,
    "Cookie: " + "k=v; " * 3000,
    "결제 서비스가 죽었습니다。",
    "curl -u ",
    "postgres://user:",
    "pAssw0rd99@db:5432/x ",
    "aws secret ",
    "{'password': 'x', ",
]
