"""Made-up personal data of every rule: (source of chance, variant) → text, with the right check digits."""

from __future__ import annotations

from tests.guard.pii.money import MONEY
from tests.guard.pii.papers import PAPERS
from tests.guard.pii.papers_asia import ASIA
from tests.guard.pii.people import PEOPLE

SAMPLES = {**PEOPLE, **MONEY, **PAPERS, **ASIA}
