"""What injections say, as tables: a file for each thing they try."""

from helmward.guard.injection.phrases import (
    addressed,
    extraction,
    languages,
    loose,
    override,
    persona,
    pressure,
    roles,
    tools,
)
from helmward.guard.injection.phrases.addressed import HIDDEN
from helmward.guard.injection.phrases.notation import Phrase
from helmward.guard.injection.phrases.override import SQUASHED

PHRASES: tuple[Phrase, ...] = (
    *override.PHRASES,
    *extraction.PHRASES,
    *persona.PHRASES,
    *roles.PHRASES,
    *tools.PHRASES,
    *pressure.PHRASES,
    *addressed.PHRASES,
    *languages.PHRASES,
    *loose.PHRASES,
)

__all__ = ["HIDDEN", "PHRASES", "SQUASHED", "Phrase"]
