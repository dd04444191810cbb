"""Rego text as tokens and statements, with lines. The engine parses; this finds what the engine lets pass, and where it stands.

Source of the lexical rules: Rego's grammar (openpolicyagent.org/docs/policy-reference, "Grammar").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<number>\d[\w.]*)|(?P<line>\n)|(?P<sign>:=|==|!=|<=|>=|[^\s\w])"""
)
KEYWORDS = frozenset(
    {"as", "contains", "default", "else", "every", "false", "if", "import", "in", "input", "data"}
    | {"not", "null", "package", "set", "some", "true", "with"}
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
# After these a statement goes on in the next line; before `else` it went on from the line above.
_GOES_ON = frozenset(
    {":=", "=", "if", "contains", "in", "else", "with", "as", ",", "default", ".", "not"}
    | {"==", "!=", "<", ">", "<=", ">=", "|", "&", "+", "-", "*", "/", "%"}
)


class Token(NamedTuple):
    """A word of a module: `kind` is name, string, number or sign; `line` counts from 1."""

    kind: str
    text: str
    line: int


class Statement(NamedTuple):
    """A package clause, an import or one rule, as its tokens."""

    tokens: tuple[Token, ...]

    @property
    def line(self) -> int:
        return self.tokens[0].line

    @property
    def words(self) -> list[str]:
        return [token.text for token in self.tokens]


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a module, without comments."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("comment", "line"):
            yield Token(kind, match[0], line)
        line += match[0].count("\n")


def statements(text: str) -> list[Statement]:
    """The top-level statements of a module, in order."""
    found: list[list[Token]] = []
    depth = 0
    for token in tokens(text):
        if not found or (depth == 0 and _begins(found[-1][-1], token)):
            found.append([])
        found[-1].append(token)
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
    return [Statement(tuple(each)) for each in found]


def _begins(last: Token, token: Token) -> bool:
    goes_on = last.text in _GOES_ON or token.kind != "name" or token.text in ("else", "if", "in")
    return token.line > last.line and not goes_on


def package(text: str) -> str:
    """The package of a module, "" if it names none."""
    for statement in statements(text):
        if statement.words[0] == "package":
            return "".join(statement.words[1:])
    return ""


def rules(text: str) -> Iterator[tuple[str, Statement]]:
    """Every rule of a module with its name: `deny` for `deny["x"] := …` and for `default deny := …`."""
    for statement in statements(text):
        words = statement.words
        if words[0] in ("package", "import"):
            continue
        name = words[1] if words[0] == "default" and len(words) > 1 else words[0]
        yield name, statement
