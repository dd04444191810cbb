"""The terminals of the grammar, by what they do in a sentence."""

from __future__ import annotations


def _tags(names: str) -> tuple[str, ...]:
    return tuple(names.split())


CHANGES = _tags("RESTART SCALE SCALE_UP SCALE_DOWN ROLLBACK REVERT UNDO DELETE RESTORE MEND DENY")
"""Heads that ask for a change."""

SCALES = _tags("SCALE SCALE_UP SCALE_DOWN")

BY_HAND = _tags("APPROVE KILLSWITCH REVIVE FORCE ACK SUPPRESS")
"""Heads of what words never do."""

READS = _tags(
    "WHY EXPLAIN BROKEN INCIDENTS STATUS LOGS EVENTS DESCRIBE GET LIST TOP HISTORY ACTIONS CHANGES HELP DECISIONS"
)
"""Heads of questions."""

MARKS = _tags(
    "PREVIOUS WARNING SHOW REPLICAS IT THERE AGAIN NO YES CANCEL LAST ALL AND NOT IF TIME ASK MENTION FILLER DOUBLE NOTOOL "
    "DATA UNKNOWN QMARK RANGE ODD OPTION BACK PRIOR KEEPS PADDING"
)
JOINTS = _tags("IN OF TO BY FROM")
SLOTS = _tags("NAME PLACE EITHER ID NUMBER REVISION KIND")

IN_A_CHANGE = frozenset(
    (
        *CHANGES,
        *BY_HAND,
        *JOINTS,
        *_tags("FILLER PADDING REPLICAS REVISION IT THERE LAST YES DOUBLE RANGE ODD UNKNOWN BROKEN NO AND AGAIN"),
        *_tags("PREVIOUS OPTION BACK PRIOR"),
    )
)
"""All that may stand in an order. Any other word makes a question, a condition or a story of it."""

QUIET = frozenset(_tags("FILLER NO YES IT REPLICAS SCALE LAST TO IN OF FROM REVISION AGAIN THERE AND QMARK"))
"""What may stand beside the answer to a question, or beside what is put right."""

WEAK = frozenset(
    ("set", "change", "make", "make it", "adjust", "up", "add", "drop", "grow", "raise", "lower", "shrink", "reduce",
     "replicas =", "put", "bring")
)  # fmt: skip
WEAK_STEMS = _tags("설정 변경 조정 맞춰 바꿔 확장 키워 내려")
"""Words that ask for another number of replicas only where a number or replicas stand by them."""
