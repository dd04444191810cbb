"""What is said of a guard that failed: which error and where, never its words, in which the text may stand."""

from __future__ import annotations

import logging
import traceback

_log = logging.getLogger(__name__)


def told(error: Exception) -> None:
    """Tell whoever runs Helmward, in its log; the text is blocked whatever is said."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    _log.error("A guard failed (%s at %s), so the text was blocked; please report it.", type(error).__name__, where)
