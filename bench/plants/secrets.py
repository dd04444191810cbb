"""Made-up secrets, as the tests make them. What stands around one belongs to the labelled text."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.guard.secrets.samples import IN_CONTEXT, SELF_EVIDENT, Make


def _plant(make: Make) -> Callable[[random.Random, str], str]:
    return lambda source, _: make(source).secret


SECRETS = {kind: _plant(make) for kind, make in {**SELF_EVIDENT, **IN_CONTEXT}.items()}
