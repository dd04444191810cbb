"""The guards of a large answer do not hold up the event loop."""

from __future__ import annotations

import threading

import pytest

from ...gateway.upstream import answers
from .stand import Stand
from .talk import SECRET, chat


@pytest.mark.parametrize(("words", "beside"), [(10, False), (20_000, True)])
def test_where_an_answer_is_judged(gateway: Stand, monkeypatch: pytest.MonkeyPatch, words: int, beside: bool) -> None:
    assert gateway.station.house.models is not None
    outbound = gateway.station.house.models.gateway.parts.outbound
    threads: list[threading.Thread] = []
    inspect = outbound.inspect

    def noted(*arguments: object) -> None:
        threads.append(threading.current_thread())
        inspect(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbound, "inspect", noted)
    gateway.script(answers("some words " * words + SECRET))
    said = chat(gateway, "hello")
    assert said.text.endswith("[secrets/aws-access-key]")
    assert (threads != [gateway.station.call(threading.current_thread)]) is beside
