"""Plain language, answered: a typed command, planned or read; a model's answer as far as evidence shows it."""

from helmward.house.asking.asking import Asking, asking

__all__ = ["Asking", "asking"]
