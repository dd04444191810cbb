"""What stands where something was masked: `[secrets/aws-access-key]`, or `[pii/email:k3x7-1]` where it can be restored."""

from __future__ import annotations

import re

# A mark is never scanned again, and nothing is matched across one.
MARK = re.compile(r"\[[a-z-]{2,20}/[a-z0-9-]{2,48}(?::[a-z0-9]{1,16}-[0-9]{1,6})?\]")
MARK_BEGINS = re.compile(r"\[[a-z-]{2,20}/[a-z0-9]")


def mark(rule: str) -> str:
    """The text that stands where a find of this rule was."""
    return f"[{rule}]"
