"""What can go wrong with the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helmward.core.errors import HelmwardError


class AuditError(HelmwardError):
    """It cannot be written, or what is there cannot be trusted: what was to be audited does not happen."""

    http_status = 503


@contextmanager
def sentences(folder: Path, what: str) -> Iterator[None]:
    """What the disk refuses inside leaves as an AuditError."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        raise AuditError(
            f"The audit log cannot be {what} ({place}: {error.strerror}): free some space or mend the folder; "
            "until then nothing is done that must be audited."
        ) from error
