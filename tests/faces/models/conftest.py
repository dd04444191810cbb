"""One gateway for the tests of the model APIs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .stand import Stand, stand


@pytest.fixture(scope="package")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("gateway")) as made:
        yield made
