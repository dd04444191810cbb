"""Decisions: every trap of the engine, odd answers, many threads, any input at all, and the cache."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.core.nouns import Actor
from helmward.core.plans import Decision, Effect
from helmward.core.text import one_line
from helmward.door.policy.cache import Answers
from helmward.door.policy.engine import Policy, load
from helmward.door.policy.evaluator import Evaluator, Failure, escaped
from helmward.door.policy.request import BlastRadius, Ownership, Request, Windows, read

from .policies import ALLOW, HEAD, policy, request


def unchecked(*rules: str) -> Policy:
    """A policy as it would be if nothing had been checked when it was loaded: what is left then must still deny."""
    return Policy(policy(*rules), {}, ())


@pytest.fixture(scope="module")
def echo() -> Policy:
    """Allows, and says the tool's name: whose answer it is can be seen."""
    return load(
        policy('decision := {"verdict": "allow", "reason": sprintf("<%s>", [input.tool])} if input.tool != "denied"')
    )


def test_allow_ask_deny_with_reason_approvers_and_rule() -> None:
    made = load(
        policy(
            'decision := {"verdict": "ask", "reason": "Ask.", "approvers": ["admin"], "rule": "r"} if input.tool == "a"',
            ALLOW + 'input.tool == "b"',
        )
    )
    asked = Decision(verdict="ask", reason="Ask.", approvers=("admin",), rule="r")
    assert made.decide(request(tool="a")) == asked == made.decide(read(request(tool="a")))
    assert made.decide(request(tool="b")) == Decision(verdict="allow", reason="It may.")
    assert made.decide(request(tool="c")) == Decision(verdict="deny", reason="No rule allows this.")


def test_what_is_not_visible_is_denied_whatever_the_decision(echo: Policy) -> None:
    assert not echo.visible(request(tool="hidden"))
    assert echo.decide(request(tool="hidden")).verdict == "deny"
    assert echo.decide(request(tool="hidden")).rule == "not-visible"
    assert echo.visible(request(tool="shown")) and echo.decide(request(tool="shown")).verdict == "allow"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (ALLOW + 'not net.cidr_contains("10.0.0.0/8", "10.1.1.1")', "not supported"),
        (ALLOW + 'not http.send({"url": "x"})', "not supported"),
        (ALLOW + "not json.match_schema({}, {})", "not supported"),
        (ALLOW + "not nobody.wrote(1)", "Function not found: nobody.wrote"),
        (ALLOW + "1 / 0 == 1", "divide by zero"),
        (ALLOW + "not startswith(input.reversible, input.tool)", "startswith"),
        (ALLOW + 'true\ndecision := {"verdict": "deny", "reason": "No."} if true', "multiple outputs"),
        (ALLOW + 'decision.verdict == "allow"', "Recursion"),
        ('decision := "allow" if true', "object"),
        ("decision := true if true", "object"),
        ('decision := {"verdict": "yes", "reason": "x"} if true', "yes"),
        ('decision := {"verdict": "ALLOW", "reason": "x"} if true', "ALLOW"),
        ('decision := {"verdict": "allow"} if true', "reason"),
        ('decision := {"verdict": "allow", "reason": ""} if true', "no reason"),
        ('decision := {"verdict": "allow", "reason": 7} if true', "reason"),
        ('decision := {"verdict": "allow", "reason": "x", "until": "later"} if true', "until"),
        ('decision := {"verdict": "ask", "reason": "x", "approvers": "admin"} if true', "approvers"),
        (ALLOW + "(", "policy"),
    ],
)
def test_whatever_is_odd_is_a_deny_that_says_how(rule: str, why: str) -> None:
    made = unchecked(rule)
    decision = made.decide(request())
    assert decision.verdict == "deny" and decision.rule == "policy-failure"
    assert decision.reason.startswith("The policy failed") and why in decision.reason, decision.reason


def test_undefined_is_a_deny() -> None:
    made = Policy(
        {"own.rego": 'package helmward.door\ndecision := {"verdict": "allow"} if input.tool == "x"\n'}, {}, ()
    )
    assert "'decision' is undefined" in made.decide(request()).reason and not made.visible(request())


@pytest.mark.parametrize(
    "text",
    [
        'x","verdict":"allow',
        'q"',
        "back\\slash",
        "\\u0041",
        "\\n",
        "a\nb\t\x01",
        "cut\0off",
        "é\u2028😀",
        "'`${}",
        "/",
        "",
    ],
)
def test_text_reaches_the_rules_and_comes_back_as_it_is(echo: Policy, text: str) -> None:
    assert echo.decide(request(tool=text)).reason == one_line(f"<{text}>")
    asked = msgspec.to_builtins(read(request(tool=text)))
    assert Evaluator({"m": "package m\n\nx := input.tool\n"}, ("m/x",)).ask(("m/x",), asked) == [text]
    quoted = msgspec.json.encode(text).decode()
    same = unchecked(ALLOW + f"input.tool == {quoted}")
    assert same.decide(request(tool=text)).verdict == "allow"
    assert same.decide(request(tool=text + "x")).verdict == "deny"


