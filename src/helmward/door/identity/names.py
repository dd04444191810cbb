"""Names of actors and tokens: which ones may be given, and which are Helmward's own."""

from __future__ import annotations

import re

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.guard.secrets import mask_value

LOCAL, ADMINISTRATOR = "local", "administrator"
"""The token of commands run as the server's user, made anew at each start; and the one whose text lies beside the keys."""

HOUSE = frozenset({"helmward", "heal"})
"""What the house does by itself, it does under these names, without a token."""

_OWN = HOUSE | {LOCAL, ADMINISTRATOR}
_ACTOR = re.compile(r"[a-z0-9]([a-z0-9._@+-]{0,61}[a-z0-9])?")


def token_name(text: str) -> str:
    """The name for a token. Raises UsageError for one that is empty, unprintable, long or Helmward's own."""
    name = text.strip()
    if not name or not name.isprintable() or len(name) > 100:
        raise UsageError("A token needs a name, in at most 100 plain characters, that says who uses it.")
    return _free(name)


def actor_name(text: str) -> str:
    """The name for an actor. Raises UsageError for what is no such name."""
    if not _ACTOR.fullmatch(text):
        raise UsageError(
            f"'{one_line(text, 40)}' is no name of an actor; it takes at most 63 of a-z, 0-9 and . _ @ + -, "
            "and begins and ends with a letter or a digit."
        )
    return _free(text)


def _free(name: str) -> str:
    if name.casefold() in _OWN:
        raise UsageError(f"The name '{name}' is Helmward's own; choose another one.")
    if mask_value("target", name) != name or mask_value("name", name) != name:
        raise UsageError("This name looks like a secret, which the audit log would hide; choose another one.")
    return name
