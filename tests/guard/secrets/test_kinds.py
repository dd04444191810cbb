"""Every kind: its sample is found by its own name, masked, and never survives, whatever stands around it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.guard.secrets import find, mask
from helmward.guard.secrets.kinds import KINDS

from .samples import IN_CONTEXT, SELF_EVIDENT, Make, pem, some

ALL = {**SELF_EVIDENT, **IN_CONTEXT}
around = st.text(max_size=40)


def test_every_kind_of_the_table_has_a_sample() -> None:
    assert {kind.name for kind in KINDS} - set(ALL) == {"assignment"}
    assert len(ALL) >= 30


@pytest.mark.parametrize("kind", sorted(ALL))
def test_a_sample_is_found_under_its_own_name(kind: str) -> None:
    for seed in range(20):
        sample = ALL[kind](random.Random(seed))
        start = len(sample.before)
        inside = [span for span in find(sample.text) if span.start < start + len(sample.secret) and span.end > start]
        assert [span.rule for span in inside] == [f"secrets/{kind}"], sample.text
        assert inside[0].start <= start and inside[0].end >= start + len(sample.secret)
        assert sample.secret not in mask(sample.text)


@pytest.mark.parametrize("kind", sorted(IN_CONTEXT))
def test_what_needs_its_context_is_found_in_lines_of_text(kind: str) -> None:
    sample = IN_CONTEXT[kind](random.Random(7))
    masked = mask(f"2026-01-01T00:00:00Z INFO started\n{sample.text}\nERROR stopped é\n")
    assert sample.secret not in masked
    assert masked.startswith("2026-01-01T00:00:00Z INFO started\n") and masked.endswith("\nERROR stopped é\n")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SELF_EVIDENT)), st.integers(0, 10**9), around, around)
def test_a_planted_secret_never_survives(kind: str, seed: int, before: str, after: str) -> None:
    secret = SELF_EVIDENT[kind](random.Random(seed)).secret
    assert secret not in mask(before + secret + after)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(IN_CONTEXT)), st.integers(0, 10**9), around, around)
def test_a_planted_secret_with_its_context_never_survives(kind: str, seed: int, before: str, after: str) -> None:
    sample = IN_CONTEXT[kind](random.Random(seed))
    assert sample.secret not in mask(f"{before}\n{sample.text}\n{after}")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(ALL)), min_size=2, max_size=5), st.integers(0, 10**9), st.sampled_from(" \n\t,"))
def test_neighbours_hide_no_secret(kinds: list[str], seed: int, between: str) -> None:
    source = random.Random(seed)
    samples = [ALL[kind](source) for kind in kinds]
    masked = mask(f"{between}\n".join(sample.text for sample in samples))
    assert [sample.secret for sample in samples if sample.secret in masked] == []


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["alone", *sorted(ALL)]), st.integers(0, 10**9), around, around)
def test_masking_twice_changes_nothing(kind: str, seed: int, before: str, after: str) -> None:
    make: Make | None = ALL.get(kind)
    once = mask(before + (make(random.Random(seed)).text if make else "") + after)
    assert mask(once) == once


def test_a_key_in_one_line_of_json_and_one_cut_short() -> None:
    source = random.Random(3)
    escaped = pem(source, "\\n")
    assert (
        mask('{"key": "' + escaped + '", "host": "db:5432"}') == '{"key": "[secrets/private-key]", "host": "db:5432"}'
    )
    lines = pem(source).splitlines()
    assert mask("\n".join(lines[:3])) == "[secrets/private-key]"


def test_a_mention_of_a_key_is_not_a_key() -> None:
    text = "expected " + "-" * 5 + "BEGIN PRIVATE KEY" + "-" * 5 + " but the file is empty"
    assert mask(text) == text


def test_a_token_with_a_right_checksum_is_surer() -> None:
    right = SELF_EVIDENT["github-token"](random.Random(1)).secret
    wrong = "ghp_" + some(random.Random(1), 36)
    assert find(right)[0].confidence > find(wrong)[0].confidence > 0.5
