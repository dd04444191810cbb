"""Tables of patterns: rows of RE2, searched all at once, and then confirmed by code."""

from helmward.guard.matching.kinds import Confirm, Found, Kind, Locate, certain
from helmward.guard.matching.scanner import ScanError, Scanner

__all__ = ["Confirm", "Found", "Kind", "Locate", "ScanError", "Scanner", "certain"]
