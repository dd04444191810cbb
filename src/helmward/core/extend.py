"""The one registry. An extension is one file: a class under a decorator such as `@analyzer`.

Life of an extension: its module is imported (`load_package`, `load_outside`) → the decorator enters the class into a slot
of the registry → the composition root calls `build`, which reads the parameters of its constructor and hands over exactly
those that the slot grants. A constructor that asks for more is refused with a sentence, before anything runs.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from helmward.core.errors import UsageError

C = TypeVar("C", bound=type)

# What each kind of extension may ask for in its constructor, by parameter name.
SLOTS: Mapping[str, frozenset[str]] = {
    "analyzer": frozenset({"world"}),
    "channel": frozenset({"target", "http"}),
    "tool": frozenset(),
    "playbook": frozenset(),
    "guard": frozenset({"settings"}),
    "page": frozenset(),
}


@dataclass
class Registry:
    """The extensions by slot and name. `REGISTRY` is the process's own; tests pass their own."""

    slots: dict[str, dict[str, type]] = field(default_factory=lambda: {slot: {} for slot in SLOTS})

    def add(self, slot: str, extension: type) -> None:
        """Enter a class. Raises UsageError for an unknown slot, a second class of that name, or an ungranted wish."""
        if slot not in self.slots:
            raise UsageError(f"There is no extension slot '{slot}'; the slots are {', '.join(sorted(self.slots))}.")
        wishes = set(inspect.signature(extension).parameters) - SLOTS[slot]
        if wishes:
            raise UsageError(
                f"The {slot} {extension.__qualname__} asks for {', '.join(sorted(wishes))}; "
                f"a {slot} may ask for {', '.join(sorted(SLOTS[slot])) or 'nothing'}."
            )
        known = self.slots[slot].get(extension.__name__)
        if known is not None and (known.__module__, known.__qualname__) != (
            extension.__module__,
            extension.__qualname__,
        ):
            raise UsageError(
                f"Two {slot}s are called {extension.__name__}: in {known.__module__} and in {extension.__module__}."
            )
        self.slots[slot][extension.__name__] = extension

    def build(self, slot: str, **granted: Any) -> Iterator[Any]:
        """An instance of each class in the slot, by name order, given what its constructor names of `granted`."""
        for _, extension in sorted(self.slots[slot].items()):
            yield self.make(extension, **granted)

    @staticmethod
    def make(extension: type, **granted: Any) -> Any:
        """An instance of one class, given what its constructor names of `granted`."""
        wishes = inspect.signature(extension).parameters
        return extension(**{name: granted[name] for name in wishes if name in granted})


REGISTRY = Registry()


def extension(slot: str, registry: Registry = REGISTRY) -> Callable[[C], C]:
    """The decorator that enters a class into `slot`."""

    def enter(cls: C) -> C:
        registry.add(slot, cls)
        return cls

    return enter


def load_package(package: ModuleType) -> None:
    """Import every module of a package of ours, so that its decorators run."""
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)


def load_outside(folders: Iterable[Path], entry_point_names: Iterable[str]) -> None:
    """Import outside plugins: Python files of the named folders and the named entry points of group `helmward`.

    Nothing is loaded that the settings do not name. Raises UsageError where a name leads nowhere.
    """
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"The plugin folder {folder} does not exist; mend `plugins.folders` in the settings.")
        for file in sorted(folder.glob("*.py")):
            _import_file(file)
    installed = {point.name: point for point in entry_points(group="helmward")}
    for name in entry_point_names:
        if name not in installed:
            raise UsageError(f"No installed package offers the plugin '{name}' that `plugins.entry_points` names.")
        installed[name].load()


def _import_file(file: Path) -> None:
    name = f"helmward_plugin_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"The plugin {file} is not a Python file that can be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