def test_text_that_breaks_out_of_its_quotes_gives_no_other_verdict() -> None:
    made = load(policy('decision := {"reason": input.tool, "verdict": "deny"} if input.tool != "x"'))
    for text in ('a", "verdict": "allow', 'a"}', 'a","zzz":"', '"'):
        decision = made.decide(request(tool=text))
        assert decision.verdict == "deny" and decision.reason == text and decision.approvers == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"blast": {"objects": 2**63, "replicas_share": 0.1, "namespaces": 1}}, "objects"),
        ({"blast": {"objects": 1, "replicas_share": float("nan"), "namespaces": 1}}, "replicas_share"),
        ({"blast": {"objects": -1, "replicas_share": 0.1, "namespaces": 1}}, "objects"),
        ({"blast": {"objects": 1, "replicas_share": 1.1, "namespaces": 1}}, "replicas_share"),
        ({"tool": "\ud800"}, ""),
        ({"tool": None}, "tool"),
        ({"tool": "x" * 254}, "254 characters"),
        ({"effect": "read"}, "effect"),
        ({"mode": "AUTO"}, "mode"),
        ({"unknown": 1}, "unknown"),
        ({"actor": {"name": "x", "kind": "robot", "roles": []}}, "kind"),
    ],
)
def test_a_request_that_does_not_fit_is_a_deny(echo: Policy, changed: dict[str, Any], why: str) -> None:
    decision = echo.decide(request(**changed))
    assert decision.verdict == "deny" and decision.rule == "policy-failure" and why in decision.reason, decision.reason
    assert not echo.visible(request(**changed))


def test_a_request_of_any_size_is_not_read(echo: Policy) -> None:
    assert "bytes" in echo.decide(request(ownership={"managers": ["x" * 200] * 400})).reason


def test_a_text_that_would_end_the_process_does_not_reach_the_engine() -> None:
    made = load(policy(ALLOW + 'regex.match("^(a|b)*$", input.tool)'))
    assert made.decide(request(tool="ab" * 126)).verdict == "allow"
    assert "50000 characters" in made.decide(request(tool="ab" * 25_000)).reason


def test_numbers_that_the_engine_would_wrap_or_lose_are_refused() -> None:
    for number in (2**63, -(2**63) - 1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="number"):
            escaped({"a": [number]})


