"""Patterns as trees, by Python's own parser of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

PARSER: Any = import_module("re._parser")
CONSTANTS: Any = import_module("re._constants")
"""Its operators. Both are Python's own, since 3.11 under these names."""
