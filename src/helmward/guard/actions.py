"""What is done about a find: by the settings' first entry that fits, else by the rule's own default; and what the finds say of
the class of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from helmward.core.errors import UsageError
from helmward.core.model import DATA_CLASSES, DataClass
from helmward.core.settings_guard import RuleSettings
from helmward.guard.contract import ACTIONS, Action, Guard, Hit, Role, Rule, Span

FAILED, TOO_SLOW = "guard/failed", "guard/too-slow"
"""Rules of what is no find: a guard raised, or took too long. They always block."""


class Actions:
    """Decides over spans. Raises UsageError for an entry whose rule no guard has."""

    def __init__(self, guards: Sequence[Guard], settings: Sequence[RuleSettings]) -> None:
        self._rules = {f"{guard.name}/{rule.name}": rule for guard in guards for rule in guard.rules}
        self._settings = tuple(settings)
        for entry in settings:
            if not any(fnmatchcase(name, entry.rule) for name in self._rules):
                raise UsageError(
                    f"guard.rules: no guard has a rule '{entry.rule}'; `helmward guard rules` lists those that there are."
                )
        self._action = lru_cache(maxsize=4096)(self._decided)

    def hits(self, spans: Iterable[Span], role: Role, least: DataClass) -> list[Hit]:
        """The spans with what is done about each, by its own class of data and that which the text has anyhow: so a stream
        need not know what is still to come."""
        return [Hit(*span, self._action(span.rule, role, least)) for span in spans]

    def action(self, rule: str, role: Role, least: DataClass = "public") -> Action:
        """What is done about a find of this rule."""
        return self._action(rule, role, least)

    def data_class(self, rules: Iterable[str], least: DataClass = "public") -> DataClass:
        """The class of a text in which these rules found something."""
        found = (rule.raises for name in rules if (rule := self._rules.get(name)) is not None)
        return highest(least, *(raised for raised in found if raised is not None))

    def _decided(self, rule: str, role: Role, least: DataClass) -> Action:
        data_class = self.data_class((rule,), least)
        for entry in self._settings:
            if (
                fnmatchcase(rule, entry.rule)
                and (not entry.roles or role in entry.roles)
                and (not entry.classes or data_class in entry.classes)
            ):
                return entry.action
        known: Rule | None = self._rules.get(rule)
        return known.action if known is not None else "block"


def strictest(actions: Iterable[Action]) -> Action:
    """The strictest of them; allow for none."""
    return max(actions, key=ACTIONS.index, default="allow")


def highest(*classes: DataClass) -> DataClass:
    """The most confidential of them."""
    return max(classes, key=DATA_CLASSES.index)
