"""From words to a typed command, a question back or a refusal: single sayings, each for something that must not go wrong."""

from __future__ import annotations

import pytest

from helmward.ask.clean import LONGEST
from helmward.ask.conversation import State
from helmward.ask.inventory import Deed, Inventory, Thing, Trouble
from helmward.ask.results import Command, Question, Refusal
from helmward.ask.utterances import HELD_APART, TRAINING, load
from helmward.ask.utterances.shop import SHOP

from .saying import ask, is_a_change, talk


def test_a_text_that_is_too_long_is_none() -> None:
    result = ask("restart user-service " + "x" * LONGEST)
    assert isinstance(result, Refusal)
    assert result.reason == "too-long"


SPOKEN_OF = """\
should i restart user-service
what happens if i restart user-service?
how do i restart user-service
restart user-service?
did you restart user-service
restart user-service if it is down
restart user-service tomorrow
user-service was restarted
user-service reboots in production
restart user-service and checkout-api
restart everything
restart user-service; rm -rf /
restart all pods in production
the log says restart user-service
show the restart of user-service
a restart of user-service
restart user-service wait no
refuse to restart user-service
user-service 재시작할까?
user-service 재시작하면 어떻게 돼?
user-service 죽으면 재시작해줘
user-service랑 redis 재시작해줘
user-service 재시작 그만해
운영 말고 스테이징 프론트엔드 재시작
전부 재시작해줘
approve plan-7hx2mq4c
kill switch
force delete pod redis-0
"""


@pytest.mark.parametrize("text", SPOKEN_OF.splitlines())
def test_what_only_speaks_of_a_change_makes_none(text: str) -> None:
    assert not is_a_change(ask(text))


AMOUNTS = """by 3|to 3-5|to 3 or 4|to 3, 4|up 3|to 50%|to -1|to 1.5|to 3k|to about 3|to 9999999999|to 5001|to a few|to the max||
to three hundred|to 3 per node|to twenty five"""


@pytest.mark.parametrize("amount", AMOUNTS.replace("\n", "").split("|"))
def test_a_number_is_never_guessed(amount: str) -> None:
    assert isinstance(ask(f"scale user-service {amount}"), Question)


@pytest.mark.parametrize(
    "text",
    [
        "double user-service",
        "user-service 두 배로 늘려줘",
        "user-service 3개 늘려줘",
        "user-service를 3개나 4개로 늘려줘",
    ],
)
def test_nor_in_other_words(text: str) -> None:
    result = ask(text)
    assert isinstance(result, Question)
    assert result.slot == "replicas"


def test_a_namespace_is_never_lost() -> None:
    for text in ("bounce paymnts in prod", "restart payment service in production", "운영 결제 서비스 재시작해줘"):
        result = ask(text)
        assert isinstance(result, Command)
        assert result.slots.target is not None
        assert result.slots.target.place == "production/payment-service"
    asked = ask("bounce paymnts")
    assert isinstance(asked, Question)
    assert (asked.slot, [choice.value for choice in asked.choices]) == ("namespace", ["production", "staging"])
    for text in ("restart user-service in staging", "restart user-service in qa", "restart frontend in monitoring"):
        assert ask(text).short == "ask namespace"


def test_what_was_read_into_the_words_is_shown() -> None:
    result = ask("bounce paymnts in prod")
    assert isinstance(result, Command)
    assert result.notes == ("'paymnts' was read as payment-service",)
    assert result.lines == (
        "helmward tools run rollout_restart kind=Deployment namespace=production name=payment-service",
    )


def test_another_direction_than_the_number_is_asked_back() -> None:
    shop = Inventory(("a",), {}, (Thing(kind="Deployment", namespace="a", name="web", replicas=4),))
    for text in (
        "scale web down to 9",
        "scale up web to 2",
        "increase web to 2",
        "scale web from 3 to 5",
        "web을 2개로 늘려줘",
    ):
        result = ask(text, inventory=shop)
        assert isinstance(result, Question)
        assert "It has 4 replicas now" in result.text
    assert ask("scale web down to 2", inventory=shop).short == "scale a/web 2"


def test_one_name_of_several_things() -> None:
    things = tuple(Thing(kind=kind, namespace="a", name="db") for kind in ("Deployment", "StatefulSet"))
    shop = Inventory(("a",), {}, things)
    asked = ask("restart db", inventory=shop)
    assert isinstance(asked, Question)
    assert [choice.text for choice in asked.choices] == ["Deployment a/db", "StatefulSet a/db"]
    assert ask("restart statefulset db", inventory=shop).short == "restart a/db"