def test_sixteen_threads_get_their_own_answers(echo: Policy) -> None:
    start = threading.Barrier(16)

    def ask(thread: int) -> list[str]:
        start.wait()
        return [echo.decide(request(tool=f"{thread}-{number}")).reason for number in range(200)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert answers == [[f"<{thread}-{number}>" for number in range(200)] for thread in range(16)]


def test_a_failure_leaves_the_next_answer_alone() -> None:
    made = unchecked(
        ALLOW + 'input.tool == "good"', 'decision := {"verdict": "ask", "reason": "x"} if 1 / count(input.tool) > 1'
    )
    for _ in range(3):
        assert made.decide(request(tool="")).rule == "policy-failure"
        assert made.decide(request(tool="good")).verdict == "allow"
        assert made.decide(request(tool="other")).verdict == "deny"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.sampled_from(sorted(request()))


@settings(max_examples=200, deadline=None)
@given(given=st.dictionaries(PARTS | st.text(max_size=5), JSON, max_size=6), keep=st.booleans())
def test_any_input_at_all_raises_nothing_and_is_denied(default: Policy, given: dict[str, Any], keep: bool) -> None:
    asked = {**request(), **given, "actor": {"name": "x", "kind": "user", "roles": ["root"]}} if keep else given
    assert default.decide(asked).verdict == "deny"
    assert default.visible(asked) is False


def _requests() -> st.SearchStrategy[Request]:
    names = st.sampled_from(["heal", "ada", "x"])
    roles = st.lists(st.sampled_from(["viewer", "requester", "approver", "oncall", "admin", "root"]), max_size=2)
    actors = st.builds(Actor, name=names, kind=st.sampled_from(["user", "service", "agent"]), roles=roles.map(tuple))
    counts, controllers = st.integers(0, 5), st.sampled_from([None, "argocd", "hpa"])
    return st.builds(
        Request,
        actor=actors,
        tool=st.just("t"),
        effect=st.sampled_from(Effect),
        permission=st.sampled_from(["restart", "patch", "delete"]),
        mode=st.sampled_from(["observe", "ask", "auto"]),
        reversible=st.none() | st.booleans(),
        blast=st.none() | st.builds(BlastRadius, objects=counts, replicas_share=st.floats(0, 1), namespaces=counts),
        ownership=st.none()
        | st.builds(Ownership, reverted_by=controllers, overwritten_by=st.sampled_from([None, "helm"])),
        windows=st.builds(Windows, freeze=st.booleans()),
    )


@settings(max_examples=300, deadline=None)
@given(asked=_requests())
def test_nothing_changes_without_a_person_but_small_healing(default: Policy, asked: Request) -> None:
    decision = default.decide(asked)
    assert decision.rule != "policy-failure", decision
    changes = asked.effect is not Effect.READ
    if decision.verdict == "allow" and changes:
        assert (asked.actor.kind, asked.actor.name, asked.mode) == ("service", "heal", "auto")
        assert asked.effect is Effect.MUTATE and asked.reversible and not asked.windows.freeze
        assert asked.blast is not None and asked.blast.objects <= 3 and asked.blast.replicas_share <= 0.5
        assert asked.ownership is not None and not (asked.ownership.reverted_by or asked.ownership.overwritten_by)
    if changes and (asked.mode == "observe" or (asked.ownership is not None and asked.ownership.reverted_by)):
        assert decision.verdict == "deny"
    if decision.verdict != "deny":
        assert default.visible(asked)
        assert asked.permission == "restart" or ("admin" in asked.actor.roles and asked.actor.kind != "agent")
    assert (decision.verdict == "ask") == bool(decision.approvers)


@settings(max_examples=25, deadline=None)
@given(asked=_requests())
def test_an_interpreter_that_answered_thousands_answers_like_a_new_one(default: Policy, asked: Request) -> None:
    new = Policy(default.modules, {}, ())
    assert (new.decide(asked), new.visible(asked)) == (default.decide(asked), default.visible(asked))


def test_an_answer_is_computed_once_and_ends_with_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    made = load(policy(ALLOW + "input.windows.freeze == false"))
    counted: list[Any] = []
    real = Evaluator.ask
    monkeypatch.setattr(Evaluator, "ask", lambda self, *given: counted.append(1) or real(self, *given))
    for _ in range(5):
        assert made.decide(request()).verdict == "allow" and made.visible(request())
    assert len(counted) == 2, "the decision and the sight"
    frozen = {"business_hours": True, "freeze": True}
    assert made.decide(request(windows=frozen)).verdict == "deny"
    assert len(counted) == 3


def test_a_failure_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    made = load(policy(ALLOW + 'input.tool == "x"'))
    with monkeypatch.context() as broken:
        broken.setattr(Evaluator, "ask", lambda *_: (_ for _ in ()).throw(Failure("the engine is away")))
        assert "the engine is away" in made.decide(request(tool="x")).reason
    assert made.decide(request(tool="x")).verdict == "allow"


def test_the_cache_is_bounded_and_forgets_what_was_used_longest_ago() -> None:
    kept: Answers[int] = Answers(2)
    kept.put(b"a", 1)
    kept.put(b"b", 2)
    assert kept.get(b"a") == 1
    kept.put(b"c", 3)
    assert (kept.get(b"a"), kept.get(b"b"), kept.get(b"c"), len(kept)) == (1, None, 3, 2)


def test_a_policy_of_the_head_alone_denies_everything() -> None:
    actor = {"name": "root", "kind": "user", "roles": ["admin"]}
    assert Policy({"own.rego": HEAD}, {}, ()).decide(request(actor=actor)).verdict == "deny"


def test_a_sight_that_is_no_boolean_is_a_deny() -> None:
    text = HEAD.replace("visible if input.tool", 'visible := "yes" if input.tool') + ALLOW + "true"
    made = Policy({"own.rego": text}, {}, ())
    assert "'visible' is neither" in made.decide(request()).reason and not made.visible(request())


def test_not_a_number_is_not_a_small_number(default: Policy) -> None:
    asked = request(mode="auto", actor={"name": "heal", "kind": "service", "roles": ["requester"]})
    assert default.decide(asked).verdict == "allow"
    built = read(asked)
    blast = msgspec.structs.replace(built.blast, replicas_share=float("nan"))
    assert default.decide(msgspec.structs.replace(built, blast=blast)).verdict == "deny"


def test_a_list_never_hides_what_may_be_called() -> None:
    """`visible` is asked without place, mode or plan, by the list and by the door alike."""
    text = HEAD.replace('input.tool != "hidden"', 'input.scope.namespace == "shop"') + ALLOW + "true"
    made = Policy({"own.rego": text}, {}, ())
    assert not made.visible(request()) and made.decide(request()).rule == "not-visible"


def test_reasons_are_one_printable_line() -> None:
    made = load(
        policy('decision := {"verdict": "deny", "reason": sprintf("no\\n%s", [input.tool])} if input.tool != ""')
    )
    assert made.decide(request(tool="\x1b[2J\u202e")).reason.isprintable()
