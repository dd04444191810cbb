"""The controllers that turn what is wanted into what is: each a file, driven by the changes of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helmward.lab.embedded.controllers.namespace import NamespaceController

if TYPE_CHECKING:
    from helmward.lab.embedded.controllers.manager import Controller
    from helmward.lab.embedded.objects.registry import Registry


def all_controllers(registry: Registry) -> list[Controller]:
    """One of each, over the same write path."""
    return [NamespaceController(registry)]
