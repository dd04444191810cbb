"""The composition root: settings → adapters → plugins → the running house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from helmward.core.bus import Bus
from helmward.core.extend import REGISTRY, load_outside, load_package
from helmward.core.settings import Loaded, Settings
from helmward.explain import analyzers as analyzer_package
from helmward.explain.analyzer import Analyzer, codes
from helmward.explain.codes import Code
from helmward.explain.engine import BROKEN_ANALYZER
from helmward.explain.needs import kinds_needed
from helmward.guard.secrets import clean_object
from helmward.world.kinds import KINDS, Kind
from helmward.world.store import World

if TYPE_CHECKING:
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.house import House


def load_analyzers(settings: Settings | None = None) -> list[Analyzer]:
    """Every analyzer, built in and named in the settings."""
    load_package(analyzer_package)
    if settings is not None:
        load_outside(settings.plugins.folders, settings.plugins.entry_points)
    return list(REGISTRY.build("analyzer"))


def analyzer_codes() -> list[Code]:
    """Every code that can be reported, by id."""
    load_analyzers()
    return sorted([*codes().values(), BROKEN_ANALYZER], key=lambda code: code.id)


def needed_kinds(analyzers: list[Analyzer]) -> list[Kind]:
    """What must be listed and watched for these analyzers."""
    return [KINDS[name] for name in KINDS if name in kinds_needed(analyzers)]


@asynccontextmanager
async def running_house(loaded: Loaded, data_dir: Path, key_dir: Path) -> AsyncIterator[House]:
    """The house, watching and explaining, until the block is left. Raises HelmwardError with what to do about it."""
    from helmward.house.open import open_house

    settings = loaded.settings
    analyzers = load_analyzers(settings)
    async with open_house(loaded, data_dir, key_dir, analyzers, needed_kinds(analyzers)) as house:
        yield house
