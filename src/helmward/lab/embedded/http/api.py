"""What every handler works on: the store, the write path, the users, the way to the kubelets."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from aiohttp import web

from helmward.lab.embedded.http.access import Access
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import User
from helmward.lab.embedded.storage.store import Store


@dataclass(slots=True)
class Api:
    """The parts of one server. `kubelet` is a session that trusts loopback kubelets and carries their token."""

    store: Store
    registry: Registry
    access: Access
    kubelet: aiohttp.ClientSession


USER: web.RequestKey[User] = web.RequestKey("user", User)
