"""The table of every known kind of personal data, a file for each family."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.pii.kinds import america, asia, contact, europe, money, people

KINDS: tuple[Kind, ...] = (
    *contact.KINDS,
    *money.KINDS,
    *america.KINDS,
    *europe.KINDS,
    *asia.KINDS,
    *people.KINDS,
)

CONFIDENTIAL = frozenset({"email", "phone", "person-name", "date-of-birth", "street-address"})
"""Kinds by which a person is known and reached; all others are restricted."""

LONGEST = 512
"""Characters; no kind finds anything longer."""
