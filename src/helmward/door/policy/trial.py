"""A policy is tried in a process of its own before it is used: the engine has no time limit, and some texts end or hang it.

`tried` starts the process and kills it at the deadline. Run as a module it is that process: JSON on stdin, JSON on stdout.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from helmward.door.policy.checks import PACKAGE, REQUIRED
from helmward.door.policy.errors import PolicyError
from helmward.door.policy.evaluator import UNDEFINED, Evaluator, Failure, parse
from helmward.door.policy.lexer import package, rules

ENTRYPOINTS = tuple(f"{PACKAGE.replace('.', '/')}/{rule}" for rule in REQUIRED)
SLOWEST_SECONDS = 0.25
"""CPU time that one decision may take; the default policy's takes a thousandth of it."""
DEADLINE_SECONDS = 10.0
_MEMORY_BYTES = 1 << 30


def tried(modules: Mapping[str, str], inputs: Mapping[str, Any], deadline: float = DEADLINE_SECONDS) -> None:
    """Compile the modules and ask them about every input (name → input). Raises PolicyError; takes `deadline` s at most."""
    problem = _apart({"modules": dict(modules), "inputs": dict(inputs)}, deadline)
    if problem:
        raise PolicyError(problem)


def asked(
    modules: Mapping[str, str], entrypoints: tuple[str, ...], deadline: float = DEADLINE_SECONDS
) -> dict[str, Any]:
    """What each entry point is on an empty input; one that is undefined is absent, one that fails is the text of its
    failure. Raises PolicyError; takes `deadline` s at most."""
    answers: dict[str, Any] = _apart({"modules": dict(modules), "entrypoints": entrypoints}, deadline)
    return answers


def _apart(work: Mapping[str, Any], deadline: float) -> Any:
    """The work's result, from a process of its own."""
    names = ", ".join(sorted(work["modules"]))
    command = [sys.executable, "-P", "-m", __name__]
    try:
        done = subprocess.run(command, input=json.dumps(work), capture_output=True, text=True, timeout=deadline)
    except subprocess.TimeoutExpired:
        raise PolicyError(
            f"{names}: the policy did not answer its examples within {deadline:g} s and was stopped; "
            "look for loops over large sets and for regular expressions that backtrack."
        ) from None
    except OSError as error:
        raise PolicyError(f"{names}: the policy could not be tried ({error.strerror}); nothing was loaded.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PolicyError(f"{names}: the engine broke down on this policy ({last.strip()}); simplify what it names.")
    return json.loads(done.stdout)


def _values(modules: dict[str, str], entrypoints: list[str]) -> dict[str, Any]:
    evaluator = Evaluator(modules, tuple(entrypoints))
    found: dict[str, Any] = {}
    for entrypoint in entrypoints:
        try:
            (value,) = evaluator.ask((entrypoint,), {})
        except Failure as failure:
            value = f"failed: {failure}"
        if value is not UNDEFINED:
            found[entrypoint] = value
    return found


def _problem(modules: dict[str, str], inputs: dict[str, Any]) -> str:
    """What is wrong, as a sentence; "" if nothing is."""
    for name, text in modules.items():
        wrong = _parses(name, text) or _default_is_closed(name, text)
        if wrong:
            return wrong
    try:
        evaluator = Evaluator(modules, ENTRYPOINTS)
        evaluator.ask(ENTRYPOINTS, {})
    except Failure as failure:
        return f"{', '.join(sorted(modules))}: the policy fails on an empty input ({failure}); mend the rule."
    for name, given in inputs.items():
        wrong = _answers(evaluator, name, given)
        if wrong:
            return f"{', '.join(sorted(modules))}: {wrong}"
    return ""


def _parses(name: str, text: str) -> str:
    try:
        parse(name, text)
    except Failure as failure:
        return f"{name}:{failure.line(text)}: it does not parse ({failure}); mend it there."
    return ""


def _default_is_closed(name: str, text: str) -> str:
    """A default is a constant, so asked alone, about nothing, it shows what falls through."""
    for rule, statement in rules(text) if package(text) == PACKAGE else ():
        if rule not in REQUIRED or statement.words[0] != "default":
            continue
        alone = Evaluator({name: f"package {PACKAGE}\n{' '.join(statement.words)}\n"}, (entry := _entry(rule),))
        try:
            (value,) = alone.ask((entry,), {})
        except Failure as failure:
            return f"{name}:{statement.line}: the default of '{rule}' cannot be read ({failure})."
        closed = value is False if rule == "visible" else isinstance(value, dict) and value.get("verdict") == "deny"
        if not closed:
            return f"{name}:{statement.line}: the default of '{rule}' is not closed; make it {REQUIRED[rule]}."
    return ""


def _entry(rule: str) -> str:
    return f"{PACKAGE.replace('.', '/')}/{rule}"


def _answers(evaluator: Evaluator, name: str, given: Any) -> str:
    begun = time.process_time()
    try:
        answers = evaluator.ask(ENTRYPOINTS, given)
    except Failure as failure:
        return f"the policy fails on {name} ({failure}); mend the rules that meet there."
    taken = time.process_time() - begun
    if UNDEFINED in answers:
        return f"the policy is undefined on {name}; give it defaults."
    if taken > SLOWEST_SECONDS:
        return f"{name} takes {taken:.1f} s of CPU time (at most {SLOWEST_SECONDS:g} s); make its rules simpler."
    return ""


def _end_when_too_large() -> None:
    """The engine reserves 256 GB of addresses, so a limit of the operating system cannot bound what it really uses."""
    unit = 1 if sys.platform == "darwin" else 1024
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit < _MEMORY_BYTES:
        time.sleep(0.02)
    sys.stderr.write(f"it took more than {_MEMORY_BYTES >> 20} MiB of memory\n")
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_when_too_large, daemon=True).start()
    # The engine may print; only the answer may reach the real stdout.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    work = json.load(sys.stdin)
    if "entrypoints" in work:
        json.dump(_values(work["modules"], work["entrypoints"]), answer)
    else:
        json.dump(_problem(work["modules"], work["inputs"]), answer)
    answer.close()
