"""What is wrong with a policy's text that the engine itself would let pass in silence.

Measured with regopy 1.5.2: a builtin that is not implemented, a name that nothing defines and a field that no input has are
all *undefined*, so `not x` holds; `with` ends the whole process; a clock in a policy would outlive its cached answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from regopy import Interpreter

from helmward.door.policy.errors import PolicyError
from helmward.door.policy.lexer import KEYWORDS, Statement, Token, package, rules, statements
from helmward.door.policy.request import fields
from helmward.door.policy.variables import bound, follows_dot

PACKAGE = "helmward.door"
REQUIRED = {"decision": '{"verdict": "deny", "reason": "No rule allows this."}', "visible": "false"}
# Their answer is another one at another time or place, and answers are cached.
UNSTEADY = frozenset({"time.now_ns", "rand.intn", "uuid.rfc4122", "opa.runtime", "io.jwt.decode_verify"})


def check(modules: Mapping[str, str]) -> None:
    """Of modules that parse: raises PolicyError at the first thing that must not be, in the order of files, then lines."""
    known = {package(text): set[str]() for text in modules.values()}
    for text in modules.values():
        known[package(text)] |= {name for name, _ in rules(text)}
    for name in sorted(modules):
        _Module(name, modules[name], known).check()
    for rule, example in REQUIRED.items():
        if not any(_defaults(text, rule) for text in modules.values() if package(text) == PACKAGE):
            where = ", ".join(sorted(modules)) or "the policy"
            raise PolicyError(
                f"{where}: package {PACKAGE} has no default for '{rule}', so what no rule names would be undefined; "
                f"add `default {rule} := {example}`."
            )


def _defaults(text: str, rule: str) -> bool:
    return any(name == rule and found.words[0] == "default" for name, found in rules(text))


class _Module:
    """One module under examination."""

    def __init__(self, name: str, text: str, known: Mapping[str, set[str]]) -> None:
        self.name, self.text, self.known = name, text, known
        self.rules = known[package(text)]
        self.imports = dict(_imports(text))

    def check(self) -> None:
        for statement in statements(self.text):
            if statement.words[0] not in ("package", "import"):
                self._statement(statement)

    def _statement(self, statement: Statement) -> None:
        names = self.rules | set(self.imports) | bound(statement)
        for index, token in enumerate(statement.tokens):
            if token.kind == "sign" and token.text == "$":
                self._refuse(token, "template strings are not read by these checks; use sprintf")
            if token.text == "with" and token.kind == "name":
                self._refuse(token, "`with` can end the engine and the server with it; pass the value to a function")
            if token.kind == "name" and not follows_dot(statement.tokens, index):
                path, called = _reference(statement.tokens, index)
                self._reference(token, path, called, names)

    def _reference(self, token: Token, path: list[str], called: bool, names: set[str]) -> None:
        path = [*self.imports.get(path[0], path[:1]), *path[1:]]
        if path[0] == "input":
            self._field(token, path)
        elif path[0] == "data":
            self._data(token, path)
        elif called and path[0] not in self.rules:
            self._call(token, ".".join(path))
        elif not called and path[0] not in KEYWORDS | names:
            self._refuse(token, f"nothing defines '{path[0]}'; it would be undefined, and `not {path[0]}` would hold")

    def _call(self, token: Token, name: str) -> None:
        if name in UNSTEADY:
            self._refuse(token, f"{name} answers differently each time, and answers are kept; use input.windows")
        if name not in KEYWORDS and not implemented(name):
            self._refuse(token, f"the builtin {name} is not implemented here; write the rule without it")

    def _field(self, token: Token, path: list[str]) -> None:
        inner: dict[str, Any] = fields()
        for depth, step in enumerate(path[1:], 2):
            if step not in inner:
                self._refuse(token, f"the input has no field {'.'.join(path[1:depth])}; it has {', '.join(inner)}")
            inner = inner[step]
            if not inner:
                return

    def _data(self, token: Token, path: list[str]) -> None:
        steps = ".".join(path[1:])
        for name, own in self.known.items():
            rest = steps.removeprefix(name + ".").split(".")[0] if steps.startswith(name + ".") else ""
            if rest in own or name == steps or name.startswith(steps + "."):
                return
        self._refuse(token, f"nothing defines data.{steps}; name a rule of this policy")

    def _refuse(self, token: Token, why: str) -> None:
        raise PolicyError(f"{self.name}:{token.line}: {why}.")


@cache
def implemented(name: str) -> bool:
    """True if the engine at hand can compute this builtin: it is asked, not looked up."""
    return bool(Interpreter().is_builtin(name))


def _imports(text: str) -> Iterator[tuple[str, list[str]]]:
    for statement in statements(text):
        words = [word for word in statement.words if word != "."]
        if words[0] != "import" or words[1] in ("rego", "future"):
            continue
        alias = words[words.index("as") + 1] if "as" in words else words[-1]
        yield alias, words[1 : words.index("as") if "as" in words else None]


def _reference(words: tuple[Token, ...], index: int) -> tuple[list[str], bool]:
    """The constant path that begins at a name (`http.send`, `http["send"]`) and whether it is called."""
    path, at = [words[index].text], index + 1
    while at + 1 < len(words):
        if words[at].text == "." and words[at + 1].kind == "name":
            path.append(words[at + 1].text)
            at += 2
        elif words[at].text == "[" and words[at + 1].kind == "string" and words[at + 2 : at + 3][0].text == "]":
            path.append(words[at + 1].text[1:-1])
            at += 3
        else:
            break
    return path, at < len(words) and words[at].text == "(" and words[index].text not in KEYWORDS - {"contains"}
