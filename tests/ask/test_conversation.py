"""What leans on what was said before: answers, corrections, follow-ups; and what never does."""

from __future__ import annotations

import pytest

from .saying import is_a_change, talk


@pytest.mark.parametrize(
    ("turns", "means"),
    [
        (("restart frontend", "staging"), "restart staging/frontend"),
        (("restart frontend", "2"), "restart staging/frontend"),
        (("restart frontend", "3"), "ask namespace"),
        (("restart frontend", "in staging please"), "restart staging/frontend"),
        (("restart frontend", "스테이징이요"), "restart staging/frontend"),
        (("restart", "frontend", "production"), "restart production/frontend"),
        (("scale frontend", "staging", "5"), "scale staging/frontend 5"),
        (("scale user-service", "a few", "4"), "scale production/user-service 4"),
        (("scale user-service by 2", "4"), "scale production/user-service 4"),
        (("restart frontend in qa", "staging"), "restart staging/frontend"),
        (("restart kafka", "redis"), "restart production/redis"),
        (("delete a pod of user-service", "1"), "evict production/user-service-5f4d7c8b9-mm2kp"),
        (("restart the slow redis", "yes"), "restart production/redis"),
        (("restart the slow redis", "네"), "restart production/redis"),
        (("restart frontend in production", "no, staging"), "restart staging/frontend"),
        (("production frontend 재시작해줘", "아니 staging"), "restart staging/frontend"),
        (("restart frontend in production", "i meant cart"), "restart production/cart"),
        (("restart frontend in production", "no, kafka"), "ask target"),
        (("restart frontend in production", "no, in kafka"), "ask target"),
        (("restart frontend in production", "no, kafka", "redis"), "restart production/redis"),
        (("logs of user-service", "아니, 카프카"), "ask target"),
        (("scale user-service to 4", "no, 5"), "scale production/user-service 5"),
        (("restart user-service", "the same for redis"), "restart production/redis"),
        (("why is user-service down", "and its logs?"), "logs production/user-service"),
        (("why is user-service down", "restart it"), "restart production/user-service"),
        (("logs of user-service", "and redis?"), "logs production/redis"),
        (("restart frontend", "logs of redis"), "logs production/redis"),
    ],
)  # fmt: skip
def test_turns(turns: tuple[str, ...], means: str) -> None:
    assert talk(*turns).short == means


NO_CHANGE = """\
restart frontend > no
restart frontend > cancel
restart frontend > don't
restart frontend > 됐어
restart frontend > not staging
restart frontend > staging or production
restart frontend > tomorrow
restart frontend > staging?! never
restart frontend > staging?
restart frontend in production > no, staging?
restart frontend > the log says "staging"
restart frontend > cancel > staging
restart the slow redis > no
restart the slow redis > yes, but not now
restart frontend in production > staging
restart frontend in production > yes
restart frontend in production > ok
restart frontend in production > not staging
restart frontend in production > no
restart frontend in production > 아니
production frontend 재시작해줘 > 스테이징은 하지 마
restart user-service > and redis?
why is user-service down > should i restart it
why is user-service down > don't restart it
scale user-service > 5 or 6
"""


@pytest.mark.parametrize("turns", [tuple(line.split(" > ")) for line in NO_CHANGE.splitlines()], ids=" then ".join)
def test_turns_that_change_nothing(turns: tuple[str, ...]) -> None:
    assert not is_a_change(talk(*turns))


def test_nothing_is_resumed_after_it_was_dropped() -> None:
    assert talk("restart frontend", "never mind", "staging").short == "reject"


def test_what_leans_on_nothing_is_asked_for() -> None:
    assert talk("restart it").short == "ask target"
    assert talk("no, staging").short == "reject"
    assert talk("the same for redis").short == "reject"
    assert talk("yes").short == "reject"
    assert talk("5").short == "reject"
