"""Generators of made-up finds (`PLANTS`, by rule: (source of chance, variant) → text) and of look-alikes (`DECOYS`)."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.guard.pii.samples import SAMPLES

from bench.plants.decoys import DECOYS
from bench.plants.secrets import SECRETS

PLANTS: dict[str, Callable[[random.Random, str], str]] = {**SECRETS, **SAMPLES}

__all__ = ["DECOYS", "PLANTS"]
