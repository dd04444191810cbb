"""How well it understands, on utterances that were held apart; and that the threshold was chosen on the others."""

from __future__ import annotations

from helmward.ask.classify import ACCEPT, pieces, trained
from helmward.ask.evaluate import report
from helmward.ask.intent import is_change
from helmward.ask.utterances import HELD_APART, TRAINING, load
from helmward.ask.utterances.shop import SHOP


def test_the_part_held_apart() -> None:
    found = report()
    assert found["accuracy"] >= 0.9
    assert found["wrongAndAcceptedShare"] <= 0.01
    assert found["wrongChanges"] == 0
    assert set(found["byLanguage"]) == {"en", "ko"}
    assert len(found["byIntent"]) >= 12
    assert found["utterances"] * 2 <= len(load(TRAINING)) * 1.1
    assert found["right"] + len(found["wrong"]) == found["utterances"]


def test_the_training_part() -> None:
    found = report(TRAINING)
    assert found["accuracy"] >= 0.97
    assert found["wrongAndAccepted"] == 0


def test_the_threshold_lets_no_question_through_that_is_another() -> None:
    """Each training utterance, guessed by all others."""
    known = [example for example in load(TRAINING) if example.label]
    guesses = [trained().guess(pieces(example.tokens(SHOP)), number) for number, example in enumerate(known)]
    accepted = [
        (example, guess)
        for example, guess in zip(known, guesses, strict=True)
        if guess.score >= ACCEPT and guess.intent != "out" and not is_change(guess.intent)
    ]
    wrong = [example.text for example, guess in accepted if guess.intent != example.label]
    assert len(accepted) > 5
    assert len(wrong) <= len(accepted) * 0.01


def test_every_file_is_whole() -> None:
    for example in load(TRAINING + HELD_APART):
        assert example.text
        assert example.expected
