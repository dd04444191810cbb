"""Canaries, plain and in the forms that a model may be talked into."""

from __future__ import annotations

import base64
import codecs

import pytest

from helmward.core.settings_guard import GuardSettings
from helmward.guard.contract import About
from helmward.guard.guards.leakage import Leakage
from helmward.guard.pipeline import Guards

CANARY = "HLM-Canary-7f3a9c2e"
GUARDS = Guards([Leakage(GuardSettings(canaries=(CANARY, "ab", "재갈매기-암호-표식")))])


def verdict(text: str) -> str:
    return GUARDS.check(text, About("assistant")).verdict


@pytest.mark.parametrize(
    "form",
    [
        CANARY,
        CANARY.lower(),
        CANARY.replace("-", ""),
        " ".join(CANARY),
        "\n".join(CANARY),
        CANARY[::-1],
        codecs.encode(CANARY, "rot13"),
        CANARY.encode().hex(),
        " ".join(f"0x{byte:02X}" for byte in CANARY.encode()),
        "".join(f"\\x{byte:02x}" for byte in CANARY.encode()),
        *(base64.b64encode(b"." * lead + CANARY.encode() + b"...").decode() for lead in range(3)),
        base64.b64encode(CANARY.encode() * 9).decode()[:76] + "\n" + "x",
        "재갈매기-암호-표식",
        "재갈매기 암호 표식",
        "ab",
    ],
)
def test_every_form_is_blocked(form: str) -> None:
    assert verdict(f"It is {form}.") == "block"


@pytest.mark.parametrize(
    "text", ["HLM-Canary-7f3a9c2", "the canary sings", "재갈매기는 새입니다", "a b", "deadbeef" * 8]
)
def test_what_is_near_passes(text: str) -> None:
    assert verdict(text) == "allow"


def test_without_canaries_there_is_nothing_to_look_for() -> None:
    assert Leakage().find(CANARY, About("assistant")) == []
