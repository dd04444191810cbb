"""Policies that must not be used: each is refused in one sentence that names the place, and none hangs or ends the process."""

from __future__ import annotations

import time

import pytest

from helmward.core.errors import HelmwardError
from helmward.door.policy.engine import PolicyError, load, load_folder

from .policies import ALLOW, FIRST, HEAD, policy, request

# Backtracks for longer than anybody waits, on the long text that the made-up requests hold.
ENDLESS = 'regex.match("^(a+)+$", input.tool)'

REFUSED = {
    "does not parse": (policy(ALLOW + "(input.tool"), f"own.rego:{FIRST}: ", "does not parse"),
    "an unclosed brace": (policy("", "visible if {"), f"own.rego:{FIRST + 1}: ", "does not parse"),
    "no package": ({"own.rego": "default visible := false\n"}, "own.rego:1: ", "package helmward.door"),
    "no default decision": (
        {"own.rego": "package helmward.door\ndefault visible := false\n"},
        "own.rego: ",
        "'decision'",
    ),
    "no default visible": ({"own.rego": HEAD.replace("default visible", "seen")}, "own.rego: ", "'visible'"),
    "only another package": ({"own.rego": HEAD.replace("helmward.door", "other")}, "own.rego: ", "no default"),
    "an open default": (
        {"own.rego": HEAD.replace('"deny", "reason": "No rule', '"allow", "reason": "No rule')},
        "own.rego:3: ",
        "not closed",
    ),
    "visible by default": (
        {"own.rego": HEAD.replace("default visible := false", "default visible := true")},
        "own.rego:5: ",
        "not closed",
    ),
    "two defaults": (
        policy()
        | {"other.rego": 'package helmward.door\ndefault decision := {"verdict": "deny", "reason": "Other."}\n'},
        "other.rego, own.rego: ",
        "Multiple default rules",
    ),
    "net.cidr_contains": (
        policy(ALLOW + 'net.cidr_contains("10.0.0.0/8", input.tool)'),
        f"own.rego:{FIRST}: ",
        "net.cidr_contains is not implemented",
    ),
    "http.send": (policy(ALLOW + 'http.send({"url": "x"}).status_code == 200'), f"own.rego:{FIRST}: ", "http.send"),
    "http.send in disguise": (policy(ALLOW + 'http["send"]({"url": "x"})'), f"own.rego:{FIRST}: ", "http.send"),
    "json.match_schema": (policy(ALLOW + "json.match_schema({}, {})[0]"), f"own.rego:{FIRST}: ", "json.match_schema"),
    "not a builtin": (policy(ALLOW + 'not net.cidr_contains("10.0.0.0/8", "x")'), f"own.rego:{FIRST}: ", "net.cidr"),
    "a function nobody wrote": (policy(ALLOW + "trusted(input.actor)"), f"own.rego:{FIRST}: ", "trusted"),
    "a clock": (policy(ALLOW + "time.now_ns() > 1"), f"own.rego:{FIRST}: ", "time.now_ns"),
    "a die": (policy(ALLOW + 'rand.intn("x", 2) == 1'), f"own.rego:{FIRST}: ", "rand.intn"),
    "a misspelt rule": (
        policy("frozen if input.windows.freeze", ALLOW + "not frosen"),
        f"own.rego:{FIRST + 1}: ",
        "frosen",
    ),
    "a misspelt field": (policy(ALLOW + "not input.windows.frozen"), f"own.rego:{FIRST}: ", "windows.frozen"),
    "a misspelt field in brackets": (policy(ALLOW + 'not input["windoes"]'), f"own.rego:{FIRST}: ", "windoes"),
    "data of nobody": (policy(ALLOW + "not data.blocked[input.tool]"), f"own.rego:{FIRST}: ", "data.blocked"),
    "with": (policy(ALLOW + 'decision.verdict == "deny" with input as {}'), f"own.rego:{FIRST}: ", "`with`"),
    "a template string": (policy(ALLOW + '$"{http.send({})}" == ""'), f"own.rego:{FIRST}: ", "sprintf"),
    "recursion": (policy(ALLOW + 'decision.verdict == "allow"'), "own.rego: ", "ecursion"),
    "a conflict": (
        policy(
            ALLOW + 'input.mode == "auto"', 'decision := {"verdict": "deny", "reason": "No."} if input.mode == "auto"'
        ),
        "own.rego: ",
        "multiple outputs",
    ),
    "a conflict of functions": (
        policy("f(x) := 1 if x != 1", "f(x) := 2 if x != 2", ALLOW + "f(input.tool) == 1"),
        "own.rego: ",
        "multiple outputs",
    ),
    "a builtin that fails": (policy(ALLOW + "1 / count(input.actor.roles) == 1"), "own.rego: ", "divide by zero"),
    "a wrong type": (policy(ALLOW + "startswith(input.blast.objects, input.tool)"), "own.rego: ", "startswith"),
    "no file at all": ({}, "The policy has no .rego file", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_policy_is_refused_with_its_place(name: str) -> None:
    sources, place, why = REFUSED[name]
    with pytest.raises(PolicyError) as refused:
        load(sources)
    told = str(refused.value)
    assert told.startswith(place) and why in told and told.endswith("."), told
    assert isinstance(refused.value, HelmwardError) and "\n" not in told


def test_a_policy_that_never_ends_is_stopped_at_the_deadline() -> None:
    begun = time.monotonic()
    with pytest.raises(PolicyError, match=r"within 1.5 s and was stopped"):
        load(policy(ALLOW + ENDLESS), deadline=1.5)
    assert time.monotonic() - begun < 6


def test_a_slow_policy_is_refused_though_it_ends() -> None:
    slow = "count([1 | some x in numbers.range(1, 900); some y in numbers.range(1, 900); x == y]) == 7"
    with pytest.raises(PolicyError, match=r"takes .* s of CPU time"):
        load(policy(ALLOW + slow), deadline=20)


def test_a_policy_that_ends_the_engine_does_not_end_us() -> None:
    # A regular expression over 200,000 characters overflows the engine's stack.
    long = 'concat("", ["ab" | some _ in numbers.range(1, 100000)])'
    with pytest.raises(PolicyError, match="broke down"):
        load(policy(ALLOW + f'regex.match("^(a|b)*$", {long})'))


def test_a_policy_that_takes_all_memory_is_refused() -> None:
    numbers = "numbers.range(1, 300)"
    huge = f"count([[x, y, z] | some x in {numbers}; some y in {numbers}; some z in {numbers}])"
    with pytest.raises(PolicyError, match=r"MiB of memory|was stopped|CPU time"):
        load(policy(ALLOW + f"{huge} == 1"), deadline=5)


SCRAPS = ("", "default", "import", "import data", 'x["y"', "] := 1", "package", "x :=", "\0", "\ufeff#")


@pytest.mark.parametrize("text", [*SCRAPS, *(f"package helmward.door\n{scrap}" for scrap in SCRAPS)])
def test_scraps_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^own.rego"):
        load({"own.rego": text})


def test_an_example_that_conflicts_is_named() -> None:
    example = (
        "examples: [{name: the odd one, input: {actor: {name: x, kind: user, roles: []}, tool: odd, effect: READ, "
    )
    sources = policy(
        ALLOW + 'input.tool == "odd"', 'decision := {"verdict": "deny", "reason": "No."} if input.permission == "rare"'
    )
    load(sources)
    with pytest.raises(PolicyError, match="the example 'the odd one'"):
        load(sources | {"examples.yaml": example + "permission: rare}, expect: deny}]\n"})


@pytest.mark.parametrize(
    "text", ["[1]", "examples: [{name: x}]", "examples: [{name: x, input: {tool: y}, expect: deny}]", "{"]
)
def test_examples_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^examples.yaml: "):
        load(policy() | {"examples.yaml": text})


def test_what_is_good_rego_is_not_refused() -> None:
    rules = """
import rego.v1
import data.helmward.door.tables as t

teams := {"shop": ["ada", "bob"], "ops": ["eve"]}

# http.send( is only a comment here
note := `net.cidr_contains( is only text here`

team[name] := members if {
	some name, members in teams
	input.actor.name in members
}

[first, _] := ["a", "b"]

share(x) := y if {
	y := x * 100
}

oncall contains member if {
	some i
	member := teams.ops[i]
}

deep contains value if {
	walk(teams, [path, value])
	count(path) == 2
}

by_place[i] := name if {
	name := teams.shop[i]
}

pair([a, b]) := a + b

both := {1} |
	{2}

either := {1}
	| {2}

halves := {k: v | some k, v in {"a": 1}; v > 0}

anyone if teams[_][_] == "eve"

found if {
	some i, j
	teams[i][j] == "eve"
}

deny.never := "x" if input.tool == "never"

every_role_is_known if {
	every role in input.actor.roles {
		role in {"requester", "viewer"}
	}
}

decision := {"verdict": "ask", "reason": sprintf("%v of it", [share(input.blast.replicas_share)]), "approvers": ["admin"]} if {
	count({name | team[name]}) > 0
	not input.actor.name in oncall
	every_role_is_known
	"eve" in deep
	by_place[1] == "bob"
	pair([1, 2]) == 3
	halves.a == 1
	both == either
	anyone
	found
	count(deny) == 0
	t.open[input.scope.namespace]
	x = input.tool
	contains(x, "_")
	data.helmward.door.visible
} else := {"verdict": "deny", "reason": note} if {
	input.windows.freeze
}
"""
    tables = 'package helmward.door.tables\n\nopen := {name: true | some name in ["shop"]}\n'
    body = HEAD.replace("package helmward.door\n", "package helmward.door\n" + rules.split("\nteams")[0])
    own = body + "teams" + rules.split("\nteams", 1)[1].replace('[first, _] := ["a", "b"]\n', "")
    made = load({"own.rego": own, "tables.rego": tables})
    assert made.decide(request()).reason == "25 of it"
    assert made.decide(request(actor={"name": "eve", "kind": "user", "roles": ["viewer"]})).verdict == "deny"


def test_a_folder_is_read_and_a_missing_one_is_refused(tmp_path) -> None:
    for name, text in policy(ALLOW + 'input.tool == "x"').items():
        (tmp_path / name).write_text(text)
    (tmp_path / "README.md").write_text("Not part of it.")
    made = load_folder(tmp_path)
    assert list(made.modules) == ["own.rego"] and made.decide(request(tool="x")).verdict == "allow"
    with pytest.raises(PolicyError, match="cannot be read"):
        load_folder(tmp_path / "absent")


def test_the_hash_is_of_the_rules_alone() -> None:
    one, same = load(policy()), load({"own.rego": HEAD.replace("\n", "\r\n") + "\r\n"})
    assert one.hash == same.hash and len(one.hash) == 64
    assert one.hash != load(policy(ALLOW + 'input.tool == "x"')).hash
    assert one.hash != load({"else.rego": HEAD + "\n"}).hash
