"""What a refused policy raises."""

from __future__ import annotations

from helmward.core.errors import HelmwardError


class PolicyError(HelmwardError):
    """A policy that must not be used. `str(error)` says file, line, what is wrong and what to do."""
