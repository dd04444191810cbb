"""Why: which named reasons of a policy held for a request, and where they stand.

A policy that keeps its reasons as the default one does (`deny["name"] := "sentence"`, likewise in `ask` and `allow`) is
explained by them. Of any other, the rules of package helmward.door that have a value are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from helmward.core.plans import Decision
from helmward.door.policy import trial
from helmward.door.policy.checks import PACKAGE, REQUIRED
from helmward.door.policy.engine import Policy
from helmward.door.policy.lexer import Statement, package, rules
from helmward.door.policy.request import Request, read

GROUPS = ("deny", "ask", "allow")


class Reason(NamedTuple):
    """A reason that held: its group (deny, ask, allow), its name, its sentence, and `file:line`."""

    group: str
    name: str
    text: str
    where: str


class Explanation(NamedTuple):
    """A decision with all that spoke for and against; `rules` are other rules with their values, as JSON."""

    decision: Decision
    visible: bool
    reasons: tuple[Reason, ...]
    rules: tuple[Reason, ...]


def explain(
    policy: Policy, given: Request | Mapping[str, Any], deadline: float = trial.DEADLINE_SECONDS
) -> Explanation:
    """Why the policy answers a request as it does. Its rules are evaluated in a process of their own, since not every rule was
    tried when the policy was loaded: call it off the event loop. Raises msgspec.ValidationError for a request that does not
    fit, PolicyError if the rules do not answer within `deadline` seconds."""
    request = read(given)
    places = dict(_places(policy))
    entries = {f"{PACKAGE.replace('.', '/')}/{rule}": rule for rule in places}
    values = trial.asked(policy.modules, tuple(entries), msgspec.to_builtins(request), deadline)
    named = {entries[entry]: value for entry, value in values.items()}
    reasons = [reason for group in GROUPS for reason in _reasons(policy, group, named.get(group))]
    others = [
        Reason("rule", rule, msgspec.json.encode(value).decode(), places[rule])
        for rule, value in named.items()
        if rule not in (*GROUPS, *REQUIRED)
    ]
    return Explanation(policy.decide(request), policy.visible(request), tuple(reasons), tuple(others))


def _places(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every rule without arguments, by name, with the line of its first statement that is no default."""
    seen: set[str] = set()
    for file, text in sorted(policy.modules.items()):
        if package(text) != PACKAGE:
            continue
        for name, statement in rules(text):
            function = len(statement.tokens) > 1 and statement.tokens[1].text == "("
            if not function and statement.words[0] != "default" and name not in seen:
                seen.add(name)
                yield name, f"{file}:{statement.line}"


def _reasons(policy: Policy, group: str, held: Any) -> Iterator[Reason]:
    if isinstance(held, dict):
        for name, text in sorted(held.items()):
            yield Reason(group, name, str(text), _where(policy, group, name))
    elif isinstance(held, list):
        for text in held:
            yield Reason(group, "", str(text), "")


def _where(policy: Policy, group: str, name: str) -> str:
    """The rule whose head is `group["name"]`; where the group takes its reasons from another, the first head with the name."""
    heads = [
        (statement.words[0] != group, f"{file}:{statement.line}")
        for file, text in sorted(policy.modules.items())
        for _, statement in rules(text)
        if _names(statement, name)
    ]
    return min(heads)[1] if heads else ""


def _names(statement: Statement, name: str) -> bool:
    words = statement.words
    return len(words) > 3 and words[1] == "[" and words[2][1:-1] == name
