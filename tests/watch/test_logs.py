"""Logs that analyzers want: an API server that is away is asked again, one that refuses is not."""

from __future__ import annotations

from typing import Any

from helmward.core.cluster import KubernetesError, NotFound, Unavailable
from helmward.watch.logs import LogFetcher
from helmward.world.logs import LogRef
from helmward.world.store import World

REF = LogRef("production", "pay-1", "app", True, "1")


class Answers:
    """A reader that gives prepared answers to `log`, in order."""

    def __init__(self, *answers: str | KubernetesError) -> None:
        self.left = list(answers)

    async def log(self, *_words: Any, **_options: Any) -> str:
        answer = self.left.pop(0)
        if isinstance(answer, KubernetesError):
            raise answer
        return answer

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not asked for")


async def fetched(answers: Answers, pauses: tuple[float, ...]) -> World:
    world, arrived = World(), []
    world.logs.get(REF)
    fetcher = LogFetcher(answers, world, lambda: arrived.append(1), pauses=pauses)
    await fetcher.settle()
    assert len(arrived) == 1
    return world


async def test_an_api_server_that_is_away_is_asked_again() -> None:
    away = Unavailable("no answer")
    world = await fetched(Answers(away, away, "panic: \x1b[31mboom\n"), (0.0, 0.0, 0.0))
    log = world.logs.get(REF)
    assert log is not None
    assert log.lines == ("panic: \\x1b[31mboom",)


async def test_it_gives_up_with_the_reason() -> None:
    away = Unavailable("no answer")
    log = (await fetched(Answers(away, away), (0.0,))).logs.get(REF)
    assert log is not None
    assert log.failure == "no answer"


async def test_a_refusal_is_final() -> None:
    answers = Answers(NotFound("previous terminated container not found"), "never read")
    log = (await fetched(answers, (0.0, 0.0))).logs.get(REF)
    assert log is not None
    assert log.failure == "previous terminated container not found"
    assert answers.left == ["never read"]
