"""Label selectors as Kubernetes evaluates them (labels.Selector, LabelSelectorAsSelector)."""

from __future__ import annotations

from collections.abc import Mapping

from helmward.world.views import Selector

Labels = Mapping[str, str]


def matches_labels(wanted: Labels, labels: Labels | None) -> bool:
    """Every wanted pair is there (Service.spec.selector, matchLabels). An empty selector matches everything."""
    return wanted.items() <= (labels or {}).items()


def matches(selector: Selector, labels: Labels | None) -> bool:
    """matchLabels and matchExpressions together."""
    have = labels or {}
    return matches_labels(selector.match_labels or {}, have) and all(
        _holds(expression.key, expression.operator, expression.values, have)
        for expression in selector.match_expressions
    )


def _holds(key: str, operator: str, values: tuple[str, ...], labels: Labels) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
