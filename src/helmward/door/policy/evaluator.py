"""regopy, one interpreter a thread, with everything odd turned into a Failure.

Measured traps of regopy 1.5.2 that this file answers:
- An interpreter shared by threads answers one caller with another's input: each thread has its own.
- Strings enter unescaped: a name `x","verdict":"allow` would write into the answer, and NUL ends a string. They go in escaped.
- Whole numbers beyond 64 bits wrap around: they are refused.
- A regular expression over a long text ends the process (50,000 characters are enough): texts are bounded, and a policy is
  tried on texts of that length before it is used.
- Some errors come back as text under `ok()`, which is then no JSON.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

from regopy import Bundle, Interpreter, Node, Output, RegoError
from regopy.rego_shared import LogLevel, NodeKind, rego_node_get, rego_node_size, rego_node_type, rego_node_value

DECISION, VISIBLE = ENTRYPOINTS = ("helmward/door/decision", "helmward/door/visible")
LONGEST_TEXT = 253
"""Characters: the longest name that Kubernetes has (a DNS subdomain, RFC 1123)."""
UNDEFINED = object()
"""What a rule that holds for no reason answers; no default stood in for it."""
_MESSAGE = re.compile(r"\(errormsg (\d+):")
_PLACE = re.compile(r"\(error \d+:[^|]*\|(\d+)\|")
_ERRORS = (RegoError, ValueError, TypeError, KeyError, IndexError, RecursionError)


class Failure(Exception):
    """The engine could not answer; the text says why. `offset` is where in the module, in bytes, if the engine knows."""

    def __init__(self, why: str, offset: int | None = None) -> None:
        super().__init__(why)
        self.offset = offset

    def line(self, text: str) -> int:
        """The line in the module's text, from 1."""
        return text.encode()[: self.offset or 0].count(b"\n") + 1


class Evaluator:
    """Modules, compiled once a thread, and asked by entry points such as `helmward/door/decision`."""

    def __init__(self, modules: Mapping[str, str], entrypoints: tuple[str, ...]) -> None:
        self._modules = dict(modules)
        self._entrypoints = entrypoints
        self._local = threading.local()

    def ask(self, entrypoints: tuple[str, ...], given: Any) -> list[Any]:
        """What each entry point says about an input of plain JSON values. Raises Failure."""
        interpreter, bundle = self._compiled()
        try:
            interpreter.set_input(escaped(given))
            return [_answer(interpreter.query_bundle_entrypoint(bundle, entrypoint)) for entrypoint in entrypoints]
        except _ERRORS as error:
            raise Failure(_sentence(error)) from error

    def _compiled(self) -> tuple[Interpreter, Bundle]:
        pair: tuple[Interpreter, Bundle] | None = getattr(self._local, "pair", None)
        if pair is None:
            pair = self._local.pair = compiled(self._modules, self._entrypoints)
        return pair


def interpreter() -> Interpreter:
    """A silent, strict interpreter."""
    made = Interpreter()
    made.log_level = LogLevel.NONE
    made.strict_built_in_errors = True
    return made


def parse(name: str, text: str) -> None:
    """Read one module. Raises Failure with the place."""
    try:
        interpreter().add_module(name, text)
    except _ERRORS as error:
        place = _PLACE.search(str(error))
        raise Failure(_sentence(error), int(place[1]) if place else None) from error


def compiled(modules: Mapping[str, str], entrypoints: tuple[str, ...]) -> tuple[Interpreter, Bundle]:
    """A new interpreter and the modules compiled for these entry points. Raises Failure."""
    made = interpreter()
    try:
        for name, text in modules.items():
            made.add_module(name, text)
        bundle = made.build(None, entrypoints)
    except _ERRORS as error:
        raise Failure(_sentence(error)) from error
    if not bundle.ok():
        raise Failure(_told(bundle.node()) or "it does not compile")
    return made, bundle


def escaped(value: Any) -> Any:
    """The value as regopy must be given it: strings as JSON writes them between its quotes. Raises ValueError."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"a text has {len(value)} characters (at most {LONGEST_TEXT})")
        return encode_basestring(value)[1:-1]
    if isinstance(value, dict):
        return {escaped(key): escaped(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(each) for each in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("a number does not fit into 64 bits")
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise ValueError("a number is not finite")
    return value


def _answer(output: Output) -> Any:
    if not output.ok():
        raise Failure(_told(output.node()) or "the engine gave an error without a text")
    expressions = output.results[0].expressions if output.results else []
    return expressions[0] if expressions else UNDEFINED


def _told(node: Node) -> str:
    """The messages of an error's tree; the class Node cannot show them."""
    found: list[str] = []

    def walk(inner: Any) -> None:
        if rego_node_type(inner) == NodeKind.ErrorMessage:
            found.append(rego_node_value(rego_node_get(inner, 0)) if rego_node_size(inner) else rego_node_value(inner))
        for index in range(rego_node_size(inner)):
            walk(rego_node_get(inner, index))

    walk(node._impl)
    return "; ".join(each for each in found if each)


def _sentence(error: Exception) -> str:
    text = str(getattr(error, "doc", None) or error)
    told = _MESSAGE.search(text)
    if told:
        return text[told.end() : told.end() + int(told[1])]
    return text.strip() or type(error).__name__
