"""The policy of the house: loaded once, checked, then asked. Whatever is odd about an answer makes it a deny."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from helmward.core.plans import Decision, Verdict
from helmward.core.text import one_line
from helmward.core.typed import convert
from helmward.door.policy import trial
from helmward.door.policy.cache import Answers
from helmward.door.policy.errors import PolicyError
from helmward.door.policy.evaluator import DECISION, ENTRYPOINTS, UNDEFINED, VISIBLE, Evaluator, Failure
from helmward.door.policy.examples import Example, read_examples
from helmward.door.policy.request import Request, plain, read, sight
from helmward.door.policy.synthetic import synthetic

DEFAULT = Path(__file__).parent / "default"
_KEPT_ANSWERS = 8192
_INPUT_BYTES = 64 * 1024
_LONGEST_REASON = 1000
_FAILURES = (Failure, msgspec.MsgspecError, ValueError, TypeError, RecursionError)


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What a policy's `decision` must look like."""

    verdict: Verdict
    reason: str
    approvers: tuple[str, ...] = ()
    rule: str = ""


class Policy:
    """A set of Rego modules that was checked and tried. Made by `load`; safe to use from many threads at once."""

    def __init__(self, modules: Mapping[str, str], tests: Mapping[str, str], examples: tuple[Example, ...]) -> None:
        self.modules, self.tests, self.examples = dict(modules), dict(tests), examples
        self.hash = _hash(modules)
        self._evaluator = Evaluator(modules, ENTRYPOINTS)
        self._decisions: Answers[Decision] = Answers(_KEPT_ANSWERS)
        self._sights: Answers[tuple[bool]] = Answers(_KEPT_ANSWERS)

    def decide(self, given: Request | Mapping[str, Any]) -> Decision:
        """allow, ask or deny; a tool that this actor must not see is a deny. Never raises: a request that does not fit, or a
        policy that fails, is a deny that says so."""
        try:
            request = read(given)
            key = _key(request)
            decision = self._decisions.get(key)
            if decision is None:
                decision = self._decision(request, key)
                self._decisions.put(key, decision)
            return decision
        except _FAILURES as failure:
            why = one_line(str(failure), _LONGEST_REASON).removesuffix(".")
            return Decision(
                verdict="deny", reason=f"The policy failed, so nothing is allowed: {why}.", rule="policy-failure"
            )

    def visible(self, given: Request | Mapping[str, Any]) -> bool:
        """True if this actor may see the tool at all. Never raises: what fails is not visible."""
        try:
            return self._visible(read(given))
        except _FAILURES:
            return False

    def _visible(self, request: Request) -> bool:
        key = _key(sight(request))
        seen = self._sights.get(key)
        if seen is None:
            seen = (_boolean(self._evaluator.ask((VISIBLE,), plain(key))[0]),)
            self._sights.put(key, seen)
        return seen[0]

    def _decision(self, request: Request, key: bytes) -> Decision:
        decision = _decision(self._evaluator.ask((DECISION,), plain(key))[0])
        if decision.verdict == "deny" or self._visible(request):
            return decision
        return Decision(verdict="deny", reason="The policy does not show this tool to this actor.", rule="not-visible")


def load(sources: Mapping[str, str], deadline: float = trial.DEADLINE_SECONDS, kept: Path | None = None) -> Policy:
    """The policy in these files (name → text): `*.rego` modules, `*_test.rego` tests, `*.yaml` and `*.json` examples.

    Raises PolicyError, in one sentence, for what does not parse, has no closed default, uses what the engine does not
    implement or what nothing defines, fails or conflicts on an example, or is slow. Takes `deadline` seconds at most, in a
    process of its own: call it off the event loop. `kept` remembers the last policy that passed (trial.tried).
    """
    texts = {name: _canonical(text) for name, text in sources.items()}
    tests = {name: text for name, text in texts.items() if name.endswith("_test.rego")}
    modules = {name: text for name, text in texts.items() if name.endswith(".rego") and name not in tests}
    if not modules:
        raise PolicyError("The policy has no .rego file; give it one, or none at all to use the default policy.")
    examples = tuple(example for name in sorted(texts) for example in read_examples(name, texts[name]))
    inputs = {f"the example '{example.name}'": msgspec.to_builtins(example.input) for example in examples}
    trial.tried(modules, {**inputs, **synthetic()}, deadline, kept)
    return Policy(modules, tests, examples)


def load_folder(path: Path | None, deadline: float = trial.DEADLINE_SECONDS, kept: Path | None = None) -> Policy:
    """The policy of a folder, or the shipped default if there is none. Raises PolicyError as `load` does."""
    folder = path or DEFAULT
    try:
        files = [each for each in sorted(folder.iterdir()) if each.suffix in (".rego", ".yaml", ".json")]
        sources = {each.name: each.read_text(encoding="utf-8") for each in files}
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"The policy folder {folder} cannot be read ({error}); mend it or name another.") from error
    return load(sources, deadline, kept)


def _canonical(text: str) -> str:
    return text.replace("\r\n", "\n").removeprefix("\ufeff")


def _hash(modules: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for part in (each for name in sorted(modules) for each in (name, modules[name])):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


def _key(request: Request) -> bytes:
    """The canonical text of a request: its fields in the order of their definition."""
    key = msgspec.json.encode(request)
    if len(key) > _INPUT_BYTES:
        raise Failure(f"the request has {len(key)} bytes (at most {_INPUT_BYTES})")
    return key


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Failure("'visible' is undefined" if value is UNDEFINED else "'visible' is neither true nor false")
    return value


def _decision(value: Any) -> Decision:
    if value is UNDEFINED:
        raise Failure("'decision' is undefined")
    answer = convert(value, _Answer)
    reason = one_line(answer.reason, _LONGEST_REASON)
    if not reason:
        raise Failure("'decision' gives no reason")
    return Decision(verdict=answer.verdict, reason=reason, approvers=answer.approvers, rule=one_line(answer.rule))
