"""Generators of made-up finds (`PLANTS`, by rule: (source of chance, variant) → text) and of look-alikes (`DECOYS`)."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.plants.decoys import DECOYS
from bench.plants.money import MONEY
from bench.plants.papers import PAPERS
from bench.plants.people import PEOPLE
from bench.plants.secrets import SECRETS

PLANTS: dict[str, Callable[[random.Random, str], str]] = {**SECRETS, **PEOPLE, **MONEY, **PAPERS}

__all__ = ["DECOYS", "PLANTS"]
