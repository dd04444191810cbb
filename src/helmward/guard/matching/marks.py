"""What stands where something was masked: `[secrets/aws-access-key]`, or `[pii/email:k3x7-1]` where it can be restored."""

from __future__ import annotations

import re

_RULE = r"[a-z]{2,16}(?:-[a-z]{2,16})?/(?:[a-z]{1,16}[0-9]?-){0,5}[a-z]{1,16}[0-9]?"
"""What guards and rules are called: words. Were any letters and digits a name, a card number between brackets would be one."""

# A mark is never scanned again, and nothing is matched across one.
MARK = re.compile(rf"\[{_RULE}(?::[a-z][a-z0-9]{{3}}-[0-9]{{1,6}})?\]")
MARK_BEGINS = re.compile(r"\[[a-z-]{2,20}/[a-z]")


def mark(rule: str) -> str:
    """The text that stands where a find of this rule was."""
    return f"[{rule}]"
