"""Logs: wanted until they come; an earlier run stands in; a failure replaces nothing good."""

from __future__ import annotations

from helmward.world.logs import Log, LogRef, Logs

FIRST = LogRef("production", "pay-1", "app", True, "1")
SECOND = FIRST._replace(instance="2")


def test_the_log_of_the_run_before_stands_in_until_the_new_one_comes() -> None:
    logs = Logs(lambda key: None)
    assert logs.get(FIRST) is None
    logs.put(FIRST, Log(("panic: one",)))
    assert logs.get(SECOND) == Log(("panic: one",))
    assert list(logs.wanted) == [SECOND]
    logs.put(SECOND, Log(("panic: two",)))
    assert logs.get(SECOND) == Log(("panic: two",))
    assert not logs.wanted
    assert list(logs.refs()) == [SECOND]


def test_a_log_that_could_not_be_read_does_not_replace_one_that_could() -> None:
    logs = Logs(lambda key: None)
    logs.put(FIRST, Log(("panic: one",)))
    logs.put(SECOND, Log((), failure="not found"))
    assert logs.get(SECOND) == Log(("panic: one",))
    assert not logs.wanted


def test_a_log_of_a_file_serves_every_run_and_is_never_wanted() -> None:
    logs = Logs(lambda key: None)
    logs.complete = True
    logs.put(FIRST._replace(instance=""), Log(("panic",)))
    assert logs.get(SECOND) == Log(("panic",))
    assert logs.get(SECOND._replace(container="other")) is None
    assert not logs.wanted


def test_whoever_looked_for_any_run_is_touched() -> None:
    touched: list[tuple[str, ...]] = []
    logs = Logs(touched.append)
    logs.put(SECOND, Log(("x",)))
    assert {SECOND.key, SECOND._replace(instance="").key} <= set(touched)
