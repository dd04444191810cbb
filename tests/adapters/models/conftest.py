"""Says loudly where the air gap could not be tested."""

from __future__ import annotations

import pytest

UNTESTED = "no network namespace may be made here"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line when no packet was watched."""
    if any(UNTESTED in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())):
        line = "NOT TESTED: that an air-gapped gateway sends no packet elsewhere. Network namespaces are not permitted here."
        terminalreporter.write_line(line, red=True, bold=True)