def test_an_environment_of_several_namespaces() -> None:
    things = tuple(
        Thing(kind="Deployment", namespace=space, name=name)
        for space, name in (("s1", "web"), ("s2", "web"), ("s2", "api"))
    )
    shop = Inventory(("s1", "s2"), {"staging": ("s1", "s2")}, things)
    assert ask("restart api in staging", inventory=shop).short == "restart s2/api"
    assert ask("restart web in staging", inventory=shop).short == "ask namespace"


def test_no_name_swallows_the_words_around_it() -> None:
    names = ("web", "web-in-production", "not-web", "web-or-api")
    things = tuple(
        Thing(kind="Deployment", namespace=space, name=name) for space in ("production", "b") for name in names
    )
    shop = Inventory(("production", "b"), {}, things)
    assert ask("restart web in production", inventory=shop).short == "restart production/web"
    assert ask("restart web-in-production in b", inventory=shop).short == "restart b/web-in-production"
    assert not is_a_change(ask("restart not web in b", inventory=shop))
    assert not is_a_change(ask("restart web or api in b", inventory=shop))


def test_names_that_look_alike_are_asked_for() -> None:
    things = tuple(
        Thing(kind="Deployment", namespace="a", name=name)
        for name in ("web-1", "web-2", "payments-api", "payments-worker")
    )
    shop = Inventory(("a",), {}, things)
    assert ask("restart web-3", inventory=shop).short == "ask target"
    asked = ask("restart payments", inventory=shop)
    assert isinstance(asked, Question)
    assert [choice.value for choice in asked.choices] == ["payments-api", "payments-worker"]


def test_undo_and_deny_mean_what_was_planned_here() -> None:
    state = State(deed="plan-abcd2345")
    assert ask("undo that", state).short == "undo plan-abcd2345"
    assert ask("방금 거 되돌려줘", state).short == "undo plan-abcd2345"
    shop = Inventory(SHOP.namespaces, SHOP.environments, SHOP.things, (), (Deed(id="plan-zzzz2345", title="restart"),))
    asked = ask("undo that", inventory=shop)
    assert isinstance(asked, Question)
    assert [choice.value for choice in asked.choices] == ["plan-zzzz2345"]
    assert talk("undo that", "1", inventory=shop).short == "undo plan-zzzz2345"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("who approved the last plan?", "helmward plan list"),
        ("what was approved", "helmward plan list"),
        ("who approved plan-7hx2mq4c?", "helmward plan plan-7hx2mq4c"),
        ("누가 승인했어?", "helmward plan list"),
    ],
)
def test_who_said_yes_can_be_asked(text: str, line: str) -> None:
    result = ask(text)
    assert isinstance(result, Command)
    assert (result.intent, result.lines, result.changes) == ("decisions", (line,), False)


@pytest.mark.parametrize("text", ["who approved restart of user-service", "restart user-service, who approved it"])
def test_to_ask_who_said_yes_is_no_change(text: str) -> None:
    assert not is_a_change(ask(text))


def test_a_question_shows_the_command_as_far_as_it_is_known() -> None:
    asked = [ask(text) for text in ("and its logs?", "scale user-service", "undo that")]
    assert [one.line for one in asked if isinstance(one, Question)] == [
        "helmward tools run pods_log …",
        "helmward tools run resources_scale kind=Deployment namespace=production name=user-service …",
        "helmward undo …",
    ]


def test_what_words_never_do_says_what_to_type() -> None:
    for text, line in (
        ("approve plan-7hx2mq4c", "helmward approve plan-7hx2mq4c"),
        ("kill switch now", "helmward kill all --reason …"),
        ("force delete pod redis-0", "helmward tools run pods_delete_bare namespace=production name=redis-0"),
    ):
        result = ask(text)
        assert isinstance(result, Refusal)
        assert (result.reason, result.line) == ("by-hand", line)


def test_why_names_the_incident() -> None:
    result = ask("why is payment-service down in prod?")
    assert isinstance(result, Command)
    assert result.lines == ("helmward explain inc-k3m2q7ab",)
    two = (*SHOP.troubles, Trouble(id="inc-b3b3b3b3", title="x", severity="high", namespace="production",
                                   touches=(("Deployment", "production", "payment-service"),)))  # fmt: skip
    shop = Inventory(SHOP.namespaces, SHOP.environments, SHOP.things, two)
    asked = ask("fix payment-service in prod", inventory=shop)
    assert isinstance(asked, Question)
    assert asked.slot == "incident"


def test_held_apart_means_apart() -> None:
    known = {example.text.lower().strip(" .!") for example in load(TRAINING) if not example.before}
    held = [example for example in load(HELD_APART) if not example.before]
    assert not [example.text for example in held if example.text.lower().strip(" .!") in known]
    assert len(known) >= 250
