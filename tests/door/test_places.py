"""Environments, modes, windows and scopes: where nothing is said, it is production and only observed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helmward.core.nouns import Scope
from helmward.core.settings_changes import ChangeSettings, EnvironmentSettings, ModeSettings, WindowSettings
from helmward.door.places import any_changes, environment_of, mode_of, strictest, windows, within

SETTINGS = ChangeSettings(
    mode="ask",
    modes=(
        ModeSettings(mode="auto", environments=("dev*",), severities=("low", "medium")),
        ModeSettings(mode="observe", environments=("frozen",)),
    ),
    environments=(
        EnvironmentSettings(name="dev", namespaces=("*-dev", "sandbox")),
        EnvironmentSettings(name="staging", labels={"stage": "test", "team": "shop"}),
    ),
)


@pytest.mark.parametrize(
    ("namespace", "labels", "environment"),
    [
        ("shop-dev", {}, "dev"),
        ("sandbox", {"stage": "test", "team": "shop"}, "dev"),
        ("shop", {"stage": "test", "team": "shop", "more": "x"}, "staging"),
        ("shop", {"stage": "test"}, "production"),
        ("shop", {}, "production"),
        ("shop-dev-2", {}, "production"),
        ("SHOP-DEV", {}, "production"),
        ("", {"stage": "test", "team": "shop"}, "production"),
    ],
)
def test_what_is_not_mapped_is_production(namespace: str, labels: dict[str, str], environment: str) -> None:
    assert environment_of(SETTINGS, namespace, labels) == environment


@pytest.mark.parametrize(
    ("environments", "counts_as"),
    [((), "production"), (("dev",), "dev"), (("staging", "dev"), "dev"), (("dev", "production"), "production")],
)
def test_a_plan_over_several_environments(environments: tuple[str, ...], counts_as: str) -> None:
    assert strictest(environments) == counts_as


@pytest.mark.parametrize(
    ("environment", "severity", "mode"),
    [
        ("dev", "low", "auto"),
        ("dev", "high", "ask"),
        ("dev", None, "ask"),
        ("frozen", None, "observe"),
        ("frozen", "critical", "observe"),
        ("production", "low", "ask"),
    ],
)
def test_modes_by_environment_and_severity(environment: str, severity: str | None, mode: str) -> None:
    assert mode_of(SETTINGS, environment, severity) == mode


def test_without_settings_it_only_observes() -> None:
    assert not any_changes(ChangeSettings())
    assert mode_of(ChangeSettings(), "dev", None) == "observe"
    assert any_changes(ChangeSettings(modes=(ModeSettings(mode="ask", environments=("dev",)),)))


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope(), True),
        (Scope(namespaces=("shop",)), True),
        (Scope(namespaces=("s*",), environments=("staging",), clusters=("main",)), True),
        (Scope(namespaces=("shop-*",)), False),
        (Scope(environments=("production",)), False),
        (Scope(clusters=("other",)), False),
        (Scope(namespaces=("shop",), clusters=("other",)), False),
        (Scope(namespaces=("",)), False),
    ],
)
def test_scopes(scope: Scope, inside: bool) -> None:
    assert within(scope, "shop", "staging", "main") == inside


def test_all_namespaces_at_once_need_a_scope_without_namespaces() -> None:
    assert within(Scope(), "", "production", "main")
    assert not within(Scope(namespaces=("*",)), "", "production", "main")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def is_frozen(window: WindowSettings, moment: str) -> bool:
    return windows(ChangeSettings(freeze=(window,)), at(moment))["freeze"]


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2026-01-30T21:59", False), ("2026-01-30T22:00", True), ("2026-01-31T05:59", True), ("2026-01-31T06:00", False),
        ("2026-01-31T23:00", False), ("2026-01-30T05:00", False),
    ],
)  # fmt: skip
def test_a_window_over_midnight(moment: str, frozen: bool) -> None:
    """Friday night: the evening of that day and the morning after it."""
    assert is_frozen(WindowSettings(days=("fri",), start="22:00", end="06:00"), moment) == frozen


@pytest.mark.parametrize(("moment", "frozen"), [("2026-07-01T06:30", True), ("2026-01-01T06:30", False)])
def test_a_window_in_its_own_time_zone(moment: str, frozen: bool) -> None:
    window = WindowSettings(days=("wed", "thu"), start="08:00", end="09:00", timezone="Europe/Berlin")
    assert is_frozen(window, moment) == frozen


@pytest.mark.parametrize(
    ("moment", "frozen"), [("2026-12-19T23:59", False), ("2026-12-20T00:00", True), ("2027-01-02T00:00", False)]
)
def test_a_window_once(moment: str, frozen: bool) -> None:
    window = WindowSettings(from_time="2026-12-20T00:00:00Z", to_time="2027-01-02T00:00:00Z")
    assert is_frozen(window, moment) == frozen


def test_a_whole_day() -> None:
    assert is_frozen(WindowSettings(days=("sat",)), "2026-01-31T23:59")
