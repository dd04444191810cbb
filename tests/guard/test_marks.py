"""What looks like a mark is not scanned again, so nothing but a mark may look like one."""

from __future__ import annotations

import pytest

from helmward.app import load_guards
from helmward.core.settings import Settings
from helmward.guard.contract import About, Role
from helmward.guard.matching.marks import MARK, mark
from helmward.guard.pipeline import Guards
from helmward.guard.vault import Vault

KEY = "sk-" + "793cf4220c917b853860886599b2ac75"


@pytest.fixture(scope="module")
def guards() -> Guards:
    return load_guards(Settings())


def test_every_rule_has_a_mark_and_a_placeholder(guards: Guards) -> None:
    rules = [f"{one.name}/{rule.name}" for one in guards.all for rule in one.rules]
    assert len(rules) > 100
    for rule in rules:
        assert MARK.fullmatch(mark(rule)) and MARK.fullmatch(Vault().mask(rule, "x"))


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize("hidden", [f"pii/{KEY}", f"a-b/{KEY}", f"pii/email:{KEY}-1"])
def test_brackets_hide_nothing(guards: Guards, role: Role, hidden: str) -> None:
    assert guards.check(f"the key is [{hidden}]", About(role)).verdict in ("mask", "block")
    assert guards.check("the key is [pii/email:k3x7-1]", About(role)).verdict == "allow"


@pytest.mark.parametrize("text", ["[pii/4111-1111-1111-1111]", "[pii/email:4111111111111111-1]", "[pii/536-90-4399]"])
def test_no_number_looks_like_a_mark(text: str) -> None:
    assert not MARK.search(text)
