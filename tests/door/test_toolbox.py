"""The tools by name: no two of one name, disabled ones do not exist, and what they need in the cluster follows."""

from __future__ import annotations

import pytest

from helmward.core.errors import UsageError
from helmward.door.tool import Rule
from helmward.door.toolbox import Toolbox, arguments_of

from .tools import DropKey, SetKey, ShowKeys


class Needy(SetKey):
    """Needs something."""

    name = "needy"
    rights = (Rule("", "configmaps", ("get", "patch")),)


class Looking(ShowKeys):
    """Needs less."""

    name = "looking"
    rights = (Rule("", "configmaps", ("get", "list")),)


def test_two_of_one_name() -> None:
    with pytest.raises(UsageError, match="Two tools are called config_set"):
        Toolbox([SetKey(), SetKey()])


def test_a_disabled_tool_does_not_exist() -> None:
    toolbox = Toolbox([SetKey(), DropKey()], ["config_burn"])
    assert [one.name for one in toolbox] == ["config_set"]
    with pytest.raises(UsageError, match="no tool 'config_burn'"):
        toolbox.get("config_burn")


def test_a_disabled_tool_needs_nothing() -> None:
    both = Toolbox([Needy(), Looking()])
    assert both.rights() == {("", "configmaps", verb) for verb in ("get", "list", "patch")}
    assert Toolbox([Needy(), Looking()], ["needy"]).rights() == {("", "configmaps", verb) for verb in ("get", "list")}
    assert both.rights(changes=False) == {("", "configmaps", verb) for verb in ("get", "list")}


def test_to_disable_what_does_not_exist() -> None:
    with pytest.raises(UsageError, match=r"changes.disabled_tools: there is no tool 'nothing'; there are config_set"):
        Toolbox([SetKey()], ["nothing"])


def test_a_wrong_value_is_not_repeated_to_whoever_reads_the_error() -> None:
    secret = "-".join(["s3cret", "value"]) * 20
    with pytest.raises(UsageError) as refusal:
        arguments_of(SetKey(), {"namespace": "shop", "name": "app", "value": secret})
    assert secret not in str(refusal.value)


def test_a_hostile_field_is_shown_on_one_plain_line() -> None:
    with pytest.raises(UsageError) as refusal:
        arguments_of(SetKey(), {"namespace": "shop", "name": "app", "value": "x", "\x1b[31m\n" * 50: 1})
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 300
