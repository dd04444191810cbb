"""What incidents are called: English with the field's terms, for every code that there is."""

from __future__ import annotations

import re

import pytest

from helmward.app import analyzer_codes
from helmward.explain import titles

SLUGS = {code.slug for codes in analyzer_codes().values() for code in codes}
# Words of slugs that no one says: mere abbreviations, and names of kinds and fields not written as Kubernetes does.
UNSAID = re.compile(
    r"\b(oom|cpu|dns|io|pvc|pid|configmap|secret|service|job|target port|host port|mismatch|unsatisfied|unbound)\b"
)


def test_no_title_is_of_a_slug_that_there_is_not() -> None:
    assert set(titles.TITLES) <= SLUGS


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_a_title_reads_as_the_field_writes(slug: str) -> None:
    said = titles.words(slug)
    assert not UNSAID.search(said), said
    assert 0 < len(said) <= 70 and not said.endswith(".")


def test_no_two_codes_are_called_the_same() -> None:
    assert len({titles.words(slug) for slug in SLUGS}) == len(SLUGS)
