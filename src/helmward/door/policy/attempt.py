"""The process in which a policy is tried: JSON on stdin, JSON on stdout. What breaks here breaks nothing else.

In: `modules` (name → text), and either `inputs` (name → input) that the policy must answer soundly and fast, or `entrypoints`
to evaluate on one `input`. Out: `problem` (a sentence, "" if there is none) and `answers` by entry point.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

from helmward.door.policy.checks import PACKAGE, REQUIRED, check
from helmward.door.policy.errors import PolicyError
from helmward.door.policy.evaluator import ENTRYPOINTS, UNDEFINED, Evaluator, Failure, parse
from helmward.door.policy.lexer import package, rules

SLOWEST_SECONDS = 0.25
"""CPU time that one decision may take. The default policy takes less than a hundredth of it."""
_MEMORY_BYTES = 1 << 30
_STATM = Path("/proc/self/statm")


def attempt(work: dict[str, Any]) -> dict[str, Any]:
    """Do the work."""
    modules: dict[str, str] = work["modules"]
    try:
        for name, text in sorted(modules.items()):
            _parse(name, text)
        check(modules)
        for name, text in sorted(modules.items()):
            _closed(name, text)
        if "entrypoints" in work:
            return {"problem": "", "answers": _values(modules, work["entrypoints"], work["input"])}
        _answers(modules, work["inputs"])
    except PolicyError as error:
        return {"problem": str(error), "answers": {}}
    return {"problem": "", "answers": {}}


def _parse(name: str, text: str) -> None:
    if not package(text):
        raise PolicyError(f"{name}:1: there is no package; begin it with `package {PACKAGE}`.")
    try:
        parse(name, text)
    except Failure as failure:
        raise PolicyError(f"{name}:{failure.line(text)}: it does not parse ({failure}); mend it there.") from failure


def _closed(name: str, text: str) -> None:
    """A default is a constant, so asked alone, about nothing, it shows what falls through."""
    for rule, statement in rules(text) if package(text) == PACKAGE else ():
        if rule not in REQUIRED or statement.words[0] != "default":
            continue
        entry = f"{PACKAGE.replace('.', '/')}/{rule}"
        try:
            alone = Evaluator({name: f"package {PACKAGE}\n{' '.join(statement.words)}\n"}, (entry,))
            (value,) = alone.ask((entry,), {})
        except Failure as failure:
            raise PolicyError(
                f"{name}:{statement.line}: the default of '{rule}' fails ({failure}); mend it."
            ) from failure
        closed = value is False if rule == "visible" else isinstance(value, dict) and value.get("verdict") == "deny"
        if not closed:
            raise PolicyError(
                f"{name}:{statement.line}: the default of '{rule}' is not closed; make it {REQUIRED[rule]}."
            )


def _values(modules: dict[str, str], entrypoints: list[str], given: dict[str, Any]) -> dict[str, Any]:
    evaluator = Evaluator(modules, tuple(entrypoints))
    found: dict[str, Any] = {}
    for entrypoint in entrypoints:
        try:
            (value,) = evaluator.ask((entrypoint,), given)
        except Failure as failure:
            value = f"failed: {failure}"
        if value is not UNDEFINED:
            found[entrypoint] = value
    return found


def _answers(modules: dict[str, str], inputs: dict[str, Any]) -> None:
    names = ", ".join(sorted(modules))
    evaluator = Evaluator(modules, ENTRYPOINTS)
    for name, given in {"an empty input": {}, **inputs}.items():
        begun = time.process_time()
        try:
            answers = evaluator.ask(ENTRYPOINTS, given)
        except Failure as failure:
            raise PolicyError(f"{names}: the policy fails on {name} ({failure}); mend its rules.") from failure
        taken = time.process_time() - begun
        if UNDEFINED in answers:
            raise PolicyError(f"{names}: the policy is undefined on {name}; give it defaults.")
        if taken > SLOWEST_SECONDS:
            raise PolicyError(
                f"{names}: {name} takes {taken:.1f} s of CPU time (at most {SLOWEST_SECONDS:g} s); make its rules simpler."
            )


def _end_when_too_large() -> None:
    """The engine reserves 256 GB of addresses, so a limit of the operating system cannot bound what it really uses."""
    while _resident() < _MEMORY_BYTES:
        time.sleep(0.02)
    sys.stderr.write(f"it took more than {_MEMORY_BYTES >> 20} MiB of memory\n")
    sys.stderr.flush()
    os._exit(1)


def _resident() -> int:
    """Bytes in memory now. The peak that getrusage tells begins at what the server had that started this process
    (measured: Linux keeps it over fork and exec), so it serves only where there is no /proc."""
    try:
        return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return _peak() - _PEAK_BEFORE


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


_PEAK_BEFORE = _peak()

if __name__ == "__main__":
    threading.Thread(target=_end_when_too_large, daemon=True).start()
    # The engine may print; only the result may reach the real stdout.
    result = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(attempt(json.load(sys.stdin)), result)
    result.close()
