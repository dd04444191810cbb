"""The variables that a rule gives a value itself. A name that is none of them, and no rule either, is a slip of the pen."""

from __future__ import annotations

from helmward.door.policy.lexer import KEYWORDS, Statement, Token


def bound(statement: Statement) -> set[str]:
    """The variables that a rule gives a value itself: arguments, `some`, `every`, `:=`, unification, iteration."""
    found: set[str] = set()
    words = statement.tokens
    for index, token in enumerate(words):
        if token.kind != "name" or token.text in KEYWORDS or follows_dot(words, index):
            continue
        after = words[index + 1].text if index + 1 < len(words) else ""
        before = words[index - 1].text if index else ""
        iterates = before == "[" and after == "]" and index > 1 and _is_indexed(words[index - 2])
        if token.text == "_" or after in (":=", "=") or before == "=" or iterates:
            found.add(token.text)
    return found | _arguments(words) | _declared(words) | _destructured(words) | _walked(words)


def _is_indexed(word: Token) -> bool:
    return word.kind == "name" or word.text in (")", "]")


def _arguments(words: tuple[Token, ...]) -> set[str]:
    if len(words) < 2 or words[1].text != "(":
        return set()
    end = next((index for index, token in enumerate(words) if token.text == ")"), len(words))
    return {token.text for token in words[2:end] if token.kind == "name"}


def _declared(words: tuple[Token, ...]) -> set[str]:
    found: set[str] = set()
    for index, token in enumerate(words):
        if token.text in ("some", "every") and token.kind == "name":
            at = index + 1
            while at < len(words) and words[at].kind == "name" and words[at].text not in KEYWORDS:
                found.add(words[at].text)
                at += 2 if at + 1 < len(words) and words[at + 1].text == "," else 1
                if words[at - 1].text != ",":
                    break
    return found


def _destructured(words: tuple[Token, ...]) -> set[str]:
    found: set[str] = set()
    for index, token in enumerate(words):
        if token.text in (":=", "=") and index and words[index - 1].text == "]":
            start = next(at for at in range(index, -1, -1) if words[at].text == "[")
            found |= {inner.text for inner in words[start:index] if inner.kind == "name"}
    return found


def _walked(words: tuple[Token, ...]) -> set[str]:
    """`walk(x, [path, value])` gives both names their values."""
    found: set[str] = set()
    for index, token in enumerate(words):
        if token.text == "walk" and token.kind == "name":
            end = next((at for at in range(index, len(words)) if words[at].text == "]"), index)
            found |= {inner.text for inner in words[index:end] if inner.kind == "name"}
    return found


def follows_dot(words: tuple[Token, ...], index: int) -> bool:
    """True if the word there is a field of what stands before it."""
    return index > 0 and words[index - 1].text == "."
