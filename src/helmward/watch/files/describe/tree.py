"""Indented text as a tree: `Key:  value` lines, what is indented under them, and lines without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_KEY = re.compile(r"(?P<key>[^\s:][^:]*?):(?:\s+(?P<value>.*))?")
_MOST_LINES = 200_000
NOTHING = frozenset({"<none>", "<unset>", "<unknown>", ""})


@dataclass(slots=True)
class Node:
    """One line with its children. `text` is the whole line, `key` and `value` its parts ("" without a key)."""

    indent: int
    line: int
    text: str
    key: str = ""
    value: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, key: str) -> Node | None:
        """The first child of that key."""
        return next((node for node in self.children if node.key == key), None)

    def get(self, key: str) -> str:
        """The value of the first child of that key; "" for none and for `<none>`, `<unset>`, `<unknown>`."""
        node = self.child(key)
        return "" if node is None or node.value in NOTHING else node.value

    def under(self, key: str) -> list[Node]:
        """The children of the first child of that key."""
        node = self.child(key)
        return node.children if node is not None else []

    def pairs(self, key: str) -> list[str]:
        """A value that goes on over the following lines, aligned under its first (labels, taints, tolerations)."""
        node = self.child(key)
        if node is None:
            return []
        lines = [node.value, *(line.text for inner in node.children for line in inner.walk())]
        return [line for line in lines if line not in NOTHING]

    def walk(self) -> Iterator[Node]:
        """This node and everything under it, in the order of the text."""
        yield self
        for node in self.children:
            yield from node.walk()


def parse(lines: list[tuple[int, str]]) -> Node:
    """The tree of numbered lines. Blank lines are dropped; what is indented deeper belongs to the line above."""
    root = Node(-1, lines[0][0] if lines else 1, "")
    stack = [root]
    for number, content in lines[:_MOST_LINES]:
        stripped = content.strip()
        if not stripped:
            continue
        indent = len(content) - len(content.lstrip())
        while stack[-1].indent >= indent and len(stack) > 1:
            stack.pop()
        node = _node(indent, number, stripped)
        stack[-1].children.append(node)
        if len(stack) < 60:
            stack.append(node)
    return root


def _node(indent: int, number: int, text: str) -> Node:
    match = _KEY.fullmatch(text)
    if match is None:
        return Node(indent, number, text)
    return Node(indent, number, text, match["key"], (match["value"] or "").strip())
