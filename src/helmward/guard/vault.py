"""What was masked in one request, so that its own caller gets it back: placeholders, and a stream that restores them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from helmward.guard.matching.marks import MARK, mark

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Vault:
    """The placeholders of one request. They carry a chance of four characters, so that no text can name them beforehand."""

    def __init__(self) -> None:
        self._chance = ""
        self._kept: dict[str, str] = {}
        self._given: dict[tuple[str, str], str] = {}

    def mask(self, rule: str, text: str) -> str:
        """The placeholder of a text that a rule found; the same text gets the same one."""
        known = self._given.get((rule, text))
        if known is None:
            self._chance = self._chance or _chance()
            known = mark(f"{rule}:{self._chance}-{len(self._kept) + 1}")
            self._given[rule, text] = known
            self._kept[known] = text
        return known

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Those that stand for something."""
        return tuple(self._kept)

    def restore(self, text: str) -> str:
        """`text` with what its placeholders stand for."""
        if not self._kept or f":{self._chance}-" not in text:
            return text
        return MARK.sub(lambda match: self._kept.get(match.group(), match.group()), text)

    def stream(self) -> Restorer:
        """Restores a text that comes in pieces."""
        return Restorer(self.restore, self._kept)


class Restorer:
    """Restores placeholders across the pieces of a text; holds back what may be the beginning of one, and nothing else."""

    def __init__(self, restore: Callable[[str], str], known: dict[str, str]) -> None:
        self._restore, self._known, self._held = restore, known, ""

    def feed(self, text: str) -> str:
        """What can go out by now."""
        if not self._known:
            return text
        text = self._held + text
        at = text.rfind("[")
        if at >= 0 and any(
            placeholder.startswith(text[at:]) and placeholder != text[at:] for placeholder in self._known
        ):
            self._held = text[at:]
            return self._restore(text[:at])
        self._held = ""
        return self._restore(text)

    def end(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return held


def _chance() -> str:
    """Four characters, a letter first: a mark is not scanned, so no number may look like one."""
    return secrets.choice(_LETTERS[:24]) + "".join(secrets.choice(_LETTERS) for _ in range(3))
