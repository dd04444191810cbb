"""Small pieces of sentences that people read."""

from __future__ import annotations

import pytest

from helmward.core.text import stopped, with_article


@pytest.mark.parametrize("given", ["No rule allows this", "No rule allows this.", "No rule allows this.. "])
def test_a_sentence_ends_with_one_stop(given: str) -> None:
    assert stopped(given) == "No rule allows this."


@pytest.mark.parametrize(("noun", "said"), [("agent", "an agent"), ("service", "a service"), ("user", "a user")])
def test_a_noun_has_its_article(noun: str, said: str) -> None:
    assert with_article(noun) == said
