"""The console's tests share a browser and its event loop, and the servers of the other faces."""

from __future__ import annotations

import pytest

from ..faces.conftest import shop, station
from .browser import browser, page, pages

__all__ = ["browser", "page", "pages", "shop", "station"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses the browser runs on the loop on which the browser lives."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
