"""A policy's own tests: its examples, the `test_…` rules in its `*_test.rego` files, and tools that are shown for nothing.

The engine cannot replace the input inside Rego (`with` ends the process), so a test rule tries the policy's functions and
constants, and examples try its answers. Test rules run in a process of their own, as the policy did when it was loaded.
"""

from __future__ import annotations

from typing import NamedTuple

from helmward.door.policy import trial
from helmward.door.policy.engine import Policy
from helmward.door.policy.examples import Example
from helmward.door.policy.lexer import package, rules


class Result(NamedTuple):
    """One test: `name` says which, `problem` what went wrong ("" if it passed)."""

    name: str
    problem: str


class Report(NamedTuple):
    """What the tests found. `idle`: tools that some example shows to their actor, and that no example allows or asks.
    `unapprovable`: examples that are asked and name no role that could approve."""

    results: tuple[Result, ...]
    idle: tuple[str, ...]
    unapprovable: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return bool(self.results) and not any(result.problem for result in self.results)


def run_tests(policy: Policy, deadline: float = trial.DEADLINE_SECONDS) -> Report:
    """Run them all. Raises PolicyError for a test file that does not parse, breaks the engine or exceeds `deadline` seconds."""
    shown: dict[str, bool] = {}
    unapprovable = []
    for example in policy.examples:
        decision = policy.decide(example.input)
        if policy.visible(example.input):
            shown[example.input.tool] = shown.get(example.input.tool, False) or decision.verdict != "deny"
        if decision.verdict == "ask" and not decision.approvers:
            unapprovable.append(example.name)
    results = (*(_example(policy, example) for example in policy.examples), *_rules(policy, deadline))
    return Report(results, tuple(sorted(tool for tool, used in shown.items() if not used)), tuple(unapprovable))


def _example(policy: Policy, example: Example) -> Result:
    decision = policy.decide(example.input)
    visible = policy.visible(example.input)
    problem = ""
    if decision.verdict != example.expect:
        problem = f"expected {example.expect}, got {decision.verdict}: {decision.reason}"
    elif example.rule is not None and decision.rule != example.rule:
        problem = f"expected the rule {example.rule}, got {decision.rule or 'none'}"
    elif example.visible is not None and visible != example.visible:
        problem = f"expected visible {example.visible}, got {visible}"
    return Result(example.name, problem)


def _rules(policy: Policy, deadline: float) -> list[Result]:
    modules = policy.modules | policy.tests
    names = {
        f"{package(text).replace('.', '/')}/{name}": f"{file}:{statement.line} {name}"
        for file, text in policy.tests.items()
        for name, statement in rules(text)
        if name.startswith("test_")
    }
    answers = trial.asked(modules, tuple(names), deadline=deadline) if names else {}
    return [
        Result(shown, "" if answers.get(entry) is True else f"it is {answers.get(entry, 'undefined')}, not true")
        for entry, shown in names.items()
    ]
