"""The grammar (lark, LALR): how terminals stand together. Words may come in any order, as they do in speech and between English
and Korean; what is fixed is which number, name or place belongs to what stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark import Lark, Tree
from lark import Token as Terminal
from lark.lexer import Lexer

from helmward.ask.names import Named, Near
from helmward.ask.tags import BY_HAND, CHANGES, JOINTS, MARKS, READS, SLOTS
from helmward.ask.tokens import Token

_TERMINALS = (*CHANGES, *BY_HAND, *READS, *MARKS, *JOINTS, *SLOTS)

_GRAMMAR = f"""
start: part*
?part: target | place | nowhere | revision | count | relative | former | kind | head | mark | stray
target: OF? NAME | OF? ID | OF? EITHER | FROM NAME | IN NAME
place: IN? PLACE | OF PLACE | FROM PLACE | IN EITHER
nowhere: IN UNKNOWN
revision: REVISION NUMBER | NUMBER REVISION
count: TO? NUMBER | IN NUMBER
relative: BY NUMBER
former: FROM NUMBER
kind: OF? KIND
head: {" | ".join((*CHANGES, *BY_HAND, *READS))}
mark: {" | ".join(MARKS)}
stray: {" | ".join((*JOINTS, "REVISION"))}
%declare {" ".join(_TERMINALS)}
"""


class _Given(Lexer):
    """The terminals are made by tokens.py; lark takes them as they are."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Terminal]:  # type: ignore[override]
        for token in data:
            terminal = Terminal(token.tag, token.text)
            terminal.value = token
            yield terminal


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer=_Given)


@dataclass
class Reading:
    """What stands in the words. `tags` are the heads and marks in order, `phrases` what was said for each; `ids` those of
    incidents, plans and actions; `nowhere` words where a place should be; `exactly`: a number stands
    behind "to", `direction` is up or down where that was said with it; `guesses` names that are
    close to an unknown word; `near` all names that an
    unknown word may mean; `former` the number something shall change from; `container`
    and `confirmed` come from answers to questions."""

    tags: list[str] = field(default_factory=list)
    phrases: dict[str, list[str]] = field(default_factory=dict)
    targets: list[Named] = field(default_factory=list)
    places: list[Named] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    relative: bool = False
    exactly: bool = False
    direction: str = ""
    former: list[int] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    kind_words: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    guesses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    container: str = ""
    confirmed: bool = False

    def has(self, *tags: str) -> bool:
        """Does one of these tags stand in it?"""
        return any(tag in self.phrases for tag in tags)

    def add(self, tag: str, phrase: str) -> None:
        """Note a head or a mark."""
        self.tags.append(tag)
        self.phrases.setdefault(tag, []).append(phrase)


def parse(tokens: list[Token]) -> Reading:
    """The roles that the terminals play. Any sequence of terminals can be read; what it means is decided later."""
    tree: Tree[Any] = _parser().parse(tokens)
    reading = Reading()
    for part in tree.children:
        assert isinstance(part, Tree)
        _enter(
            reading, str(part.data), [terminal.value for terminal in part.children if isinstance(terminal, Terminal)]
        )
    return reading


def _enter(reading: Reading, role: str, tokens: list[Token]) -> None:
    last = tokens[-1]
    if role in ("target", "place"):
        _named(reading, role, last)
    elif role == "nowhere":
        reading.nowhere.append(last.text)
    elif role in ("count", "relative", "former", "revision"):
        _number(reading, role, next(token for token in tokens if token.tag == "NUMBER").value)
        if tokens[0].tag == "IN" and tokens[0].text != "on":
            reading.add("IN", tokens[0].text)
        reading.exactly |= role == "count" and tokens[0].tag == "TO"
        reading.direction = (
            tokens[0].text.partition(" ")[0] if tokens[0].text in ("up to", "down to") else reading.direction
        )
    elif role == "kind":
        reading.kinds.append(str(last.value))
        reading.kind_words.append(last.text)
    else:
        reading.relative |= role == "stray" and last.tag == "BY"
        reading.add(last.tag, last.text)
        if last.tag == "UNKNOWN":
            reading.unknown.append(last.text)
            if isinstance(last.value, Near):
                reading.near += last.value.names
                if last.value.close:
                    reading.guesses[last.text] = last.value.names


def _named(reading: Reading, role: str, token: Token) -> None:
    if token.tag == "ID":
        reading.ids.append(token.text)
        return
    assert isinstance(token.value, Named)
    (reading.targets if role == "target" else reading.places).append(token.value)
    if token.value.near:
        reading.notes.append(f"'{token.text}' was read as {token.value.name}")


def _number(reading: Reading, role: str, number: Any) -> None:
    if role == "revision":
        reading.revisions.append(number)
    elif role == "former":
        reading.former.append(number)
    else:
        reading.counts.append(number)
        reading.relative |= role == "relative"
