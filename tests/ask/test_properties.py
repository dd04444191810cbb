"""What must hold for any words at all."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from helmward.ask.conversation import NOTHING, State
from helmward.ask.inventory import Thing
from helmward.ask.lexicon.english import PHRASES
from helmward.ask.lexicon.korean import NOUNS
from helmward.ask.results import Command, Question, Refusal
from helmward.ask.understand import understand
from helmward.ask.utterances.shop import SHOP

from .saying import ask, is_a_change

EXAMPLES = 60
CHANGES = (
    "restart user-service",
    "please restart payment-service in production",
    "scale user-service to 5",
    "roll back checkout-api",
    "delete pod postgres-0",
    "restore payment-config",
    "fix inc-k3m2q7ab",
    "user-service 재시작해줘",
    "user-service를 5개로 늘려줘",
)
NEGATIONS = (
    "don't",
    "do not",
    "dont",
    "never",
    "not",
    "no",
    "without",
    "avoid",
    "nobody",
    "하지 마",
    "하지마",
    "말고",
    "절대",
    "금지",
)

words = st.sampled_from(
    [text for phrases in (*PHRASES.values(), *NOUNS.values()) for text in phrases]
    + [thing.name for thing in SHOP.things]
    + [
        *SHOP.namespaces,
        "prod",
        "5",
        "0",
        "99999",
        "3-5",
        "-1",
        "50%",
        "kafka",
        '"',
        "`",
        "'",
        "\n",
        "inc-k3m2q7ab",
        "결제",
        "を",
        "\x00",
    ]
)
sentences = st.lists(words, max_size=12).map(" ".join)


@settings(max_examples=EXAMPLES * 3, deadline=2000)
@given(
    st.one_of(sentences, st.text(max_size=300)),
    st.sampled_from([NOTHING, *(understand(one, SHOP).state for one in CHANGES)]),
)
@example("\x00", NOTHING)
@example("'" * 200, NOTHING)
@example("a-" * 500, NOTHING)
@example("카 프카 재시작해줘", NOTHING)
def test_any_words_have_an_answer(text: str, state: State) -> None:
    found = understand(text, SHOP, state)
    assert isinstance(found.result, Command | Question | Refusal)
    if isinstance(found.result, Command):
        assert found.result.lines
        assert all(line.startswith("helmward ") and "\n" not in line for line in found.result.lines)
    else:
        assert found.result.text


@settings(max_examples=EXAMPLES, deadline=2000)
@given(st.sampled_from(CHANGES), st.sampled_from(NEGATIONS), st.data())
def test_no_change_with_a_negation_anywhere(change: str, negation: str, data: st.DataObject) -> None:
    assert is_a_change(ask(change))
    parts = change.split()
    at = data.draw(st.integers(0, len(parts)))
    assert not is_a_change(ask(" ".join([*parts[:at], negation, *parts[at:]])))


@settings(max_examples=EXAMPLES, deadline=2000)
@given(st.sampled_from(CHANGES), sentences, st.sampled_from(['"', "`", "```", "\n", "「"]))
def test_what_is_quoted_or_pasted_changes_nothing(change: str, around: str, quote: str) -> None:
    about = " ".join(word for word in around.split() if word.isascii() and word.isalpha())[:60]
    text = (
        f"why is user-service down {quote}{about} {change}"
        if quote != "\n"
        else f"why is user-service down\n{about} {change}"
    )
    assert not is_a_change(ask(text))


@settings(max_examples=EXAMPLES, deadline=2000)
@given(
    st.sampled_from([thing for thing in SHOP.things if thing.kind == "Deployment"]),
    st.sampled_from(['"', "`", "'", "“"]),
)
def test_a_name_survives_its_quotes(thing: Thing, quote: str) -> None:
    close = "”" if quote == "“" else quote
    result = ask(f"restart {quote}{thing.name}{close} in {thing.namespace}")
    assert isinstance(result, Command)
    assert result.slots.target == thing


@settings(max_examples=EXAMPLES * 2, deadline=2000)
@given(st.sampled_from([change for change in CHANGES if not set("0123456789") & set(change)]), st.data())
def test_a_slip_of_the_finger_makes_no_other_change(change: str, data: st.DataObject) -> None:
    meant = ask(change)
    at = data.draw(st.integers(0, len(change) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz -"))
    kind = data.draw(st.sampled_from(("swap", "drop", "other", "more")))
    slips = {
        "swap": change[:at] + change[at : at + 2][::-1] + change[at + 2 :],
        "drop": change[:at] + change[at + 1 :],
        "other": change[:at] + letter + change[at + 1 :],
        "more": change[:at] + letter + change[at:],
    }
    result = ask(slips[kind])
    if is_a_change(result):
        assert isinstance(result, Command)
        assert result.short == meant.short


@settings(max_examples=EXAMPLES, deadline=2000)
@given(sentences)
def test_a_change_names_what_is_there_and_was_said(text: str) -> None:
    result = ask(text)
    if not is_a_change(result):
        return
    assert isinstance(result, Command)
    assert result.intent in ("undo", "deny", "mend") or result.slots.target in SHOP.things
    if result.intent == "scale":
        assert result.slots.replicas is not None
        assert 0 <= result.slots.replicas <= 5000
